package dev.dbrx4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbrx4j.GenerationOptions;
import dev.dbrx4j.ModelClosedException;
import dev.dbrx4j.QueueFullException;
import dev.dbrx4j.spi.RunTerminatedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// A stepped engine and callers who do as they please. After whatever happened, the engine's books
/// must be in order and every caller must have got what is theirs.
final class EngineUnderTest {
  static final int MAX_CONTEXT = 24;
  static final int MAX_PROMPT = 16;

  private static final int[] EOS_IDS = {7, 8};
  private static final EngineLimits LIMITS = new EngineLimits(12, 5);

  private final ScriptedRunner runner = new ScriptedRunner(3, MAX_CONTEXT);
  private final SteppedEngine engine = new SteppedEngine(runner, LIMITS, EOS_IDS);
  private final List<Caller> callers = new ArrayList<>();

  void submit(int[] prompt, GenerationOptions options, int streamCapacity) {
    boolean full = snapshot().waiting().size() == LIMITS.queueBound();
    try {
      Generation generation = engine.submit(prompt, options, streamCapacity);
      assertThat(full).isFalse();
      callers.add(new Caller(generation, Alone.with(prompt, options, EOS_IDS, MAX_CONTEXT)));
    } catch (QueueFullException e) {
      assertThat(full).isTrue();
    }
  }

  /// Makes a step, which must keep its budget and, if there is work, get somebody further.
  void step() {
    boolean mustProgress = engine.hasWork() && !runner.failsSoon();
    int tokens = runner.tokensRun();
    int waiting = snapshot().waiting().size();
    int unended = unended().size();

    engine.step();

    int ran = runner.tokensRun() - tokens;
    boolean progressed =
        ran > 0 || snapshot().waiting().size() < waiting || unended().size() < unended;
    assertThat(ran).isLessThanOrEqualTo(LIMITS.stepTokens());
    assertThat(progressed || !mustProgress).isTrue();
  }

  private List<Generation> unended() {
    return callers.stream().map(Caller::generation).filter(each -> !each.isDone()).toList();
  }

  /// Lets one of those who still have something to read read a chunk.
  void read(int choice) {
    choose(callers.stream().filter(Caller::canRead).toList(), choice, Caller::read);
  }

  void cancel(int choice) {
    choose(callers.stream().filter(caller -> !caller.hasEnded()).toList(), choice, Caller::cancel);
  }

  private static void choose(List<Caller> callers, int choice, Consumer<Caller> action) {
    if (!callers.isEmpty()) {
      action.accept(callers.get(choice % callers.size()));
    }
  }

  void advanceClock(Duration time) {
    engine.advance(time);
  }

  void failPass(int number) {
    runner.failPass(number, new IllegalStateException("injected"));
  }

  void terminatePass(int number) {
    runner.failPass(number, new RunTerminatedException());
  }

  void abandon() {
    engine.abandon(() -> new ModelClosedException("closed"));
    assertThat(snapshot().running()).isEmpty();
    assertThat(snapshot().waiting()).isEmpty();
  }

  void check() {
    EngineInvariants.check(snapshot(), unended());
    callers.forEach(Caller::check);
    callers.removeIf(Caller::isThrough);
  }

  /// With everybody reading, everybody must get to the end, and nothing must be left.
  void finish() {
    int tokensAhead = (callers.size() + 1) * MAX_CONTEXT;
    for (int steps = 0; !callers.isEmpty(); steps++) {
      assertThat(steps).isLessThan(tokensAhead);
      step();
      callers.forEach(Caller::readAll);
      check();
    }
    assertThat(snapshot().running()).isEmpty();
    assertThat(snapshot().waiting()).isEmpty();
    assertThat(engine.hasWork()).isFalse();
  }

  private EngineSnapshot snapshot() {
    return engine.snapshot(LIMITS.queueBound());
  }
}
