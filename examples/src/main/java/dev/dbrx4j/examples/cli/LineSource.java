package dev.dbrx4j.examples.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.TerminalBuilder;

/// Where a chat's lines come from.
sealed interface LineSource extends AutoCloseable {
  /// Reads a line.
  ///
  /// @param prompt shown to a person
  /// @return the line, or nothing at the end
  Optional<String> read(String prompt);

  /// Sets what Ctrl-C does while no line is being read.
  ///
  /// @param action run on another thread
  void onInterrupt(Runnable action);

  @Override
  void close();

  static LineSource of(Stdio stdio) {
    return stdio.interactive() ? new Edited() : new Plain(stdio);
  }

  /// Lines from a file or a pipe.
  final class Plain implements LineSource {
    private final BufferedReader reader;

    Plain(Stdio stdio) {
      reader = new BufferedReader(new InputStreamReader(stdio.in(), StandardCharsets.UTF_8));
    }

    @Override
    public Optional<String> read(String prompt) {
      try {
        return Optional.ofNullable(reader.readLine());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void onInterrupt(Runnable action) {}

    @Override
    public void close() {}
  }

  /// Lines that a person edits; Ctrl-C and Ctrl-D there are the end.
  final class Edited implements LineSource {
    private final Terminal terminal;
    private final LineReader reader;

    Edited() {
      try {
        terminal = TerminalBuilder.builder().system(true).build();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot use the terminal", e);
      }
      reader = LineReaderBuilder.builder().terminal(terminal).appName("dbrx").build();
    }

    @Override
    public Optional<String> read(String prompt) {
      try {
        return Optional.of(reader.readLine(prompt));
      } catch (UserInterruptException | EndOfFileException _) {
        return Optional.empty();
      }
    }

    @Override
    public void onInterrupt(Runnable action) {
      terminal.handle(Signal.INT, _ -> action.run());
    }

    @Override
    public void close() {
      try {
        terminal.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
