package dev.dbrx4j.spi;

import dev.dbrx4j.DbrxConfig;
import java.lang.foreign.MemorySegment;

/// Runs forward passes of one loaded model and owns its KV cache. Called by one thread only, the
/// engine's, except for [#terminate()].
///
/// The KV cache has [#slots()] rows; a slot holds one sequence of up to [#maxContext()] tokens. The
/// caller keeps account of what a slot holds: the runner reads positions `0..position-1` of a slot
/// and writes from `position` on, and never looks beyond.
public interface ModelRunner extends AutoCloseable {
  /// {@return the model's configuration}
  DbrxConfig config();

  /// {@return rows of the KV cache, which bounds the sequences that can run at once}
  int slots();

  /// {@return tokens a slot holds}
  int maxContext();

  /// Runs one chunk of one prompt.
  ///
  /// @param slot the KV-cache row
  /// @param tokens the chunk's token ids, at least one, each below the vocabulary size
  /// @param position tokens that the slot already holds
  /// @param rows which positions of the chunk to return logits for
  /// @return no row, one row, or a row a token, valid until the next call
  Logits prefill(int slot, int[] tokens, int position, LogitsRows rows);

  /// Runs one token each of several sequences.
  ///
  /// @param slots KV-cache rows, strictly ascending; fastest when they are `0..n-1`
  /// @param tokens the token of each sequence
  /// @param positions tokens that each slot already holds
  /// @return a row a sequence, in the order given, valid until the next call
  Logits decode(int[] slots, int[] tokens, int[] positions);

  /// Copies the first tokens of one slot onto another.
  ///
  /// @param from source slot
  /// @param to target slot
  /// @param tokens positions to copy, from 0
  void copySlot(int from, int to, int tokens);

  /// {@return what tells this model's KV cache from that of any other: the same for every runner of
  /// the same weights, precision and device kind, also after a restart}
  String identity();

  /// {@return bytes that one token takes in the KV cache}
  long kvBytesPerToken();

  /// Copies keys and values out of a slot, in a layout of the runner's own.
  ///
  /// @param slot the KV-cache row
  /// @param position the first token
  /// @param tokens how many
  /// @param target `tokens * kvBytesPerToken()` bytes
  void readKv(int slot, int position, int tokens, MemorySegment target);

  /// Copies keys and values into a slot.
  ///
  /// @param slot the KV-cache row
  /// @param position the first token
  /// @param tokens how many
  /// @param source what [#readKv] gave for as many tokens at the same position, in a runner of the
  ///   same identity
  void writeKv(int slot, int position, int tokens, MemorySegment source);

  /// Ends the pass under way on the engine thread, which then throws [RunTerminatedException]; a
  /// call while none is under way, or after [#close()], does nothing. May be called from any
  /// thread.
  void terminate();

  /// Frees the KV cache and the session. Not while a pass is under way.
  @Override
  void close();
}
