/// DBRX for Java programs: [dev.dbrx4j.DbrxModel] and everything about text, sampling and
/// scheduling. Forward passes live behind [dev.dbrx4j.spi.ModelRunner], found by
/// [java.util.ServiceLoader].
@org.jspecify.annotations.NullMarked
@SuppressWarnings("module") // dev.dbrx4j.onnx is compiled later
module dev.dbrx4j.core {
  requires static transitive org.jspecify;
  requires tools.jackson.databind;
  requires transitive dev.dbrx4j.tokenizer;

  exports dev.dbrx4j;
  exports dev.dbrx4j.spi;
  exports dev.dbrx4j.checkpoint to
      dev.dbrx4j.onnx;

  uses dev.dbrx4j.spi.ModelRunnerProvider;
}
