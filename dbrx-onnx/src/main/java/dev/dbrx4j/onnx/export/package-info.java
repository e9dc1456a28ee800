/// From a checkpoint to a bundle.
///
/// An [ExportPlan] knows every byte that will be written before the first one is: it writes the
/// graph, which lays out the weights. An [ExportJob] carries the plan out in a folder beside the
/// target, section by section on all cores, and renames the folder when it is complete. A [Journal]
/// in the folder keeps account of finished sections; the next attempt reads them back and goes on
/// with the rest.
package dev.dbrx4j.onnx.export;
