package dev.dbrx4j.engine;

import dev.dbrx4j.DbrxException;
import dev.dbrx4j.FinishReason;
import dev.dbrx4j.GenerationResult;
import dev.dbrx4j.ModelStats;
import dev.dbrx4j.NativeRuntimeException;
import dev.dbrx4j.QueueFullException;
import dev.dbrx4j.spi.Logits;
import dev.dbrx4j.spi.LogitsRows;
import dev.dbrx4j.spi.ModelRunner;
import dev.dbrx4j.spi.RunTerminatedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The engine's work, a step at a time, on one thread.
final class EngineLoop {
  private final ModelRunner runner;
  private final Scheduler scheduler;
  private final EngineLimits limits;
  private final LongSupplier nanoTime;
  private final Telemetry telemetry;
  private final KvTransfer kvTransfer;
  private int sampledTokens;

  /// The generation that the pass under way serves alone.
  private volatile @Nullable Generation soloPass;

  /// @param runner the model
  /// @param limits how much it takes on
  /// @param nanoTime the clock
  EngineLoop(ModelRunner runner, EngineLimits limits, LongSupplier nanoTime) {
    this.runner = runner;
    this.scheduler = new Scheduler(new SlotTable(runner.slots()), limits.queueBound());
    this.limits = limits;
    this.nanoTime = nanoTime;
    this.telemetry = new Telemetry(nanoTime);
    this.kvTransfer = new KvTransfer(runner, scheduler.slots());
  }

  /// {@return who waits and who runs}
  Scheduler scheduler() {
    return scheduler;
  }

  Telemetry telemetry() {
    return telemetry;
  }

  /// {@return the door to what the cache holds}
  KvTransfer kvTransfer() {
    return kvTransfer;
  }

  /// Lets a request wait for its turn. From any thread, one at a time.
  ///
  /// @throws QueueFullException if too many wait already
  Generation submit(Request request, Vocabulary vocabulary, Generation.Signals signals) {
    long number = telemetry.submitted(request);
    Generation generation = new Generation(number, request, signals, nanoTime.getAsLong());
    enqueue(new Sequence(generation, vocabulary, runner.maxContext()));
    return generation;
  }

  private void enqueue(Sequence sequence) {
    if (!scheduler.enqueue(sequence)) {
      telemetry.refused(sequence.generation().number(), scheduler.waiting());
      throw new QueueFullException(
          "%d requests are waiting already, which is the bound: try again later, or raise queueBound"
              .formatted(limits.queueBound()));
    }
  }

  /// Takes every sequence as far as one step's tokens go: each running one by a token, then the
  /// oldest prompts by what is left.
  ///
  /// @return whether there is more to do at once
  boolean step() {
    retireEnded();
    try {
      prefill(limits.stepTokens() - decode());
    } catch (RunTerminatedException e) {
      // The next step retires whoever wanted it, and runs the pass again for the others.
      return true;
    } finally {
      report();
    }
    return scheduler.hasWork();
  }

  private void retireEnded() {
    for (Sequence sequence : scheduler.all()) {
      FinishReason reason = endedFromOutside(sequence.generation());
      if (reason != null) {
        finish(sequence, reason);
      }
    }
  }

  private @Nullable FinishReason endedFromOutside(Generation generation) {
    if (generation.isCancelled()) {
      return FinishReason.CANCELLED;
    }
    return generation.isExpired(nanoTime.getAsLong()) ? FinishReason.DEADLINE : null;
  }

  /// Runs the pending token of every running sequence, together with what is likely to follow it,
  /// and returns the number of tokens.
  private int decode() {
    List<Sequence> batch = new ArrayList<>();
    int tokens = 0;
    for (Sequence sequence : scheduler.decodable()) {
      int[] draft = sequence.draft(limits.stepTokens() / runner.slots() - 1);
      if (draft.length > 0) {
        tokens += check(sequence, draft);
      } else {
        batch.add(sequence);
      }
    }
    if (!batch.isEmpty()) {
      run(batch, () -> proceedEach(batch, forward(batch)));
    }
    return tokens + batch.size();
  }

  /// Runs a draft in one pass and keeps what would have come out anyway.
  private int check(Sequence sequence, int[] draft) {
    int[] chunk =
        IntStream.concat(IntStream.of(sequence.tokens().last()), Arrays.stream(draft)).toArray();
    run(
        List.of(sequence),
        () -> {
          Slot slot = sequence.slot();
          Logits rows = runner.prefill(slot.index(), chunk, slot.filled(), LogitsRows.ALL);
          sequence.drafted(draft);
          int confirmed = 0;
          do {
            proceed(sequence, 1, rows, confirmed, confirmed + 1);
          } while (!sequence.generation().isDone()
              && confirmed < draft.length
              && sequence.tokens().last() == draft[confirmed++]);
        });
    return chunk.length;
  }

  private Logits forward(List<Sequence> batch) {
    return runner.decode(
        each(batch, sequence -> sequence.slot().index()),
        each(batch, sequence -> sequence.tokens().last()),
        each(batch, sequence -> sequence.slot().filled()));
  }

