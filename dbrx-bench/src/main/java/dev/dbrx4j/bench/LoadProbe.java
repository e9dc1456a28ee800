package dev.dbrx4j.bench;

import dev.dbrx4j.DbrxModel;
import dev.dbrx4j.GenerationOptions;
import java.nio.file.Path;

/// What [LoadTimeCommand] starts in a JVM of its own: loads a model, writes one token, and prints
/// the milliseconds that loading took and those until the token.
final class LoadProbe {
  private LoadProbe() {}

  public static void main(String[] args) {
    long start = System.nanoTime();
    try (DbrxModel model = DbrxModel.load(Path.of(args[0]))) {
      long loaded = System.nanoTime();
      model.generate("Once upon a time", GenerationOptions.builder().maxNewTokens(1).build());
      long written = System.nanoTime();
      System.out.printf("%d %d%n", (loaded - start) / 1_000, (written - start) / 1_000);
    }
  }
}
