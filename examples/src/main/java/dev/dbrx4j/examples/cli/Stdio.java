package dev.dbrx4j.examples.cli;

import java.io.BufferedOutputStream;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Standard input, output and error of a run; text is UTF-8 whatever the locale.
///
/// @param in standard input
/// @param out standard output, unlike [System#out] with errors that show; to be flushed
/// @param err standard error
/// @param interactive whether a person sits at it
record Stdio(InputStream in, OutputStream out, PrintWriter err, boolean interactive) {
  static Stdio ofProcess() {
    return new Stdio(
        new FileInputStream(FileDescriptor.in),
        new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)),
        new PrintWriter(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
        Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent());
  }

  /// Writes a text at once.
  void print(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  void println(String text) throws IOException {
    print(text + "\n");
  }

  /// Tells something that is not part of the answer.
  void note(String message) {
    err.println("dbrx: " + message);
  }

  /// Reads standard input to its end.
  String readAll() throws IOException {
    if (interactive) {
      note("reading from the terminal, to the end of input (Ctrl-D)");
    }
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }
}