  private static int[] each(List<Sequence> batch, ToIntFunction<Sequence> property) {
    int[] values = new int[batch.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = property.applyAsInt(batch.get(i));
    }
    return values;
  }

  private void proceedEach(List<Sequence> batch, Logits logits) {
    for (int i = 0; i < batch.size(); i++) {
      proceed(batch.get(i), 1, logits, i, i + 1);
    }
  }

  /// Takes a sequence further by what a pass has run of it.
  private void proceed(Sequence sequence, int tokens, Logits logits, int firstRow, int endRow) {
    sequence.ran(tokens, logits, firstRow, endRow);
    if (sequence.pending() > 0) {
      return;
    }
    if (sequence.generates()) {
      sample(sequence, logits, endRow - 1);
    } else {
      finish(sequence, FinishReason.LENGTH);
    }
  }

  /// Runs prompts, admitting waiting sequences as slots allow, for so many tokens.
  private void prefill(int budget) {
    int left = budget;
    while (left > 0 && (scheduler.prefilling().isPresent() || admit())) {
      if (scheduler.prefilling().isPresent()) {
        left -= prefillChunk(scheduler.prefilling().get(), left);
      }
    }
  }

  private boolean admit() {
    Optional<SlotTable.Placement> placement = scheduler.admit();
    placement.ifPresent(this::start);
    return placement.isPresent();
  }

  private void start(SlotTable.Placement placement) {
    Sequence sequence = placement.sequence();
    sequence.start(placement.slot(), nanoTime.getAsLong());
    telemetry.started(sequence, placement.shared());
    if (placement.needsCopy()) {
      run(List.of(sequence), () -> copyPrefix(placement));
    }
  }

  private void copyPrefix(SlotTable.Placement placement) {
    int shared = placement.shared();
    runner.copySlot(placement.donor().index(), placement.slot().index(), shared);
    placement.sequence().copied(shared);
  }

  private int prefillChunk(Sequence sequence, int limit) {
    int[] chunk = sequence.nextChunk(limit);
    run(List.of(sequence), () -> prefill(sequence, chunk));
    return chunk.length;
  }

  private void prefill(Sequence sequence, int[] chunk) {
    Slot slot = sequence.slot();
    Logits rows = runner.prefill(slot.index(), chunk, slot.filled(), sequence.rowsFor(chunk));
    proceed(sequence, chunk.length, rows, 0, rows.rows());
  }

  private void sample(Sequence sequence, Logits logits, int row) {
    try {
      FinishReason reason = sequence.next(logits, row, nanoTime.getAsLong());
      sampledTokens++;
      if (reason != null) {
        finish(sequence, reason);
      }
    } catch (RuntimeException | Error e) {
      fail(sequence, e);
    }
  }

  /// Runs a pass for some sequences; if it fails, so do they, and nobody else.
  private void run(List<Sequence> served, Runnable pass) {
    soloPass = served.size() == 1 ? served.getFirst().generation() : null;
    try {
      stopIfEnded(soloPass);
      pass.run();
    } catch (RunTerminatedException e) {
      throw e;
    } catch (RuntimeException e) {
      served.forEach(sequence -> failPass(sequence, e));
    } finally {
      soloPass = null;
    }
  }

  private void stopIfEnded(@Nullable Generation generation) {
    if (generation != null && endedFromOutside(generation) != null) {
      throw new RunTerminatedException();
    }
  }

  /// Brings the statistics up to date.
  private void report() {
    telemetry.progressed(scheduler.running(), sampledTokens);
    sampledTokens = 0;
  }

  private void finish(Sequence sequence, FinishReason reason) {
    remove(sequence);
    GenerationResult result = sequence.finish(reason, nanoTime.getAsLong());
    telemetry.finished(sequence.generation().number(), result);
    sequence.generation().complete(result);
  }

  /// Takes leave of a sequence before its caller hears of it: whoever has the result finds it in
  /// the statistics.
  private void remove(Sequence sequence) {
    scheduler.remove(sequence);
    report();
  }

  private void failPass(Sequence sequence, RuntimeException cause) {
    sequence.slot().forget();
    String message = "a forward pass failed, and with it this request: " + cause.getMessage();
    fail(sequence, new NativeRuntimeException(message, cause));
  }

  private void fail(Sequence sequence, Throwable cause) {
    remove(sequence);
    telemetry.failed(sequence.generation(), cause);
    sequence.generation().fail(cause);
  }

  /// {@return what the engine has done so far; from any thread}
  ModelStats stats() {
    return telemetry.stats(scheduler.waiting(), runner.slots(), runner.maxContext());
  }

  /// Fails every sequence; for when no step follows.
  ///
  /// @param cause makes what each caller gets
  void abandon(Supplier<DbrxException> cause) {
    scheduler.all().forEach(sequence -> fail(sequence, cause.get()));
  }

  /// Ends the pass under way if it serves only this generation. From any thread.
  ///
  /// @return whether there was one
  boolean terminatePassOf(Generation generation) {
    boolean serves = soloPass == generation;
    if (serves) {
      runner.terminate();
    }
    return serves;
  }
}
