package dev.dbrx4j;

import static dev.dbrx4j.engine.ScriptedRunner.continuation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbrx4j.engine.ScriptedRunner;
import dev.dbrx4j.sampling.BeamAnswer;
import dev.dbrx4j.sampling.BeamSearch;
import dev.dbrx4j.spi.LogitsRows;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The public calls, with the engine on its own thread.
@Timeout(20)
final class DbrxModelTest {
  private static final int[] PROMPT = {5, 4, 3, 2, 1};

  private final ScriptedRunner runner = new ScriptedRunner(4, 256);
  private final DbrxModel model = modelOn(runner);

  private static DbrxModel modelOn(ScriptedRunner runner) {
    return DbrxModel.builder()
        .stepTokens(16)
        .start(
            runner,
            Optional.empty(),
            new GenerationConfig(List.of(), GenerationOptions.defaults()));
  }

  @AfterEach
  void close() {
    runner.hang(false);
    model.close();
    assertThat(runner.isClosed()).isTrue();
  }

  @Test
  void generates() {
    GenerationResult result = model.generate(Prompt.ids(PROMPT), tokens(20));

    assertThat(result.tokenIds()).isEqualTo(continuation(PROMPT, 20));
    assertThat(result.text()).isEmpty();
    assertThat(result.timings().total()).isPositive();
  }

