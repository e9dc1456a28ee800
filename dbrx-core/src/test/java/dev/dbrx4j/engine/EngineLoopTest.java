package dev.dbrx4j.engine;

import static dev.dbrx4j.engine.ScriptedRunner.continuation;
import static dev.dbrx4j.engine.ScriptedRunner.scores;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.dbrx4j.FinishReason;
import dev.dbrx4j.GenerationOptions;
import dev.dbrx4j.GenerationResult;
import dev.dbrx4j.LogitsProcessor;
import dev.dbrx4j.NativeRuntimeException;
import dev.dbrx4j.QueueFullException;
import dev.dbrx4j.TokenLogprobs;
import dev.dbrx4j.spi.RunTerminatedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The engine's steps, called one by one on the test's thread.
final class EngineLoopTest {
  private static final int MAX_CONTEXT = 64;
  private static final int STEP_TOKENS = 8;

  private final ScriptedRunner runner = new ScriptedRunner(3, MAX_CONTEXT);
  private final SteppedEngine engine =
      new SteppedEngine(runner, new EngineLimits(STEP_TOKENS, 16), new int[] {});

  @Test
  void continuesAPrompt() {
    Generation generation = engine.submit(prompt(5), tokens(7));

    engine.runUntilIdle();

    GenerationResult result = generation.result();
    assertThat(result.tokenIds()).isEqualTo(continuation(prompt(5), 7));
    assertThat(result.finishReason()).isEqualTo(FinishReason.LENGTH);
    assertThat(result.promptTokens()).isEqualTo(5);
  }

  @Test
  void givesManyCallersWhatEachWouldGetAlone() {
    List<Generation> generations =
        IntStream.range(1, 12).mapToObj(n -> engine.submit(prompt(n * 3), tokens(n))).toList();

    engine.runUntilIdle();

    for (int n = 1; n < 12; n++) {
      assertThat(generations.get(n - 1).result().tokenIds())
          .isEqualTo(continuation(prompt(n * 3), n));
    }
  }

  @Test
  void decodesAllRunningSequencesInOneStep() {
    List<Generation> generations =
        List.of(
            engine.submit(prompt(2), tokens(10)),
            engine.submit(prompt(3), tokens(10)),
            engine.submit(new int[] {1, 2, 3}, tokens(10)));

    engine.runUntilIdle();

    assertThat(generations).allMatch(Generation::isDone);
    assertThat(runner.decodeSteps()).isEqualTo(9);
  }

  @Test
  void doesNotFreezeStreamsWhileALongPromptIsPrefilled() {
    Generation stream = engine.submit(prompt(2), tokens(20), 100);
    engine.step();
    Generation longPrompt = engine.submit(prompt(40), tokens(1));

    int before = stream.unread();
    int steps = engine.stepUntil(longPrompt::isDone);

    assertThat(steps).isEqualTo(6); // 40 tokens at 8 a step, of which the stream takes one
    assertThat(stream.unread() - before).isEqualTo(steps);
  }

  @Test
  void startsBehindThePrefixThatASlotHolds() {
    int[] first = prompt(20);
    int[] answer = engine.generate(first, tokens(4));
    int[] next = concat(first, answer, prompt(3));
    int prefilled = runner.prefilledTokens();

    Generation generation = engine.submit(next, tokens(5));
    engine.runUntilIdle();

    assertThat(generation.result().tokenIds()).isEqualTo(continuation(next, 5));
    assertThat(generation.result().cachedPromptTokens()).isEqualTo(23); // the 24th was never run
    assertThat(runner.prefilledTokens() - prefilled).isEqualTo(4);
  }

  @Test
  void keepsBothTextsWhenTwoPromptsShareABeginning() {
    int[] system = prompt(20);
    int[] first = concat(system, new int[] {1});
    int[] second = concat(system, new int[] {2});

    List<Generation> generations =
        List.of(engine.submit(first, tokens(6)), engine.submit(second, tokens(6)));
    engine.runUntilIdle();

    assertThat(generations.get(0).result().tokenIds()).isEqualTo(continuation(first, 6));
    assertThat(generations.get(1).result().tokenIds()).isEqualTo(continuation(second, 6));
    assertThat(generations.get(1).result().cachedPromptTokens()).isEqualTo(20);
  }

