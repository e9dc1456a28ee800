package dev.dbrx4j.examples.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// One run of the command line in this process.
///
/// @param exit the exit code
/// @param written standard output
/// @param err standard error
record Run(int exit, ByteArrayOutputStream written, String err) {
  /// Checkpoints that come with the reference's outputs; these have no tokenizer files.
  static final Path GOLDEN = Path.of("../dbrx-onnx/src/test/resources/golden");

  /// The default model.
  static final String TINY = "../models/dbrx-tiny";

  /// Runs a command without input.
  static Run of(String... args) {
    return withInput("", args);
  }

  static Run withInput(String input, String... args) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var stdio =
        new Stdio(
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            out,
            new PrintWriter(err, true, StandardCharsets.UTF_8),
            false);
    int exit = Main.run(stdio, args);
    return new Run(exit, out, err.toString(StandardCharsets.UTF_8));
  }

  byte[] out() {
    return written.toByteArray();
  }

  String text() {
    return written.toString(StandardCharsets.UTF_8);
  }
}
