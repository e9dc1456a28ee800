/// DBRX on ONNX Runtime: the exporter from Hugging Face checkpoints to ONNX bundles, and the
/// runner.
@org.jspecify.annotations.NullMarked
@SuppressWarnings("requires-automatic") // ONNX's messages come in jars without descriptors
module dev.dbrx4j.onnx {
  requires static transitive org.jspecify;
  requires transitive dev.dbrx4j.core;
  requires com.google.protobuf;
  requires jdk.management;
  requires org.tribuo.util.onnx;
  requires tools.jackson.databind;

  exports dev.dbrx4j.onnx;

  provides dev.dbrx4j.spi.ModelRunnerProvider with
      dev.dbrx4j.onnx.runtime.OnnxRunnerProvider;
}
