package dev.dbrx4j.engine;

import dev.dbrx4j.spi.ModelRunner;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// Keys and values on their way out of the cache and into it again. The engine's thread's alone.
final class KvTransfer {
  private final ModelRunner runner;
  private final SlotTable slots;

  KvTransfer(ModelRunner runner, SlotTable slots) {
    this.runner = runner;
    this.slots = slots;
  }

  /// Copies cached keys and values of some tokens, as far as any slot holds these and all before
  /// them.
  ///
  /// @return how many
  int read(TokenList tokens, int position, int limit, MemorySegment target) {
    Slot slot = slots.donor(tokens);
    int count = Math.clamp(slot.sharedPrefix(tokens) - position, 0, limit);
    if (count > 0) {
      runner.readKv(slot.index(), position, count, target);
    }
    return count;
  }

  /// Puts keys and values of some tokens behind those of all before them, if a free slot holds
  /// these and nothing else.
  ///
  /// @return whether one does
  boolean write(TokenList tokens, int position, int count, MemorySegment source) {
    Optional<Slot> slot = slots.toFill(tokens, position);
    slot.ifPresent(each -> {
      runner.writeKv(each.index(), position, count, source);
      each.stored(count);
    });
    return slot.isPresent();
  }
}
