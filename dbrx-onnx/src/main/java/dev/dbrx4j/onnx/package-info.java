/// Exporting DBRX checkpoints to ONNX bundles.
package dev.dbrx4j.onnx;
