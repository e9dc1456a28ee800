package dev.dbrx4j.engine;

/// How many things happened a second, over the last ten seconds.
final class RecentRate {
  private static final int SECONDS = 10;
  private static final long NANOS = 1_000_000_000;

  private final long startNanos;
  private final long[] counts = new long[SECONDS + 1];
  private long newest;

  RecentRate(long startNanos) {
    this.startNanos = startNanos;
  }

  void add(int count, long nowNanos) {
    moveOn(nowNanos);
    counts[slot(newest)] += count;
  }

  /// The rate over the last ten whole seconds, or since the start if that is less.
  double perSecond(long nowNanos) {
    moveOn(nowNanos);
    long sum = 0;
    for (long count : counts) {
      sum += count;
    }
    double elapsed = (double) (nowNanos - startNanos) / NANOS;
    double covered = Math.min(elapsed, SECONDS + elapsed - newest);
    return covered == 0 ? 0 : sum / covered;
  }

  /// Forgets what lies further back.
  private void moveOn(long nowNanos) {
    long second = (nowNanos - startNanos) / NANOS;
    for (long next = Math.max(newest + 1, second - SECONDS); next <= second; next++) {
      counts[slot(next)] = 0;
    }
    newest = second;
  }

  private static int slot(long second) {
    return (int) (second % (SECONDS + 1));
  }
}
