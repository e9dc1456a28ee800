package dev.dbrx4j.grammar;

import dev.dbrx4j.tokenizer.DbrxTokenizer;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;

/// The bytes of all ordinary tokens, as a trie in flat arrays: nodes in depth-first order, so that
/// a walk reads memory forwards, and for each the place after its subtree. Node 0 is the root.
/// Special tokens are not in it.
final class TokenTrie {
  private static final int NO_TOKEN = -1;
  private static final int MANY = 64;

  private final byte[][] bytes;
  private final int vocabSize;
  private byte[] labels = new byte[1 << 12];
  private int[] ends = new int[1 << 12];
  private int[] tokens = new int[1 << 12];
  private int[] depths = new int[1 << 12];
  private final int[] roots = new int[256];
  private int size;
  private int maxDepth;

  /// @param tokens bytes by token id; none for ids that are not to be matched
  /// @param vocabSize logits a row, at least as many as there are tokens
  TokenTrie(byte[][] tokens, int vocabSize) {
    this.bytes = tokens;
    this.vocabSize = vocabSize;
    int[] ids = IntStream.range(0, tokens.length).filter(id -> tokens[id].length > 0).toArray();
    add(ids, new int[ids.length], 0, ids.length, 0, 0);
    for (int child = 1; child < size; child = ends[child]) {
      roots[labels[child] & 0xFF] = child;
    }
    labels = Arrays.copyOf(labels, size);
    ends = Arrays.copyOf(ends, size);
    this.tokens = Arrays.copyOf(this.tokens, size);
    depths = Arrays.copyOf(depths, size);
  }

  static TokenTrie of(DbrxTokenizer tokenizer, int vocabSize) {
    Collection<Integer> specials = tokenizer.specialTokens().values();
    Set<Integer> special = new HashSet<>(specials);
    int size = Math.min(vocabSize, tokenizer.vocabSize());
    byte[][] tokens = new byte[size][];
    for (int id = 0; id < size; id++) {
      tokens[id] = special.contains(id) ? new byte[0] : tokenizer.tokenBytes(id);
    }
    return new TokenTrie(tokens, vocabSize);
  }

  /// Adds the node of what tokens `from..to` share, and all below it.
  private void add(int[] ids, int[] spare, int from, int to, int depth, int label) {
    int node = newNode(depth, label);
    sort(ids, spare, from, to, depth);
    int next = from;
    while (next < to && bytes[ids[next]].length == depth) {
      tokens[node] = ids[next++];
    }
    while (next < to) {
      int value = at(ids[next], depth);
      int end = next;
      while (end < to && at(ids[end], depth) == value) {
        end++;
      }
      add(ids, spare, next, end, depth + 1, value);
      next = end;
    }
    ends[node] = size;
  }

  private int newNode(int depth, int label) {
    if (size == labels.length) {
      labels = Arrays.copyOf(labels, 2 * size);
      ends = Arrays.copyOf(ends, 2 * size);
      tokens = Arrays.copyOf(tokens, 2 * size);
      depths = Arrays.copyOf(depths, 2 * size);
    }
    maxDepth = Math.max(maxDepth, depth);
    labels[size] = (byte) label;
    depths[size] = depth;
    tokens[size] = NO_TOKEN;
    return size++;
  }

  /// A token's byte, or -1 after its last one.
  private int at(int id, int depth) {
    return depth < bytes[id].length ? bytes[id][depth] & 0xFF : -1;
  }

  /// Sorts tokens by one byte: by counting, or by insertion where they are few.
  private void sort(int[] ids, int[] spare, int from, int to, int depth) {
    if (to - from > MANY) {
      int[] starts = new int[258];
      for (int i = from; i < to; i++) {
        starts[at(ids[i], depth) + 2]++;
      }
      for (int value = 1; value < starts.length; value++) {
        starts[value] += starts[value - 1];
      }
      System.arraycopy(ids, from, spare, from, to - from);
      for (int i = from; i < to; i++) {
        ids[from + starts[at(spare[i], depth) + 1]++] = spare[i];
      }
      return;
    }
    for (int i = from + 1; i < to; i++) {
      int id = ids[i];
      int place = i;
      while (place > from && at(ids[place - 1], depth) > at(id, depth)) {
        ids[place] = ids[--place];
      }
      ids[place] = id;
    }
  }

  /// {@return whether every byte is a token, so that whatever a grammar allows can be spelled}
  boolean spellsAll() {
    int found = 0;
    for (int child = 1; child < size; child = ends[child]) {
      found += tokens[child] == NO_TOKEN ? 0 : 1;
    }
    return found == 256;
  }

  int vocabSize() {
    return vocabSize;
  }

  int size() {
    return size;
  }

  int maxDepth() {
    return maxDepth;
  }

  /// The byte that leads to a node.
  int label(int node) {
    return labels[node] & 0xFF;
  }

  /// The node after a node's subtree.
  int end(int node) {
    return ends[node];
  }

  boolean hasChildren(int node) {
    return ends[node] > node + 1;
  }

  /// Bytes from the root to a node.
  int depth(int node) {
    return depths[node];
  }

  boolean isToken(int node) {
    return tokens[node] != NO_TOKEN;
  }

  int token(int node) {
    return tokens[node];
  }

  /// The bytes of a token; none for special tokens and ids that stand for no token.
  byte[] bytes(int token) {
    return token < bytes.length ? bytes[token] : new byte[0];
  }

  /// How many tokens spell some bytes if each is the longest possible.
  int count(byte[] text) {
    int count = 0;
    for (int at = 0; at < text.length; count++) {
      at += longest(text, at);
    }
    return count;
  }

  private int longest(byte[] text, int from) {
    int node = 0;
    int longest = 1;
    for (int at = from; at < text.length; at++) {
      node = node == 0 ? roots[text[at] & 0xFF] : child(node, text[at]);
      if (node <= 0) {
        return longest;
      }
      longest = tokens[node] == NO_TOKEN ? longest : at + 1 - from;
    }
    return longest;
  }

  private int child(int node, byte label) {
    for (int child = node + 1; child < ends[node]; child = ends[child]) {
      if (labels[child] == label) {
        return child;
      }
    }
    return -1;
  }
}
