/// The `dbrx` command line, and small programs to copy from.
@org.jspecify.annotations.NullMarked
@SuppressWarnings("requires-automatic") // JLine in one jar has no descriptor
module dev.dbrx4j.examples {
  requires static org.jspecify;
  requires dev.dbrx4j.onnx;
  requires info.picocli;
  requires org.jline;
  requires tools.jackson.databind;
  requires jdk.management;

  opens dev.dbrx4j.examples.cli to
      info.picocli;
}
