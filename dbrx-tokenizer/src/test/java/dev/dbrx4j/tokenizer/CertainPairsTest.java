package dev.dbrx4j.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Merging that begins with the certain pairs ends as merging that begins with bytes.
class CertainPairsTest {
  /// A vocabulary of few letters and random merges, in which everything reaches for everything.
  private static Merges randomMerges(SplittableRandom random) {
    Merges merges = new Merges(40);
    PairTable known = new PairTable(40);
    for (int tries = 0; tries < 200 && merges.ids() < Merges.BYTES + 40; tries++) {
      int left = part(random, merges);
      int right = part(random, merges);
      if (known.merged(left, right) == PairTable.NONE) {
        known.put(left, right, merges.ids());
        merges.add(left, right);
      }
    }
    return merges;
  }

  private static int part(SplittableRandom random, Merges merges) {
    int made = merges.ids() - Merges.BYTES;
    return random.nextInt(3) == 0 && made > 0
        ? Merges.BYTES + random.nextInt(made)
        : random.nextInt(4);
  }

  @Test
  void certainPairsMergeWhateverIsAroundThem() {
    SplittableRandom random = new SplittableRandom(5);
    int begunWithPairs = 0;
    for (int round = 0; round < 20_000; round++) {
      Merges merges = randomMerges(random);
      int[] bytes = random.ints(random.nextInt(1, 12), 0, 4).toArray();
      int[] begun = begin(bytes, merges);
      begunWithPairs += begun.length < bytes.length ? 1 : 0;

      assertThat(merged(begun, merges))
          .as("merges of round %d", round)
          .isEqualTo(merged(bytes, merges));
    }
    assertThat(begunWithPairs).isGreaterThan(5_000);
  }

  private static int[] begin(int[] bytes, Merges merges) {
    int[] tokens = new int[bytes.length];
    int count = 0;
    for (int i = 0; i < bytes.length; i++) {
      int pair = i + 1 < bytes.length ? merges.merged(bytes[i], bytes[i + 1]) : PairTable.NONE;
      int before = i > 0 ? bytes[i - 1] : CertainPairs.NOTHING;
      int after = i + 2 < bytes.length ? bytes[i + 2] : CertainPairs.NOTHING;
      boolean isCertain =
          pair != PairTable.NONE
              && merges.certainPairs().contains(before, bytes[i], bytes[i + 1], after, pair);
      tokens[count++] = isCertain ? pair : bytes[i];
      i += isCertain ? 1 : 0;
    }
    return Arrays.copyOf(tokens, count);
  }

  /// The lowest merge first, of equals the leftmost, as plainly as it can be said.
  private static int[] merged(int[] tokens, Merges merges) {
    int[] parts = tokens;
    while (true) {
      int lowest = PairTable.NONE;
      int at = -1;
      for (int i = 0; i + 1 < parts.length; i++) {
        int merged = merges.merged(parts[i], parts[i + 1]);
        if (merged < lowest) {
          lowest = merged;
          at = i;
        }
      }
      if (at < 0) {
        return parts;
      }
      int[] fewer = new int[parts.length - 1];
      System.arraycopy(parts, 0, fewer, 0, at);
      fewer[at] = lowest;
      System.arraycopy(parts, at + 2, fewer, at + 1, parts.length - at - 2);
      parts = fewer;
    }
  }
}