  @Test
  void servesManyVirtualThreads() throws Exception {
    List<Future<int[]>> answers = new ArrayList<>();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 100; i++) {
        int[] prompt = {i % ScriptedRunner.VOCAB_SIZE, i / ScriptedRunner.VOCAB_SIZE};
        answers.add(
            callers.submit(() -> model.generate(Prompt.ids(prompt), tokens(30)).tokenIds()));
      }
    }

    for (int i = 0; i < 100; i++) {
      int[] prompt = {i % ScriptedRunner.VOCAB_SIZE, i / ScriptedRunner.VOCAB_SIZE};
      assertThat(answers.get(i).get()).isEqualTo(continuation(prompt, 30));
    }
  }

  @Test
  void streamsMoreThanItsReaderHasRoomFor() {
    try (TokenStream stream = model.stream(Prompt.ids(PROMPT), tokens(200))) {
      int[] ids = stream.stream().map(TokenChunk::tokenIds).flatMapToInt(Arrays::stream).toArray();

      assertThat(ids).isEqualTo(continuation(PROMPT, 200));
      assertThat(stream.result().tokenIds()).isEqualTo(ids);
    }
  }

  @Test
  void givesTheResultOfAStreamThatNobodyRead() {
    try (TokenStream stream = model.stream(Prompt.ids(PROMPT), tokens(200))) {
      assertThat(stream.result().tokenIds()).isEqualTo(continuation(PROMPT, 200));
    }
  }

  @Test
  void cancelsByClosingTheStream() {
    TokenStream stream = model.stream(Prompt.ids(PROMPT), tokens(200));
    stream.iterator().next();
    stream.close();

    assertThat(stream.result().finishReason()).isEqualTo(FinishReason.CANCELLED);
    assertThat(continuation(PROMPT, 200)).startsWith(stream.result().tokenIds());
  }

  @Test
  void endsAHangingPrefillWhenCancelled() throws Exception {
    runner.hang(true);
    TokenStream stream = model.stream(Prompt.ids(PROMPT), tokens(5));
    runner.awaitPass();

    stream.close();

    assertThat(stream.result().finishReason()).isEqualTo(FinishReason.CANCELLED);
  }

  @Test
  void endsAHangingPrefillAtTheDeadline() {
    runner.hang(true);
    GenerationOptions hasty = tokens(5).toBuilder().timeout(Duration.ofMillis(20)).build();

    GenerationResult result = model.generate(Prompt.ids(PROMPT), hasty);

    assertThat(result.finishReason()).isEqualTo(FinishReason.DEADLINE);
    assertThat(result.tokenIds()).isEmpty();
  }

  @Test
  void cancelsByInterruptingTheCaller() throws Exception {
    runner.hang(true);
    CompletableFuture<GenerationResult> seen = new CompletableFuture<>();
    CompletableFuture<Boolean> stillInterrupted = new CompletableFuture<>();
    Thread caller =
        Thread.startVirtualThread(() -> {
          seen.complete(model.generate(Prompt.ids(PROMPT), tokens(5)));
          stillInterrupted.complete(Thread.currentThread().isInterrupted());
        });
    runner.awaitPass();

    caller.interrupt();

    assertThat(seen.get().finishReason()).isEqualTo(FinishReason.CANCELLED);
    assertThat(stillInterrupted.get()).isTrue();
  }

  @Test
  void completesAFutureOffTheEngineThread() throws Exception {
    runner.hang(true);
    CompletableFuture<Thread> listener =
        model
            .generateAsync(Prompt.ids(PROMPT), tokens(5))
            .thenApply(result -> Thread.currentThread());
    runner.hang(false);

    assertThat(listener.get().isVirtual()).isTrue();
  }

  @Test
  void cancelsByCancellingTheFuture() throws Exception {
    runner.hang(true);
    CompletableFuture<GenerationResult> future = model.generateAsync(Prompt.ids(PROMPT), tokens(5));
    runner.awaitPass();

    future.cancel(true);

    // The pass hangs until terminated; only then can another be served.
    CompletableFuture<GenerationResult> next = model.generateAsync(Prompt.ids(1, 2), tokens(3));
    runner.awaitPass();
    runner.hang(false);
    assertThat(next.get().tokenIds()).isEqualTo(continuation(new int[] {1, 2}, 3));
    assertThat(future).isCancelled();
  }

  @Test
  void drawsSamplesAsSingleCallsWithTheirSeedsWould() {
    GenerationOptions options = tokens(10).toBuilder().temperature(1).seed(40).samples(3).build();

    List<GenerationResult> samples = model.samples(Prompt.ids(PROMPT), options);

    for (int i = 0; i < 3; i++) {
      GenerationOptions single = options.toBuilder().samples(1).seed(40 + i).build();
      assertThat(samples.get(i).tokenIds())
          .isEqualTo(model.generate(Prompt.ids(PROMPT), single).tokenIds());
    }
  }

  @Test
  void searchesBeamsAsIfItHadComputedAllLogitsAfresh() {
    GenerationOptions options = tokens(6).toBuilder().numBeams(3).samples(2).build();
    BeamSearch search = new BeamSearch(options, ScriptedRunner.VOCAB_SIZE, new int[0], PROMPT);
    List<int[]> beams = List.of(PROMPT);
    while (search.advance(freshLogits(beams))) {
      beams = children(beams, search.parents(), search.tokens());
    }

    List<GenerationResult> answers = model.samples(Prompt.ids(PROMPT), options);

    assertThat(answers.stream().map(answer -> boxed(answer.tokenIds())).toList())
        .isEqualTo(search.answers().stream().map(BeamAnswer::tokens).toList());
    assertThat(answers.getFirst().finishReason()).isEqualTo(FinishReason.LENGTH);
    assertThat(model.generate(Prompt.ids(PROMPT), options).tokenIds())
        .isEqualTo(answers.getFirst().tokenIds());
    assertThat(model.stats().cachedPromptTokens()).isGreaterThan(100);
  }

  private static MemorySegment freshLogits(List<int[]> beams) {
    float[] rows = new float[beams.size() * ScriptedRunner.VOCAB_SIZE];
    for (int i = 0; i < beams.size(); i++) {
      float[] row = ScriptedRunner.scores(beams.get(i), beams.get(i).length);
      System.arraycopy(row, 0, rows, i * row.length, row.length);
    }
    return MemorySegment.ofArray(rows);
  }

  private static List<int[]> children(List<int[]> beams, int[] parents, int[] tokens) {
    return IntStream.range(0, parents.length)
        .mapToObj(i ->
            IntStream.concat(Arrays.stream(beams.get(parents[i])), IntStream.of(tokens[i]))
                .toArray())
        .toList();
  }

  private static List<Integer> boxed(int[] ids) {
    return Arrays.stream(ids).boxed().toList();
  }

  @Test
  void refusesToStreamWhatIsNotOneText() {
    GenerationOptions beams = tokens(5).toBuilder().numBeams(2).build();
    GenerationOptions samples = tokens(5).toBuilder().samples(2).build();

    assertThatThrownBy(() -> model.stream(Prompt.ids(PROMPT), beams))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("numBeams");
    assertThatThrownBy(() -> model.generate(Prompt.ids(PROMPT), samples))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("samples");
  }

  @Test
  void endsABeamSearchThatIsLate() {
    runner.hang(true);
    GenerationOptions hasty =
        tokens(5).toBuilder().numBeams(2).timeout(Duration.ofMillis(20)).build();

    GenerationResult result = model.generate(Prompt.ids(PROMPT), hasty);

    assertThat(result.finishReason()).isEqualTo(FinishReason.DEADLINE);
  }

  @Test
  void hasNoLastingDamageFromAFailedPass() {
    runner.failPass(1, new IllegalStateException("no memory"));

    assertThatThrownBy(() -> model.generate(Prompt.ids(PROMPT), tokens(5)))
        .isInstanceOf(NativeRuntimeException.class)
        .hasMessageContaining("no memory");
    assertThat(model.generate(Prompt.ids(PROMPT), tokens(5)).tokenIds())
        .isEqualTo(continuation(PROMPT, 5));
  }

  @Test
  void passesOnWhatAProcessorThrows() {
    GenerationOptions options =
        tokens(5).toBuilder()
            .logitsProcessors((tokens, scores) -> {
              throw new ArithmeticException("the caller's own");
            })
            .build();

    assertThatThrownBy(() -> model.generate(Prompt.ids(PROMPT), options))
        .isInstanceOf(ArithmeticException.class);
    assertThat(model.generate(Prompt.ids(PROMPT), tokens(5)).tokenIds()).hasSize(5);
  }

  @Test
  void canBeClosedFromAProcessor() {
    GenerationOptions options =
        tokens(5).toBuilder().logitsProcessors((tokens, scores) -> model.close()).build();

    assertThatThrownBy(() -> model.generate(Prompt.ids(PROMPT), options))
        .isInstanceOf(ModelClosedException.class);
  }

  @Test
  void answersEverybodyWhenClosedFromSeveralThreads() throws Exception {
    runner.hang(true);
    List<CompletableFuture<GenerationResult>> futures =
        IntStream.range(0, 10)
            .mapToObj(i -> model.generateAsync(Prompt.ids(i, 1, 2), tokens(5)))
            .toList();
    runner.awaitPass();

    List<Thread> closers = Stream.generate(() -> new Thread(model::close)).limit(3).toList();
    closers.forEach(Thread::start);
    for (Thread closer : closers) {
      closer.join();
    }

    assertThat(runner.isClosed()).isTrue();
    for (CompletableFuture<GenerationResult> future : futures) {
      assertThatThrownBy(future::get)
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(ModelClosedException.class);
    }
  }

  /// Waiting for a lock takes a thread's wake-up; here a processor does so, in the engine's last
  /// step.
  @Test
  void closesThoughItsWakeUpWasTaken() throws Exception {
    CountDownLatch inStep = new CountDownLatch(1);
    CountDownLatch closing = new CountDownLatch(1);
    LogitsProcessor takesWakeUps =
        (tokens, scores) -> {
          inStep.countDown();
          long end = System.nanoTime() + 1_000_000_000;
          while (closing.getCount() > 0 || System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000);
          }
        };
    GenerationOptions options = tokens(1).toBuilder().logitsProcessors(takesWakeUps).build();

    CompletableFuture<GenerationResult> last = model.generateAsync(Prompt.ids(PROMPT), options);
    inStep.await();
    CompletableFuture<Void> closed =
        CompletableFuture.runAsync(() -> {
          closing.countDown();
          model.close();
        });

    assertThat(closed).succeedsWithin(Duration.ofSeconds(10));
    assertThat(last).isDone();
  }

  @Test
  void tellsListenersOffTheEngineThreadAndSurvivesTheirFaults() throws Exception {
    BlockingQueue<ModelEvent> events = new LinkedBlockingQueue<>();
    model.addListener(event -> {
      throw new ArithmeticException("the listener's own");
    });
    model.addListener(events::add);

    GenerationResult result = model.generate(Prompt.ids(PROMPT), tokens(5));

    assertThat(events.poll(5, TimeUnit.SECONDS)).isEqualTo(new ModelEvent.Submitted(1, 5));
    assertThat(events.poll(5, TimeUnit.SECONDS))
        .isEqualTo(new ModelEvent.Started(1, result.timings().queue(), 0));
    assertThat(events.poll(5, TimeUnit.SECONDS)).isEqualTo(new ModelEvent.Finished(1, result));
  }

  @Test
  void refusesCallsAfterClose() {
    model.close();

    assertThatThrownBy(() -> model.generate(Prompt.ids(PROMPT), tokens(5)))
        .isInstanceOf(ModelClosedException.class);
  }

  @Test
  void waitsForTheModelToBeFreedEvenIfInterrupted() {
    Thread.currentThread().interrupt();

    model.close();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(runner.isClosed()).isTrue();
  }

  @Test
  void refusesTextWithoutATokenizer() {
    assertThatThrownBy(() -> model.generate("Hello"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("no tokenizer files");
  }

  @Test
  void refusesPromptsThatCannotRun() {
    assertThatThrownBy(() -> model.generate(Prompt.ids(), tokens(1)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("empty");
    assertThatThrownBy(() -> model.generate(Prompt.ids(1, 64), tokens(1)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("64 at index 1");
    assertThatThrownBy(() -> model.generate(Prompt.ids(new int[256]), tokens(1)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("256 tokens");
  }

  @Test
  void cutsThePromptsLeftWhenAskedTo() {
    ScriptedRunner small = new ScriptedRunner(1, 20);
    int[] prompt = IntStream.range(0, 30).toArray();
    try (DbrxModel cutting =
        DbrxModel.builder()
            .overflow(OverflowPolicy.TRUNCATE_LEFT)
            .start(
                small,
                Optional.empty(),
                new GenerationConfig(List.of(), GenerationOptions.defaults()))) {
      GenerationResult result = cutting.generate(Prompt.ids(prompt), tokens(5));

      assertThat(result.promptTokens()).isEqualTo(15);
      assertThat(result.tokenIds()).isEqualTo(continuation(Arrays.copyOfRange(prompt, 15, 30), 5));
    }
  }

  @Test
  void givesTheLogitsOfAllPositionsInWhateverChunks() {
    for (int chunk : new int[] {1, 2, 5, 16}) {
      List<Integer> positions = new ArrayList<>();
      model.logits(
          PROMPT,
          LogitsRows.ALL,
          chunk,
          (position, logits) -> {
            positions.add(position);
            assertThat(logits).isEqualTo(ScriptedRunner.scores(PROMPT, position + 1));
          });
      assertThat(positions).containsExactly(0, 1, 2, 3, 4);
    }
  }

  @Test
  void givesTheLogitsOfTheLastPosition() {
    for (int chunk : new int[] {1, 2, 5, 16}) {
      List<float[]> rows = new ArrayList<>();
      model.logits(PROMPT, LogitsRows.LAST, chunk, (position, logits) -> rows.add(logits));
      assertThat(rows).containsExactly(ScriptedRunner.scores(PROMPT, 5));
    }
  }

  private static GenerationOptions tokens(int count) {
    return GenerationOptions.builder().maxNewTokens(count).build();
  }
}
