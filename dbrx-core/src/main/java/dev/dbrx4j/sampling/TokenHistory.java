package dev.dbrx4j.sampling;

import dev.dbrx4j.LogitsProcessor;
import java.util.Arrays;

/// A sequence's tokens so far, prompt first.
final class TokenHistory implements LogitsProcessor.Tokens {
  private final int promptSize;
  private int[] ids;
  private int size;

  TokenHistory(int[] promptIds) {
    promptSize = promptIds.length;
    size = promptSize;
    ids = Arrays.copyOf(promptIds, promptSize + 64);
  }

  void add(int id) {
    if (size == ids.length) {
      ids = Arrays.copyOf(ids, 2 * size);
    }
    ids[size++] = id;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int promptSize() {
    return promptSize;
  }

  @Override
  public int get(int index) {
    return ids[index];
  }
}
