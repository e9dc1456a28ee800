package dev.dbrx4j.engine;

import java.util.List;

/// The engine's bookkeeping between two steps.
///
/// @param slots every slot, in order
/// @param waiting the waiting requests, the oldest first
/// @param maxContext tokens a slot holds
/// @param queueBound requests that may wait
record EngineSnapshot(
    List<SlotView> slots, List<Generation> waiting, int maxContext, int queueBound) {

  /// A slot.
  ///
  /// @param index its number
  /// @param filled tokens in the cache
  /// @param sequence who runs on it, or null
  record SlotView(int index, int filled, SequenceView sequence) {
    boolean isRunning() {
      return sequence != null;
    }
  }

  /// A running sequence.
  ///
  /// @param generation whose it is
  /// @param slot the slot that it believes to be on
  /// @param tokens prompt and output so far
  /// @param decoding whether its prompt is through
  record SequenceView(Generation generation, int slot, int tokens, boolean decoding) {}

  static EngineSnapshot of(Scheduler scheduler, int maxContext, int queueBound) {
    return new EngineSnapshot(
        scheduler.slots().all().stream().map(EngineSnapshot::view).toList(),
        scheduler.all().stream()
            .filter(sequence -> !sequence.isRunning())
            .map(Sequence::generation)
            .toList(),
        maxContext,
        queueBound);
  }

  private static SlotView view(Slot slot) {
    Sequence sequence = slot.sequence();
    return new SlotView(slot.index(), slot.filled(), sequence == null ? null : view(sequence));
  }

  private static SequenceView view(Sequence sequence) {
    return new SequenceView(
        sequence.generation(),
        sequence.slot().index(),
        sequence.tokens().size(),
        sequence.isDecoding());
  }

  List<SequenceView> running() {
    return slots.stream().filter(SlotView::isRunning).map(SlotView::sequence).toList();
  }
}
