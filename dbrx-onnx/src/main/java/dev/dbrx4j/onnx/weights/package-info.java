/// What stands in `weights.bin`, where, and how it is made.
///
/// A [WeightLayout] grows while a graph is written: each weight that the graph mentions becomes a
/// [Section], placed at a page boundary or right after the one before, with a [SectionContent] that
/// can later produce its bytes piece by piece. So the size and place of everything is known before
/// the first byte is written.
package dev.dbrx4j.onnx.weights;
