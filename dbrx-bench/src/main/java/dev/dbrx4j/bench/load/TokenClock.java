package dev.dbrx4j.bench.load;

import java.util.function.LongSupplier;

/// Takes the times of a user's tokens.
final class TokenClock {
  private final LongSupplier nanoTime;
  private final ArrivalLog arrivals;
  private long firstNanos;
  private long lastNanos;
  private boolean begun;

  TokenClock(LongSupplier nanoTime, ArrivalLog arrivals) {
    this.nanoTime = nanoTime;
    this.arrivals = arrivals;
  }

  /// Takes note that some tokens have come just now.
  void arrived(int tokens) {
    lastNanos = nanoTime.getAsLong();
    if (!begun) {
      begun = true;
      firstNanos = lastNanos;
    }
    arrivals.add(lastNanos, tokens);
  }

  boolean hasBegun() {
    return begun;
  }

  long firstNanos() {
    return firstNanos;
  }

  long lastNanos() {
    return lastNanos;
  }
}
