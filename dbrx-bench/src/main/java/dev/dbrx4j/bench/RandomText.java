package dev.dbrx4j.bench;

import dev.dbrx4j.tokenizer.DbrxTokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/// Plain English words in random order: of a wanted length in tokens, and no two alike.
public final class RandomText {
  private static final List<String> WORDS =
      List.of(
          """
          the a one every some old young small large red blue green quiet loud slow quick warm cold \
          man woman child dog cat bird horse house garden river mountain sea road town field forest \
          walks runs sees finds takes gives keeps opens closes asks answers remembers forgets likes \
          in on under over behind before after near from with without and but because when where \
          today yesterday always never often again slowly suddenly together alone\
          """
              .split(" "));

  private RandomText() {}

  /// {@return the token ids of a text}
  ///
  /// @param tokenizer makes them
  /// @param tokens how many
  /// @param random chooses the words
  public static int[] ids(DbrxTokenizer tokenizer, int tokens, RandomGenerator random) {
    StringBuilder text = new StringBuilder(word(random));
    for (int words = 1; words < tokens; words++) { // a word is a token or more
      text.append(words % 12 == 0 ? ". " : " ").append(word(random));
    }
    return Arrays.copyOf(tokenizer.encode(text.toString()), tokens);
  }

  private static String word(RandomGenerator random) {
    return WORDS.get(random.nextInt(WORDS.size()));
  }
}
