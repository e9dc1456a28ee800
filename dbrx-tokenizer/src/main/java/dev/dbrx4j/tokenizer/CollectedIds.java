package dev.dbrx4j.tokenizer;

import java.util.ArrayDeque;
import java.util.Deque;

/// The ids of a text, collected chunk by chunk and joined at the end, so that none is copied more
/// than twice.
final class CollectedIds implements TextEncoder.Sink {
  private final Deque<int[]> chunks = new ArrayDeque<>();
  private int size;

  /// Takes all there are, in order.
  @Override
  public boolean accept(IdBuffer ids) {
    addLast(ids);
    return true;
  }

  int size() {
    return size;
  }

  void addLast(IdBuffer ids) {
    chunks.addLast(ids.toArray());
    size += ids.size();
  }

  void addFirst(IdBuffer ids) {
    chunks.addFirst(ids.toArray());
    size += ids.size();
  }

  int[] all() {
    return range(0, size);
  }

  /// The first ids, at most so many.
  int[] first(int count) {
    return range(0, Math.min(count, size));
  }

  /// The last ids, at most so many.
  int[] last(int count) {
    return range(Math.max(0, size - count), size);
  }

  private int[] range(int from, int to) {
    if (chunks.size() == 1 && to - from == size) {
      return chunks.getFirst();
    }
    int[] ids = new int[to - from];
    int start = -from;
    for (int[] chunk : chunks) {
      int skip = Math.clamp(-start, 0, chunk.length);
      int end = Math.clamp(ids.length - start, skip, chunk.length);
      System.arraycopy(chunk, skip, ids, Math.min(start + skip, ids.length), end - skip);
      start += chunk.length;
    }
    return ids;
  }
}
