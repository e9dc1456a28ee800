package dev.dbrx4j.examples.cli;

import dev.dbrx4j.TokenChunk;
import dev.dbrx4j.TokenStream;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads messages and commands, one after the other, and answers.
final class ChatLoop {
  static final String COMMANDS =
      """
      history      show the conversation
      history_fmt  show it as the model reads it
      clear        forget the conversation, keep the system prompt
      system       enter another system prompt
      help         show these words
      quit         leave, as do Ctrl-D, and Ctrl-C where no answer is being written\
      """;

  private final Stdio stdio;
  private final LineSource lines;
  private final Talk talk;
  private final boolean timings;
  private volatile @Nullable TokenStream answer;

  ChatLoop(Stdio stdio, LineSource lines, Talk talk, boolean timings) {
    this.stdio = stdio;
    this.lines = lines;
    this.talk = talk;
    this.timings = timings;
  }

  void run() throws IOException {
    lines.onInterrupt(this::interrupt);
    if (stdio.interactive()) {
      stdio.note("type a message, or 'help'");
    }
    Optional<String> message = read("> ");
    while (message.isPresent() && !message.get().strip().equals("quit")) {
      handle(message.get());
      message = read("> ");
    }
  }

  /// Reads a line, and those that it goes on in.
  private Optional<String> read(String prompt) {
    StringBuilder message = new StringBuilder();
    Optional<String> line = lines.read(prompt);
    while (line.isPresent() && line.get().endsWith("\\")) {
      message.append(line.get(), 0, line.get().length() - 1).append('\n');
      line = lines.read(". ");
    }
    return line.map(last -> message + last);
  }

  private void handle(String message) throws IOException {
    switch (message.strip()) {
      case "" -> {}
      case "help" -> stdio.println(COMMANDS);
      case "history" -> stdio.println(talk.history());
      case "history_fmt" -> stdio.println(talk.formatted());
      case "clear" -> talk.clear();
      case "system" -> read("system> ").ifPresent(talk::system);
      default -> respond(message);
    }
  }

  private void respond(String message) throws IOException {
    try (TokenStream stream = talk.ask(message)) {
      answer = stream;
      for (TokenChunk chunk : stream) {
        stdio.print(chunk.text());
      }
      stdio.println("");
      talk.answered(stream.result().text());
      if (timings) {
        stdio.note(TimingsText.of(stream.result()));
      }
    } finally {
      answer = null;
    }
  }

  /// Ctrl-C: ends the answer being written, or where there is none the program.
  private void interrupt() {
    TokenStream stopping = answer;
    answer = null;
    if (stopping == null) {
      System.exit(130);
    } else {
      stopping.close();
    }
  }
}
