package dev.dbrx4j.onnx.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbrx4j.DbrxModel;
import dev.dbrx4j.GenerationOptions;
import dev.dbrx4j.GenerationResult;
import dev.dbrx4j.Prompt;
import dev.dbrx4j.Session;
import dev.dbrx4j.spi.LogitsRows;
import dev.dbrx4j.tokenizer.DbrxTokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// A request's tokens are the same however it is served: alone, in company, in chunks, behind a
/// prefix from the cache, after a fork, and after saving and restoring.
///
/// The passes differ, so logits differ in their last bits. That changes a token only where two
/// candidates are closer than this noise. [#noiseIsSmallerThanEveryMargin] measures both for the
/// prompts here; with other prompts a token may change.
@Timeout(300)
final class SameTokensTest {
  private static final int CALLERS = 8;
  private static final int NEW_TOKENS = 24;
  private static final String TEXT =
      """
      Once upon a time there was a small house at the edge of a forest. An old man lived there with
      his dog, and every morning they walked down to the river. One day the dog found a red ball in
      the grass. The man laughed and threw it far away, and the dog ran after it as fast as it could.
      In the evening they sat by the fire, and the man told the dog about the sea, about ships and
      about the cities on the other side.\
      """;

  private static final Map<Served, DbrxModel> SHARED = new EnumMap<>(Served.class);

  @TempDir private Path folder;

  /// What is served.
  enum Served {
    /// Random weights.
    RANDOM,
    /// The trained model of the repository.
    TINY;

    private Path folder() {
      return this == TINY
          ? Path.of("..", "models", "dbrx-tiny")
          : TestModels.checkpoint(TestModels.SMALL);
    }

    private DbrxModel open(int stepTokens) {
      return DbrxModel.builder()
          .slots(CALLERS)
          .contextLength(256)
          .stepTokens(stepTokens)
          .cacheFolder(TestModels.CACHE)
          .load(folder());
    }

    private DbrxModel shared() {
      return SHARED.computeIfAbsent(this, served -> served.open(512));
    }

    private int[] prompt(int index) {
      int length = 20 + 9 * index;
      if (this == TINY) {
        return Arrays.copyOfRange(DbrxTokenizer.bundled().encode(TEXT), index, index + length);
      }
      return TestModels.randomTokens(TestModels.SMALL, length, index);
    }

    private Stream<int[]> prompts() {
      return IntStream.range(0, CALLERS).mapToObj(this::prompt);
    }
  }

  @AfterAll
  static void close() {
    SHARED.values().forEach(DbrxModel::close);
  }

  static Stream<Arguments> requests() {
    return Stream.of(Served.values())
        .flatMap(
            served -> Stream.of(Arguments.of(served, greedy()), Arguments.of(served, seeded())));
  }

  private static GenerationOptions greedy() {
    return GenerationOptions.builder().maxNewTokens(NEW_TOKENS).build();
  }

  private static GenerationOptions seeded() {
    return greedy().toBuilder().temperature(0.9).topK(40).topP(0.95).seed(5).build();
  }

  @ParameterizedTest
  @MethodSource("requests")
  void inCompany(Served served, GenerationOptions options) {
    List<int[]> alone =
        served.prompts().map(prompt -> generate(served.shared(), prompt, options)).toList();
    try (DbrxModel fresh = served.open(512)) {
      List<CompletableFuture<GenerationResult>> together =
          served.prompts().map(prompt -> fresh.generateAsync(Prompt.ids(prompt), options)).toList();

      assertThat(together.stream().map(future -> future.join().tokenIds()).toList())
          .usingRecursiveComparison()
          .isEqualTo(alone);
      assertThat(fresh.stats().finished()).isEqualTo(CALLERS);
    }
  }

  @ParameterizedTest
  @MethodSource("requests")
  void inChunks(Served served, GenerationOptions options) {
    try (DbrxModel small = served.open(CALLERS + 1)) {
      assertThat(served.prompts().map(prompt -> generate(small, prompt, options)).toList())
          .usingRecursiveComparison()
          .isEqualTo(
              served.prompts().map(prompt -> generate(served.shared(), prompt, options)).toList());
    }
  }

  @ParameterizedTest
  @MethodSource("requests")
  void afterAPrefixHitAForkAndARestore(Served served, GenerationOptions options) {
    int[] prompt = served.prompt(0);
    int[] more = served.prompt(1);
    int[] first = generate(served.shared(), prompt, options);
    int[] whole = concat(prompt, first, more);
    int[] expected;
    try (DbrxModel fresh = served.open(512)) {
      expected = generate(fresh, whole, options);
    }

    Session session = served.shared().newSession();
    session.sendIds(prompt, options);
    Session fork = session.fork();
    session.save(folder.resolve("session"));

    GenerationResult continued = session.sendIds(more, options);
    assertThat(continued.cachedPromptTokens()).isGreaterThan(prompt.length);
    assertThat(continued.tokenIds()).isEqualTo(expected);
    assertThat(fork.sendIds(more, options).tokenIds()).isEqualTo(expected);
    try (DbrxModel other = served.open(512)) {
      GenerationResult restored =
          other.restoreSession(folder.resolve("session")).sendIds(more, options);
      assertThat(restored.cachedPromptTokens()).isEqualTo(prompt.length + first.length - 1);
      assertThat(restored.tokenIds()).isEqualTo(expected);
    }
  }

  /// Along each greedy answer: how much logits differ between one pass over everything and passes
  /// of a single token, and how far the likeliest token is ahead of the second.
  @ParameterizedTest
  @EnumSource
  void noiseIsSmallerThanEveryMargin(Served served) {
    double noise = 0;
    double margin = Double.MAX_VALUE;
    for (int[] prompt : served.prompts().toList()) {
      int[] whole = concat(prompt, generate(served.shared(), prompt, greedy()));
      List<float[]> atOnce = logits(served.shared(), whole, whole.length);
      List<float[]> oneByOne = logits(served.shared(), whole, 1);
      for (int i = prompt.length - 1; i < whole.length - 1; i++) {
        noise = Math.max(noise, difference(atOnce.get(i), oneByOne.get(i)));
        margin = Math.min(margin, margin(atOnce.get(i)));
      }
    }
    System.out.printf("[measured] %s: noise %.1e, smallest margin %.1e%n", served, noise, margin);
    assertThat(noise).isLessThan(margin / 2);
  }

  private static List<float[]> logits(DbrxModel model, int[] ids, int chunk) {
    List<float[]> rows = new ArrayList<>();
    model.logits(ids, LogitsRows.ALL, chunk, (_, row) -> rows.add(row));
    return rows;
  }

  private static double difference(float[] one, float[] other) {
    return IntStream.range(0, one.length)
        .mapToDouble(id -> Math.abs(one[id] - other[id]))
        .max()
        .orElseThrow();
  }

  private static double margin(float[] row) {
    float best = Float.NEGATIVE_INFINITY;
    float second = best;
    for (float logit : row) {
      second = Math.max(second, Math.min(best, logit));
      best = Math.max(best, logit);
    }
    return best - second;
  }

  private static int[] generate(DbrxModel model, int[] prompt, GenerationOptions options) {
    return model.generate(Prompt.ids(prompt), options).tokenIds();
  }

  private static int[] concat(int[]... parts) {
    return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
  }
}