  @Test
  void prefillsAPromptOnceForManySamples() {
    int[] prompt = prompt(30);
    List<Generation> samples =
        IntStream.range(0, 3).mapToObj(i -> engine.submit(prompt, sampled(i, 5))).toList();

    engine.runUntilIdle();

    assertThat(runner.prefilledTokens()).isEqualTo(30);
    assertThat(samples.stream().map(sample -> Arrays.toString(sample.result().tokenIds())))
        .doesNotHaveDuplicates();
  }

  @Test
  void repeatsASampleWithItsSeedInWhateverCompany() {
    int[] alone = engine.generate(prompt(9), sampled(7, 12));

    engine.submit(prompt(4), sampled(1, 20));
    engine.submit(prompt(40), tokens(3));
    Generation again = engine.submit(prompt(9), sampled(7, 12));
    engine.runUntilIdle();

    assertThat(again.result().tokenIds()).isEqualTo(alone);
  }

  @Test
  void endsAtAnEndOfSequenceToken() {
    int[] expected = continuation(prompt(5), 10);
    SteppedEngine ending =
        new SteppedEngine(runner, new EngineLimits(STEP_TOKENS, 16), new int[] {expected[3]});

    Generation generation = ending.submit(prompt(5), tokens(10));
    Generation ignoring = ending.submit(prompt(5), tokens(10).toBuilder().ignoreEos(true).build());
    ending.runUntilIdle();

    int end = indexOf(expected, expected[3]) + 1;
    assertThat(generation.result().finishReason()).isEqualTo(FinishReason.EOS);
    assertThat(generation.result().tokenIds()).isEqualTo(Arrays.copyOf(expected, end));
    assertThat(ignoring.result().tokenIds()).isEqualTo(expected);
  }

  @Test
  void endsAtAStopToken() {
    int[] expected = continuation(prompt(5), 10);
    GenerationOptions options = tokens(10).toBuilder().stopTokenIds(expected[2]).build();

    Generation generation = engine.submit(prompt(5), options);
    engine.runUntilIdle();

    assertThat(generation.result().finishReason()).isEqualTo(FinishReason.STOP);
    assertThat(generation.result().tokenIds()).endsWith(expected[2]);
  }

  @Test
  void endsWhenTheContextIsFull() {
    Generation generation = engine.submit(prompt(60), tokens(10));
    engine.runUntilIdle();

    assertThat(generation.result().finishReason()).isEqualTo(FinishReason.CONTEXT);
    assertThat(generation.result().tokenIds()).isEqualTo(continuation(prompt(60), 4));
  }

  @Test
  void cancelsWhatRunsAndWhatWaits() {
    List<Generation> generations =
        IntStream.range(0, 5).mapToObj(i -> engine.submit(prompt(i + 1), tokens(30))).toList();
    engine.step();
    engine.step();

    generations.get(0).cancel();
    generations.get(4).cancel();
    engine.runUntilIdle();

    assertThat(generations.get(0).result().finishReason()).isEqualTo(FinishReason.CANCELLED);
    assertThat(generations.get(0).result().tokenIds()).isNotEmpty().hasSizeLessThan(30);
    assertThat(generations.get(4).result().finishReason()).isEqualTo(FinishReason.CANCELLED);
    assertThat(generations.get(4).result().tokenIds()).isEmpty();
    assertThat(generations.get(3).result().tokenIds()).isEqualTo(continuation(prompt(4), 30));
  }

