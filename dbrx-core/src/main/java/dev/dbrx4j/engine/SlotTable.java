package dev.dbrx4j.engine;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// The KV cache's rows, and where in them a prompt starts best.
///
/// A prompt that begins like the contents of a slot starts behind what they share: in that slot if
/// it is free and nothing else would be lost, else on a copy in the free slot that was unused for
/// longest.
final class SlotTable {
  private final List<Slot> slots;
  private long uses;

  SlotTable(int count) {
    slots = IntStream.range(0, count).mapToObj(Slot::new).toList();
  }

  /// Where a sequence was placed.
  ///
  /// @param sequence the sequence
  /// @param slot its slot, already taken
  /// @param donor the slot whose contents it shares, perhaps the same
  /// @param shared tokens to copy from the donor if it is another
  record Placement(Sequence sequence, Slot slot, Slot donor, int shared) {
    boolean needsCopy() {
      return slot != donor && shared > 0;
    }
  }

  /// All slots, in ascending order.
  List<Slot> all() {
    return slots;
  }

  boolean hasFree() {
    return slots.stream().anyMatch(Slot::isFree);
  }

  /// Gives the sequence a slot; empty when none is free.
  Optional<Placement> take(Sequence sequence) {
    return oldestFree().map(oldest -> place(sequence, oldest));
  }

  private Optional<Slot> oldestFree() {
    return slots.stream().filter(Slot::isFree).min(Comparator.comparingLong(Slot::lastUse));
  }

  private Placement place(Sequence sequence, Slot oldest) {
    Slot donor = donor(sequence.tokens());
    int shared = Math.min(donor.sharedPrefix(sequence.tokens()), sequence.reusableTokens());
    boolean inPlace = (donor.isFree() && donor.filled() == shared) || donor == oldest;
    Slot slot = inPlace ? donor : oldest;
    slot.take(sequence, inPlace ? shared : 0, ++uses);
    return new Placement(sequence, slot, donor, shared);
  }

  /// The slot that shares the longest prefix with the prompt; of several a free one, and of those
  /// the one used last.
  Slot donor(TokenList prompt) {
    Comparator<Slot> byPrefix = Comparator.comparingInt(slot -> slot.sharedPrefix(prompt));
    return slots.stream()
        .max(byPrefix.thenComparing(Slot::isFree).thenComparingLong(Slot::lastUse))
        .orElseThrow();
  }

  /// A free slot that holds exactly the first `length` of these tokens; to begin with, the one that
  /// was unused for longest is emptied for them.
  Optional<Slot> toFill(TokenList tokens, int length) {
    Optional<Slot> slot = length == 0 ? oldestFree() : freeWithExactly(tokens, length);
    slot.ifPresent(each -> each.assign(tokens, length, ++uses));
    return slot;
  }

  private Optional<Slot> freeWithExactly(TokenList tokens, int length) {
    return slots.stream()
        .filter(slot -> slot.isFree() && slot.filled() == length)
        .filter(slot -> slot.sharedPrefix(tokens) == length)
        .findFirst();
  }

  void release(Slot slot) {
    slot.release(++uses);
  }
}
