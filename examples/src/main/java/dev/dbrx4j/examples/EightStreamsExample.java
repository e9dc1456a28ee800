package dev.dbrx4j.examples;

import dev.dbrx4j.DbrxModel;
import dev.dbrx4j.GenerationOptions;
import dev.dbrx4j.GenerationResult;
import dev.dbrx4j.TokenChunk;
import dev.dbrx4j.TokenStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Serves eight readers at once from one model, as a service does: a virtual thread for each, and
/// the engine decodes all of them together.
public final class EightStreamsExample {
  private static final List<String> BEGINNINGS =
      List.of(
          "Once upon a time",
          "The old man looked at the sea",
          "It was a dark night and",
          "In the morning the dog",
          "The little girl asked",
          "Far away in the mountains",
          "On the last day of summer",
          "Nobody knew why");

  private EightStreamsExample() {}

  /// Runs the example.
  ///
  /// @param args a model's folder, or nothing for the default model
  /// @throws InterruptedException if somebody interrupts it
  public static void main(String[] args) throws InterruptedException {
    Path folder = args.length > 0 ? Path.of(args[0]) : DefaultModel.folder();
    try (DbrxModel model = DbrxModel.builder().slots(BEGINNINGS.size()).load(folder)) {
      List<Thread> readers = new ArrayList<>();
      for (String beginning : BEGINNINGS) {
        readers.add(Thread.startVirtualThread(() -> read(model, beginning)));
      }
      for (Thread reader : readers) {
        reader.join();
      }
      System.out.printf("%.0f tokens/s together%n", model.stats().tokensPerSecond());
    }
  }

  private static void read(DbrxModel model, String beginning) {
    GenerationOptions options =
        GenerationOptions.builder().maxNewTokens(48).temperature(0.7).topP(0.95).seed(42).build();
    try (TokenStream stream = model.stream(beginning, options)) {
      StringBuilder text = new StringBuilder(beginning);
      for (TokenChunk chunk : stream) {
        text.append(chunk.text()); // a service would send it on
      }
      GenerationResult result = stream.result();
      System.out.printf(
          "%s%n  [first token after %d ms, then %.1f tokens/s]%n",
          text, result.timings().timeToFirstToken().toMillis(), result.timings().tokensPerSecond());
    }
  }
}
