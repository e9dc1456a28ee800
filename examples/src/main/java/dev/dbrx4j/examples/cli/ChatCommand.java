package dev.dbrx4j.examples.cli;

import dev.dbrx4j.DbrxModel;
import dev.dbrx4j.GenerationOptions;
import dev.dbrx4j.OverflowPolicy;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "chat",
    mixinStandardHelpOptions = true,
    description = {
      "Talk with the model. A line is a message; one that ends in a backslash goes on in the next line.",
      "Ctrl-C stops an answer, a second one leaves. Where the context is full, the oldest turns drop out.",
      "Lines with only one of these words are commands:"
    },
    footer = {
      "",
      ChatLoop.COMMANDS,
      "",
      "Examples:",
      "  dbrx chat --model dbrx-instruct --temperature 0.7 --top-p 0.95",
      "  printf 'What is a monad?\\n' | dbrx chat --model dbrx-instruct"
    })
final class ChatCommand implements Callable<Integer> {
  private final Stdio stdio;

  @Mixin private ModelFlags model = new ModelFlags();
  @Mixin private GenerationFlags generation = new GenerationFlags();

  @Option(
      names = "--system",
      paramLabel = "TEXT",
      description = "The system prompt; the model's default one unless given.")
  private @Nullable String system;

  @Option(names = "--timings", description = "Tell after each answer how long it took.")
  private boolean timings;

  ChatCommand(Stdio stdio) {
    this.stdio = stdio;
  }

  @Override
  public Integer call() throws IOException {
    try (DbrxModel opened = model.open(stdio, OverflowPolicy.DROP_OLDEST_TURNS);
        LineSource lines = LineSource.of(stdio)) {
      Talk talk = new Talk(opened, model.template(stdio), options(), system);
      new ChatLoop(stdio, lines, talk, timings).run();
    }
    return 0;
  }

  /// Answers may be longer than a generated text is by default.
  private GenerationOptions options() {
    return generation.options().withDefaults(GenerationOptions.builder().maxNewTokens(512).build());
  }
}
