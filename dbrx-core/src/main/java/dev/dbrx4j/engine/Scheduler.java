package dev.dbrx4j.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/// Who runs next: waiting, then on a slot, first come first served.
///
/// One prompt is prefilled at a time, and the next one gets its slot only when that is done. So a
/// prompt finds the prefix that it shares with the one before it already in the cache: many samples
/// of one prompt, or many callers with one system prompt, cost one prefill.
final class Scheduler {
  private final BlockingQueue<Sequence> waiting;
  private final SlotTable slots;
  private @Nullable Sequence prefilling;

  Scheduler(SlotTable slots, int queueBound) {
    this.slots = slots;
    this.waiting = new LinkedBlockingQueue<>(queueBound);
  }

  /// Lets a sequence wait for a slot. From any thread; everything else is the engine's alone.
  ///
  /// @return false if too many wait already
  boolean enqueue(Sequence sequence) {
    return waiting.offer(sequence);
  }

  SlotTable slots() {
    return slots;
  }

  /// All sequences that have not ended, the running ones first.
  List<Sequence> all() {
    List<Sequence> sequences = running();
    sequences.addAll(waiting);
    return sequences;
  }

  /// Sequences that wait for a slot. From any thread.
  int waiting() {
    return waiting.size();
  }

  /// Sequences on a slot, by ascending slot.
  List<Sequence> running() {
    List<Sequence> running = new ArrayList<>(slots.all().size());
    for (Slot slot : slots.all()) {
      if (slot.sequence() != null) {
        running.add(slot.sequence());
      }
    }
    return running;
  }

  /// Running sequences that the next decode step takes further, by ascending slot. A sequence whose
  /// reader does not keep up sits the step out.
  List<Sequence> decodable() {
    List<Sequence> decodable = running();
    decodable.removeIf(sequence -> !sequence.isDecoding() || sequence.isPaused());
    return decodable;
  }

  /// The sequence whose prompt is under way.
  Optional<Sequence> prefilling() {
    return Optional.ofNullable(prefilling).filter(sequence -> !sequence.isDecoding());
  }

  /// Gives the sequence that waits for longest a slot, if there is one of each and no other prompt
  /// is under way.
  Optional<SlotTable.Placement> admit() {
    if (waiting.isEmpty() || prefilling().isPresent()) {
      return Optional.empty();
    }
    Optional<SlotTable.Placement> placement = slots.take(waiting.element());
    placement.ifPresent(_ -> prefilling = waiting.remove());
    return placement;
  }

  /// Forgets a sequence that has ended.
  void remove(Sequence sequence) {
    if (sequence.isRunning()) {
      slots.release(sequence.slot());
    } else {
      waiting.remove(sequence);
    }
    if (prefilling == sequence) {
      prefilling = null;
    }
  }

  /// Whether a step would take any sequence further.
  boolean hasWork() {
    return prefilling().isPresent()
        || !decodable().isEmpty()
        || (!waiting.isEmpty() && slots.hasFree());
  }
}
