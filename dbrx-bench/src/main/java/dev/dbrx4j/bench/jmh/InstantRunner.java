package dev.dbrx4j.bench.jmh;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.spi.Logits;
import dev.dbrx4j.spi.LogitsRows;
import dev.dbrx4j.spi.ModelRunner;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A model whose passes take no time and whose vocabulary is so small that looking for the
/// likeliest token takes next to none: what is left is the engine.
final class InstantRunner implements ModelRunner {
  static final int VOCAB_SIZE = 512;

  private static final int LIKELIEST = 'e' - '!'; // the token of a letter

  private final DbrxConfig config;
  private final Logits[] logits;

  InstantRunner(int slots, int maxContext) {
    config =
        new DbrxConfig(
            8,
            2,
            1,
            1,
            maxContext,
            VOCAB_SIZE,
            null,
            1e4,
            8,
            2,
            1,
            null,
            DbrxConfig.Activation.SILU);
    MemorySegment scores =
        Arena.ofAuto().allocate(ValueLayout.JAVA_FLOAT, (long) slots * VOCAB_SIZE);
    for (int row = 0; row < slots; row++) {
      scores.setAtIndex(ValueLayout.JAVA_FLOAT, (long) row * VOCAB_SIZE + LIKELIEST, 1);
    }
    logits = new Logits[slots + 1];
    for (int rows = 0; rows <= slots; rows++) {
      logits[rows] = Logits.of(scores, rows, VOCAB_SIZE);
    }
  }

  @Override
  public DbrxConfig config() {
    return config;
  }

  @Override
  public int slots() {
    return logits.length - 1;
  }

  @Override
  public int maxContext() {
    return config.maxSeqLen();
  }

  @Override
  public Logits prefill(int slot, int[] tokens, int position, LogitsRows rows) {
    return logits[rows == LogitsRows.LAST ? 1 : 0];
  }

  @Override
  public Logits decode(int[] slots, int[] tokens, int[] positions) {
    return logits[slots.length];
  }

  @Override
  public void copySlot(int from, int to, int tokens) {}

  @Override
  public String identity() {
    return "instant";
  }

  @Override
  public long kvBytesPerToken() {
    return 0;
  }

  @Override
  public void readKv(int slot, int position, int tokens, MemorySegment target) {}

  @Override
  public void writeKv(int slot, int position, int tokens, MemorySegment source) {}

  @Override
  public void terminate() {}

  @Override
  public void close() {}
}
