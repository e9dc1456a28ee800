package dev.dbrx4j.bench.tokenizer;

import dev.dbrx4j.tokenizer.DbrxTokenizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/// Loads vocabularies again and again in a JVM of its own: `Loading FOLDER ROUNDS`. Prints a line
/// for each source: its name and the milliseconds of a load, the median of the last half.
final class Loading {
  private Loading() {}

  public static void main(String[] args) {
    VocabularyFiles files = new VocabularyFiles(Path.of(args[0]));
    int rounds = Integer.parseInt(args[1]);
    report("OURS.ranks", rounds, () -> DbrxTokenizer.fromTiktoken(files.ranks()));
    report("OURS.other", rounds, () -> DbrxTokenizer.fromTiktoken(files.otherRanks()));
    report("OURS.json", rounds, () -> DbrxTokenizer.fromTokenizerJson(files.tokenizerJson()));
    report("JTOKKIT.ranks", rounds, () -> Contestant.JTOKKIT.open(files));
    report("DJL.json", Math.max(4, rounds / 4), () -> Contestant.DJL.open(files));
  }

  private static void report(String name, int rounds, Runnable load) {
    double[] millis = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      long start = System.nanoTime();
      load.run();
      millis[i] = (System.nanoTime() - start) / 1e6;
    }
    Arrays.sort(millis, rounds / 2, rounds);
    System.out.printf(Locale.ROOT, "%s\t%.3f%n", name, millis[rounds / 2 + rounds / 4]);
  }
}
