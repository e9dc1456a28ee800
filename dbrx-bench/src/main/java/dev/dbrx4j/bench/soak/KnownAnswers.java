package dev.dbrx4j.bench.soak;

import dev.dbrx4j.DbrxModel;
import dev.dbrx4j.GenerationOptions;
import dev.dbrx4j.bench.RandomText;
import dev.dbrx4j.tokenizer.DbrxTokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Requests of random lengths, half of them greedy and half with a seed, and their answers. Many
/// prompts begin alike, so that they find each other's prefixes in the cache.
///
/// @param answers single requests
/// @param dialogues pairs of turns
record KnownAnswers(List<KnownAnswer> answers, List<KnownDialogue> dialogues) {
  private static final int BEGINNINGS = 4;
  private static final int MAX_BEGINNING = 60;
  private static final int MAX_REST = 200;
  private static final int MAX_NEW = 80;

  /// Tokens of the longest sequence: a dialogue's.
  static final int MAX_TOKENS = MAX_BEGINNING + 2 * MAX_REST + 2 * MAX_NEW;

  /// Asks a model that has nothing else to do, again and again.
  ///
  /// @param count how many answers, and a quarter as many dialogues
  static KnownAnswers ask(DbrxModel model, int count, Random random) {
    DbrxTokenizer tokenizer = model.tokenizer().orElseGet(DbrxTokenizer::bundled);
    List<int[]> beginnings =
        IntStream.range(0, BEGINNINGS)
            .mapToObj(_ -> text(tokenizer, MAX_BEGINNING, random))
            .toList();
    List<KnownAnswer> answers =
        Stream.generate(() -> prompt(beginnings, tokenizer, random))
            .limit(count)
            .map(prompt -> KnownAnswer.ask(model, prompt, options(random)))
            .toList();
    List<KnownDialogue> dialogues =
        Stream.generate(() -> prompt(beginnings, tokenizer, random))
            .limit(1 + count / 4)
            .map(prompt ->
                KnownDialogue.ask(
                    model, prompt, text(tokenizer, MAX_REST, random), options(random)))
            .toList();
    return new KnownAnswers(answers, dialogues);
  }

  private static int[] prompt(List<int[]> beginnings, DbrxTokenizer tokenizer, Random random) {
    int[] beginning = beginnings.get(random.nextInt(BEGINNINGS));
    return IntStream.concat(
            Arrays.stream(beginning), Arrays.stream(text(tokenizer, MAX_REST, random)))
        .toArray();
  }

  private static int[] text(DbrxTokenizer tokenizer, int maxTokens, Random random) {
    return RandomText.ids(tokenizer, 1 + random.nextInt(maxTokens), random);
  }

  private static GenerationOptions options(Random random) {
    GenerationOptions.Builder options =
        GenerationOptions.builder()
            .maxNewTokens(1 + random.nextInt(MAX_NEW))
            .ignoreEos(random.nextBoolean());
    return random.nextBoolean()
        ? options.build()
        : options.temperature(0.8).topP(0.95).seed(random.nextLong()).build();
  }

  KnownAnswer any(Random random) {
    return answers.get(random.nextInt(answers.size()));
  }

  KnownDialogue anyDialogue(Random random) {
    return dialogues.get(random.nextInt(dialogues.size()));
  }
}
