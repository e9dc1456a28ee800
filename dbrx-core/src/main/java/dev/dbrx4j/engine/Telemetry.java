package dev.dbrx4j.engine;

import dev.dbrx4j.GenerationResult;
import dev.dbrx4j.ModelEvent;
import dev.dbrx4j.ModelStats;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/// Counts what the engine does and tells listeners about it. For any thread.
final class Telemetry {
  private final EventDispatcher events = new EventDispatcher();
  private final LongSupplier nanoTime;
  private final RecentRate generationRate;
  private final RecentDurations timesToFirstToken = new RecentDurations();

  private long submitted;
  private long finished;
  private long failed;
  private long refused;
  private long promptTokens;
  private long cachedPromptTokens;
  private long generatedTokens;
  private long draftTokens;
  private long acceptedDraftTokens;
  private int running;
  private long kvTokens;

  Telemetry(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    generationRate = new RecentRate(nanoTime.getAsLong());
  }

  EventDispatcher events() {
    return events;
  }

  /// Returns the request's number.
  synchronized long submitted(Request request) {
    long number = ++submitted;
    events.publish(() -> new ModelEvent.Submitted(number, request.prompt().length));
    return number;
  }

  synchronized void refused(long number, int waiting) {
    refused++;
    events.publish(() -> new ModelEvent.Refused(number, waiting));
  }

  void started(Sequence sequence, int cachedTokens) {
    long number = sequence.generation().number();
    events.publish(() -> new ModelEvent.Started(number, sequence.queued(), cachedTokens));
  }

  synchronized void finished(long number, GenerationResult result) {
    finished++;
    promptTokens += result.promptTokens();
    cachedPromptTokens += result.cachedPromptTokens();
    draftTokens += result.draftTokens();
    acceptedDraftTokens += result.acceptedDraftTokens();
    if (result.tokenIds().length > 0) {
      timesToFirstToken.add(result.timings().timeToFirstToken());
    }
    events.publish(() -> new ModelEvent.Finished(number, result));
  }

  synchronized void failed(Generation generation, Throwable cause) {
    failed++;
    Duration total = Duration.ofNanos(nanoTime.getAsLong() - generation.submittedNanos());
    events.publish(() -> new ModelEvent.Failed(generation.number(), total, cause));
  }

  /// Takes note of how far the engine is.
  ///
  /// @param onSlots sequences on a slot
  /// @param generated tokens generated since the last time
  synchronized void progressed(List<Sequence> onSlots, int generated) {
    running = onSlots.size();
    kvTokens = onSlots.stream().mapToLong(sequence -> sequence.slot().filled()).sum();
    generatedTokens += generated;
    generationRate.add(generated, nanoTime.getAsLong());
  }

  synchronized ModelStats stats(int waiting, int slots, int maxContext) {
    return new ModelStats(
        waiting,
        running,
        slots,
        kvTokens,
        (long) slots * maxContext,
        finished,
        failed,
        refused,
        promptTokens,
        cachedPromptTokens,
        generatedTokens,
        draftTokens,
        acceptedDraftTokens,
        generationRate.perSecond(nanoTime.getAsLong()),
        timesToFirstToken.percentiles());
  }
}
