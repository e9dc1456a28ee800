package dev.dbrx4j.examples;

import dev.dbrx4j.DbrxModel;
import dev.dbrx4j.GenerationOptions;
import dev.dbrx4j.TokenChunk;
import dev.dbrx4j.TokenStream;
import java.nio.file.Path;

/// Prints a text as the model writes it, then how fast that was.
public final class StreamingExample {
  private StreamingExample() {}

  /// Runs the example.
  ///
  /// @param args a model's folder, or nothing for the default model
  public static void main(String[] args) {
    Path folder = args.length > 0 ? Path.of(args[0]) : DefaultModel.folder();
    GenerationOptions options =
        GenerationOptions.builder().maxNewTokens(64).temperature(0.7).topP(0.95).seed(42).build();
    try (DbrxModel model = DbrxModel.load(folder);
        TokenStream stream = model.stream("Once upon a time", options)) {
      for (TokenChunk chunk : stream) {
        System.out.print(chunk.text());
      }
      System.out.println();
      System.out.printf("%.1f tokens/s%n", stream.result().timings().tokensPerSecond());
    }
  }
}