  @Test
  void endsAtTheDeadlineWaitingOrRunning() {
    GenerationOptions hasty = tokens(50).toBuilder().timeout(Duration.ofSeconds(1)).build();
    Generation running = engine.submit(prompt(2), hasty);
    engine.submit(prompt(1), tokens(40));
    engine.submit(prompt(3), tokens(40));
    Generation waiting = engine.submit(prompt(4), hasty);
    engine.step();

    engine.advance(Duration.ofSeconds(1));
    engine.step();

    assertThat(running.result().finishReason()).isEqualTo(FinishReason.DEADLINE);
    assertThat(running.result().tokenIds()).isNotEmpty();
    assertThat(waiting.result().finishReason()).isEqualTo(FinishReason.DEADLINE);
    assertThat(waiting.result().timings().queue()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void pausesOnlyTheStreamThatNobodyReads() {
    Generation unread = engine.submit(prompt(1), tokens(20), 4);
    Generation other = engine.submit(prompt(2), tokens(20));

    engine.runUntilIdle();
    assertThat(other.isDone()).isTrue();
    assertThat(unread.isDone()).isFalse();

    List<Integer> ids = new ArrayList<>();
    while (ids.size() < 20) {
      Arrays.stream(unread.next().tokenIds()).forEach(ids::add);
      engine.runUntilIdle();
    }
    assertThat(unread.next()).isNull();
    assertThat(ids).containsExactlyElementsOf(asList(continuation(prompt(1), 20)));
  }

  @Test
  void failsOnlyTheSequencesOfAFailedPass() {
    Generation first = engine.submit(prompt(1), tokens(20));
    Generation second = engine.submit(prompt(2), tokens(20));
    engine.step();
    Generation waiting = engine.submit(prompt(3), tokens(20));
    runner.failPass(1, new IllegalStateException("out of memory"));

    engine.runUntilIdle();

    for (Generation failed : List.of(first, second)) {
      assertThatThrownBy(failed::result)
          .isInstanceOf(NativeRuntimeException.class)
          .hasMessageContaining("out of memory");
    }
    assertThat(waiting.result().tokenIds()).isEqualTo(continuation(prompt(3), 20));
  }

  @Test
  void doesNotTrustTheCacheAfterAFailedPass() {
    int[] beginning = prompt(16);
    runner.failPass(2, new IllegalStateException("half written"));
    Generation failed = engine.submit(concat(beginning, prompt(4)), tokens(2));
    engine.runUntilIdle();
    assertThatThrownBy(failed::result).isInstanceOf(NativeRuntimeException.class);

    assertThat(engine.generate(beginning, tokens(5))).isEqualTo(continuation(beginning, 5));
  }

  @Test
  void runsAPassAgainThatWasTerminatedForAnother() {
    Generation generation = engine.submit(prompt(20), tokens(5));
    engine.step();
    runner.failPass(1, new RunTerminatedException());

    engine.runUntilIdle();

    assertThat(generation.result().tokenIds()).isEqualTo(continuation(prompt(20), 5));
  }

  @Test
  void saysTheSameWithPromptLookupInFewerSteps() {
    int[] prompt = prompt(6);
    int[] repeated = concat(prompt, continuation(prompt, 12), prompt);
    LogitsProcessor echo =
        (tokens, scores) -> scores.set(tokens.get(tokens.size() % prompt.length), 1e6f);
    GenerationOptions plain = tokens(20).toBuilder().logitsProcessors(echo).build();

    SteppedEngine roomy = new SteppedEngine(runner, new EngineLimits(30, 16), new int[] {});

    int[] expected = roomy.generate(repeated, plain);
    int steps = runner.decodeSteps();
    int tokensRun = runner.tokensRun();
    Generation looked =
        roomy.submit(repeated, plain.toBuilder().promptLookupNumTokens(4).build(), 0);
    roomy.runUntilIdle();

    GenerationResult result = looked.result();
    assertThat(result.tokenIds()).isEqualTo(expected);
    assertThat(runner.decodeSteps() - steps).isLessThan(20);
    int rejected = result.draftTokens() - result.acceptedDraftTokens();
    int unsharedPrompt = result.promptTokens() - result.cachedPromptTokens();
    assertThat(runner.tokensRun() - tokensRun).isEqualTo(unsharedPrompt + 20 - 1 + rejected);
    assertThat(rejected).isPositive();
    assertThat(result.acceptedDraftTokens()).isPositive();
    assertThat(roomy.stats().draftTokens()).isEqualTo(result.draftTokens());
    assertThat(roomy.stats().acceptedDraftTokens()).isEqualTo(result.acceptedDraftTokens());
  }

  @Test
  void reportsHowLikelyTokensWere() {
    int[] prompt = prompt(20);
    engine.generate(prompt, tokens(1)); // its cache must not keep the prompt's tokens from running
    GenerationOptions options = tokens(3).toBuilder().logprobs(2).promptLogprobs(1).build();
    Generation generation = engine.submit(prompt, options, 10);
    engine.runUntilIdle();
    List<TokenLogprobs> streamed =
        Stream.generate(generation::next)
            .takeWhile(Objects::nonNull)
            .flatMap(chunk -> chunk.logprobs().stream())
            .toList();

    GenerationResult result = generation.result();
    int[] all = concat(prompt, result.tokenIds());
    List<TokenLogprobs> reported =
        Stream.concat(result.promptLogprobs().stream(), result.logprobs().stream()).toList();
    assertThat(reported).hasSize(22);
    for (int position = 1; position < all.length; position++) {
      TokenLogprobs at = reported.get(position - 1);
      assertThat(at.token()).isEqualTo(all[position]);
      assertThat(at.logprob())
          .isCloseTo(logprob(scores(all, position), all[position]), within(1e-4));
    }
    assertThat(streamed).isEqualTo(result.logprobs());
  }

  private static double logprob(float[] scores, int id) {
    double total = IntStream.range(0, scores.length).mapToDouble(i -> Math.exp(scores[i])).sum();
    return scores[id] - Math.log(total);
  }

  @Test
  void refusesMoreThanTheQueueHolds() {
    SteppedEngine narrow =
        new SteppedEngine(runner, new EngineLimits(STEP_TOKENS, 2), new int[] {});
    narrow.submit(prompt(1), tokens(1));
    narrow.submit(prompt(1), tokens(1));

    assertThatThrownBy(() -> narrow.submit(prompt(1), tokens(1)))
        .isInstanceOf(QueueFullException.class)
        .hasMessageContaining("2 requests");
  }

  @Test
  void measuresWhereTheTimeWent() {
    Generation generation = engine.submit(prompt(20), tokens(3));
    engine.advance(Duration.ofSeconds(2));
    engine.stepUntil(generation::isDone, Duration.ofSeconds(1));

    var timings = generation.result().timings();
    assertThat(timings.queue()).isEqualTo(Duration.ofSeconds(2));
    assertThat(timings.prefill()).isEqualTo(Duration.ofSeconds(2));
    assertThat(timings.timeToFirstToken()).isEqualTo(Duration.ofSeconds(4));
    assertThat(timings.decode()).isEqualTo(Duration.ofSeconds(2));
    assertThat(timings.tokensPerSecond()).isEqualTo(1);
  }

  /// A prompt that begins unlike those of other lengths.
  private static int[] prompt(int length) {
    return IntStream.range(length, 2 * length)
        .map(i -> (i * 7 + 3) % ScriptedRunner.VOCAB_SIZE)
        .toArray();
  }

  private static GenerationOptions tokens(int count) {
    return GenerationOptions.builder().maxNewTokens(count).build();
  }

  private static GenerationOptions sampled(long seed, int count) {
    return tokens(count).toBuilder().temperature(1).seed(seed).build();
  }

  private static int[] concat(int[]... parts) {
    return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
  }

  private static int indexOf(int[] ids, int id) {
    return IntStream.range(0, ids.length).filter(i -> ids[i] == id).findFirst().orElseThrow();
  }

  private static List<Integer> asList(int[] ids) {
    return Arrays.stream(ids).boxed().toList();
  }
}
