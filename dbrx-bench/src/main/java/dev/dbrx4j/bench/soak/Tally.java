package dev.dbrx4j.bench.soak;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/// What all callers met with.
final class Tally {
  private final LongAdder complete = new LongAdder();
  private final LongAdder cutShort = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder tokens = new LongAdder();
  private final Queue<String> faults = new ConcurrentLinkedQueue<>();

  /// An answer came whole, and was right.
  void complete(int answerTokens) {
    complete.increment();
    tokens.add(answerTokens);
  }

  /// An answer was cancelled or late, and what there was of it was right.
  void cutShort() {
    cutShort.increment();
  }

  /// The queue was full.
  void refused() {
    refused.increment();
  }

  void fault(String what) {
    faults.add(what);
  }

  long completeAnswers() {
    return complete.sum();
  }

  long answersCutShort() {
    return cutShort.sum();
  }

  long refusals() {
    return refused.sum();
  }

  long tokens() {
    return tokens.sum();
  }

  Queue<String> faults() {
    return faults;
  }
}
