package dev.dbrx4j.engine;

import dev.dbrx4j.DbrxException;
import dev.dbrx4j.GenerationOptions;
import dev.dbrx4j.ModelStats;
import dev.dbrx4j.spi.ModelRunner;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// An engine without threads: the test makes its steps and moves its clock.
final class SteppedEngine implements Generation.Signals {
  private final EngineLoop loop;
  private final Vocabulary vocabulary;
  private final int maxContext;
  private long nanos;

  SteppedEngine(ModelRunner runner, EngineLimits limits, int[] eosIds) {
    loop = new EngineLoop(runner, limits, () -> nanos);
    vocabulary = new Vocabulary(ScriptedRunner.VOCAB_SIZE, eosIds, Optional.empty());
    maxContext = runner.maxContext();
  }

  Generation submit(int[] prompt, GenerationOptions options) {
    return submit(prompt, options, 0);
  }

  Generation submit(int[] prompt, GenerationOptions options, int streamCapacity) {
    return loop.submit(new Request(prompt, options, streamCapacity, null), vocabulary, this);
  }

  int[] generate(int[] prompt, GenerationOptions options) {
    Generation generation = submit(prompt, options);
    runUntilIdle();
    return generation.result().tokenIds();
  }

  EngineSnapshot snapshot(int queueBound) {
    return EngineSnapshot.of(loop.scheduler(), maxContext, queueBound);
  }

  ModelStats stats() {
    return loop.stats();
  }

  boolean hasWork() {
    return loop.scheduler().hasWork();
  }

  void abandon(Supplier<DbrxException> cause) {
    loop.abandon(cause);
  }

  boolean step() {
    return loop.step();
  }

  void runUntilIdle() {
    while (loop.step()) {}
  }

  /// Returns the number of steps that it took.
  int stepUntil(BooleanSupplier condition) {
    return stepUntil(condition, Duration.ZERO);
  }

  int stepUntil(BooleanSupplier condition, Duration betweenSteps) {
    int steps = 0;
    for (; !condition.getAsBoolean(); steps++) {
      if (steps > 0) {
        advance(betweenSteps);
      }
      loop.step();
    }
    return steps;
  }

  void advance(Duration time) {
    nanos += time.toNanos();
  }

  @Override
  public void wake() {}

  @Override
  public void ended(Generation generation) {}
}
