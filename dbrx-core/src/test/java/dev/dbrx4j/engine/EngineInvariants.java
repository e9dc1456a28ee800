package dev.dbrx4j.engine;

import dev.dbrx4j.engine.EngineSnapshot.SequenceView;
import dev.dbrx4j.engine.EngineSnapshot.SlotView;
import java.util.ArrayList;
import java.util.List;

/// What must hold between any two steps.
final class EngineInvariants {
  private EngineInvariants() {}

  /// @param unended requests that have not ended, in the order of their arrival
  static void check(EngineSnapshot snapshot, List<Generation> unended) {
    snapshot.slots().stream().filter(SlotView::isRunning).forEach(EngineInvariants::checkSlot);
    checkContext(snapshot);
    checkOnePromptAtATime(snapshot);
    checkFirstComeFirstServed(snapshot, unended);
    require(snapshot.waiting().size() <= snapshot.queueBound(), "the queue exceeds its bound");
  }

  private static void checkSlot(SlotView slot) {
    SequenceView sequence = slot.sequence();
    require(sequence.slot() == slot.index(), "a sequence is on another slot than it believes");
    require(!sequence.generation().isDone(), "a slot is kept by a sequence that has ended");
    require(slot.filled() < sequence.tokens(), "a slot holds more than its sequence has run");
  }

  private static void checkContext(EngineSnapshot snapshot) {
    for (SlotView slot : snapshot.slots()) {
      require(slot.filled() <= snapshot.maxContext(), "a slot is overfull");
    }
    for (SequenceView sequence : snapshot.running()) {
      require(sequence.tokens() <= snapshot.maxContext(), "a sequence exceeds the context");
    }
  }

  private static void checkOnePromptAtATime(EngineSnapshot snapshot) {
    long prefilling = snapshot.running().stream().filter(each -> !each.decoding()).count();
    require(prefilling <= 1, "two prompts are under way");
  }

  /// Whoever has not ended runs or waits, once; who runs came before who waits, and the queue is in
  /// order of arrival.
  private static void checkFirstComeFirstServed(EngineSnapshot snapshot, List<Generation> unended) {
    List<Generation> served = new ArrayList<>(unended);
    served.retainAll(snapshot.running().stream().map(SequenceView::generation).toList());
    require(served.size() == snapshot.running().size(), "something runs that should not");
    served.addAll(snapshot.waiting());
    require(served.equals(unended), "somebody is lost, doubled or was overtaken");
  }

  private static void require(boolean condition, String violation) {
    if (!condition) {
      throw new AssertionError(violation);
    }
  }
}
