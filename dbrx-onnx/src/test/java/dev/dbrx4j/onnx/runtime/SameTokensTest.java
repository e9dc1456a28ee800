package dev.dbrx4j.onnx.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbrx4j.DbrxModel;
import dev.dbrx4j.GenerationOptions;
import dev.dbrx4j.GenerationResult;
import dev.dbrx4j.Prompt;
import dev.dbrx4j.Session;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A request's tokens are the same however it is served: alone, in company, in chunks, behind a
/// prefix from the cache, after a fork, and after saving and restoring.
///
/// The passes differ, so logits differ in their last bits (`RandomModelsTest` bounds by how much).
/// That changes a token only where two candidates are closer than this noise, which these prompts
/// avoid; with other prompts it may happen.
@Timeout(120)
final class SameTokensTest {
  private static final int CALLERS = 8;
  private static final DbrxModel MODEL = open(512);

  @TempDir private Path folder;

  private static DbrxModel open(int stepTokens) {
    return DbrxModel.builder()
        .slots(CALLERS)
        .contextLength(256)
        .stepTokens(stepTokens)
        .cacheFolder(TestModels.CACHE)
        .load(TestModels.checkpoint(TestModels.SMALL));
  }

  @AfterAll
  static void close() {
    MODEL.close();
  }

  static Stream<GenerationOptions> options() {
    GenerationOptions greedy = GenerationOptions.builder().maxNewTokens(24).build();
    return Stream.of(
        greedy, greedy.toBuilder().temperature(0.9).topK(40).topP(0.95).seed(5).build());
  }

  @ParameterizedTest
  @MethodSource("options")
  void inCompany(GenerationOptions options) {
    List<int[]> alone = prompts().map(prompt -> generate(MODEL, prompt, options)).toList();
    try (DbrxModel fresh = open(512)) {
      List<CompletableFuture<GenerationResult>> together =
          prompts().map(prompt -> fresh.generateAsync(Prompt.ids(prompt), options)).toList();

      assertThat(together.stream().map(future -> future.join().tokenIds()).toList())
          .usingRecursiveComparison()
          .isEqualTo(alone);
      assertThat(fresh.stats().finished()).isEqualTo(CALLERS);
    }
  }

  @ParameterizedTest
  @MethodSource("options")
  void inChunks(GenerationOptions options) {
    try (DbrxModel small = open(CALLERS + 1)) {
      assertThat(prompts().map(prompt -> generate(small, prompt, options)).toList())
          .usingRecursiveComparison()
          .isEqualTo(prompts().map(prompt -> generate(MODEL, prompt, options)).toList());
    }
  }

  @ParameterizedTest
  @MethodSource("options")
  void afterAPrefixHitAForkAndARestore(GenerationOptions options) {
    int[] prompt = prompt(0);
    int[] first = generate(MODEL, prompt, options);
    int[] whole = concat(prompt, first, prompt(1));
    int[] expected;
    try (DbrxModel fresh = open(512)) {
      expected = generate(fresh, whole, options);
    }

    Session session = MODEL.newSession();
    session.sendIds(prompt, options);
    Session fork = session.fork();
    session.save(folder.resolve("session"));

    GenerationResult continued = session.sendIds(prompt(1), options);
    assertThat(continued.cachedPromptTokens()).isGreaterThan(prompt.length);
    assertThat(continued.tokenIds()).isEqualTo(expected);
    assertThat(fork.sendIds(prompt(1), options).tokenIds()).isEqualTo(expected);
    try (DbrxModel other = open(512)) {
      GenerationResult restored =
          other.restoreSession(folder.resolve("session")).sendIds(prompt(1), options);
      assertThat(restored.cachedPromptTokens()).isEqualTo(prompt.length + first.length - 1);
      assertThat(restored.tokenIds()).isEqualTo(expected);
    }
  }

  private static int[] generate(DbrxModel model, int[] prompt, GenerationOptions options) {
    return model.generate(Prompt.ids(prompt), options).tokenIds();
  }

  private static Stream<int[]> prompts() {
    return IntStream.range(0, CALLERS).mapToObj(SameTokensTest::prompt);
  }

  private static int[] prompt(int index) {
    return TestModels.randomTokens(TestModels.SMALL, 20 + 9 * index, index);
  }

  private static int[] concat(int[]... parts) {
    return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
  }
}
