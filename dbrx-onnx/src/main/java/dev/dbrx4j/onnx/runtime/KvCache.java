package dev.dbrx4j.onnx.runtime;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.InvalidRequestException;
import dev.dbrx4j.NativeRuntimeException;
import dev.dbrx4j.onnx.graph.LayerRange;
import dev.dbrx4j.onnx.ort.Buffer;
import dev.dbrx4j.onnx.ort.ElementType;
import dev.dbrx4j.onnx.ort.Memory;
import dev.dbrx4j.onnx.ort.OrtBinding;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Keys after RoPE and values of every token seen: a layer has one buffer for keys and one for
/// values, each `[slots, kvHeads, maxContext, headDim]`. A pass reads and extends them in place,
/// because past and present are bound to the same rows.
///
/// On the host the operating system provides the memory as tokens fill it.
final class KvCache {
  private final List<Buffer> keys = new ArrayList<>();
  private final List<Buffer> values = new ArrayList<>();
  private final Memory memory;
  private final DbrxConfig config;
  private final LayerRange layers;
  private final ElementType type;
  private final int maxContext;
  private final long rowBytes;

  /// @param owner frees the memory when it closes
  /// @param layers whose keys and values
  /// @param type of the numbers in it
  KvCache(
      Memory memory,
      Arena owner,
      DbrxConfig config,
      LayerRange layers,
      ElementType type,
      int slots,
      int maxContext) {
    this.memory = memory;
    this.config = config;
    this.layers = layers;
    this.type = type;
    this.maxContext = maxContext;
    long bytes = bytes(config, layers, type, slots, maxContext);
    rowBytes = layerBytes(config, type, 1, maxContext);
    try {
      for (int i = 0; i < layers.count(); i++) {
        keys.add(memory.allocate(owner, slots * rowBytes));
        values.add(memory.allocate(owner, slots * rowBytes));
      }
    } catch (NativeRuntimeException e) {
      throw new NativeRuntimeException(
          "there is no memory for a KV cache of %d bytes (%d slots of %d tokens): ask for fewer slots or a shorter context"
              .formatted(bytes, slots, maxContext),
          e);
    }
  }

  /// {@return bytes of a cache, `2 * layers * slots * kvHeads * maxContext * headDim` elements}
  static long bytes(
      DbrxConfig config, LayerRange layers, ElementType type, int slots, int maxContext) {
    try {
      return Math.multiplyExact(2L * layers.count(), layerBytes(config, type, slots, maxContext));
    } catch (ArithmeticException e) {
      throw new InvalidRequestException(
          "a KV cache of %d slots of %d tokens exceeds 64-bit addresses: ask for fewer slots or a shorter context"
              .formatted(slots, maxContext),
          e);
    }
  }

  /// Checks a cache against the memory that it may fill. The operating system hands memory out as
  /// it is touched, so a cache that is too large would be found out only in the middle of serving.
  ///
  /// @param memoryBytes what there is
  /// @throws InvalidRequestException if that is less than the whole cache
  static void checkFits(
      DbrxConfig config, ElementType type, int slots, int maxContext, long memoryBytes) {
    LayerRange all = LayerRange.all(config);
    long bytes = bytes(config, all, type, slots, maxContext);
    if (bytes > memoryBytes) {
      throw new InvalidRequestException(
          ("a KV cache of %d slots of %d tokens takes %d MB, and there are %d MB beside the Java"
                  + " heap: choose slots and contextLength so that their product is at most %d")
              .formatted(
                  slots,
                  maxContext,
                  bytes >> 20,
                  memoryBytes >> 20,
                  Math.max(0, memoryBytes) / bytes(config, all, type, 1, 1)));
    }
  }

  private static long layerBytes(DbrxConfig config, ElementType type, int slots, int maxContext) {
    return type.byteSize(slots, config.nKvHeads(), maxContext, config.headDim());
  }

  /// {@return tokens a slot holds}
  int maxContext() {
    return maxContext;
  }

  /// Binds a contiguous run of slots as past and present of every layer.
  void bind(OrtBinding binding, int firstSlot, int count) {
    for (int i = 0; i < layers.count(); i++) {
      int layer = layers.first() + i;
      String pastKey = GraphContract.pastKey(layer);
      String pastValue = GraphContract.pastValue(layer);
      bind(binding, pastKey, GraphContract.presentKey(layer), keys.get(i), firstSlot, count);
      bind(binding, pastValue, GraphContract.presentValue(layer), values.get(i), firstSlot, count);
    }
  }

  private void bind(
      OrtBinding binding, String past, String present, Buffer buffer, int firstSlot, int count) {
    Buffer rows = buffer.slice(firstSlot * rowBytes, count * rowBytes);
    long[] shape = {count, config.nKvHeads(), maxContext, config.headDim()};
    binding.input(past, rows, type, shape);
    binding.output(present, rows, type, shape);
  }

  /// Copies the first tokens of one slot onto another.
  void copySlot(int from, int to, int tokens) {
    forEachHead(
        from,
        0,
        tokens,
        (buffer, offset, index, bytes) -> {
          long target = offset + (to - from) * rowBytes;
          memory.copy(buffer.slice(offset, bytes), buffer.slice(target, bytes), bytes);
        });
  }

  /// {@return bytes that one token takes}
  long tokenBytes() {
    return 2L * layers.count() * rowBytes / maxContext;
  }

  /// Copies tokens of a slot out, a run of bytes a head: layer by layer its keys, then its values.
  void read(int slot, int position, int tokens, MemorySegment target) {
    forEachHead(
        slot,
        position,
        tokens,
        (buffer, offset, index, bytes) ->
            memory.read(buffer.slice(offset, bytes), target.asSlice(index * bytes, bytes), bytes));
  }

  /// Copies tokens into a slot, as [#read] has laid them out.
  void write(int slot, int position, int tokens, MemorySegment source) {
    forEachHead(
        slot,
        position,
        tokens,
        (buffer, offset, index, bytes) ->
            memory.write(source.asSlice(index * bytes, bytes), buffer.slice(offset, bytes), bytes));
  }

  /// Does something with the keys or values of a head.
  private interface HeadAction {
    /// @param buffer where they are
    /// @param offset where they begin
    /// @param index which run it is, from 0
    /// @param bytes how long it is
    void run(Buffer buffer, long offset, long index, long bytes);
  }

  private void forEachHead(int slot, int position, int tokens, HeadAction action) {
    long headBytes = rowBytes / config.nKvHeads();
    long tokenBytes = headBytes / maxContext;
    long index = 0;
    for (int i = 0; i < layers.count(); i++) {
      for (Buffer buffer : List.of(keys.get(i), values.get(i))) {
        for (int head = 0; head < config.nKvHeads(); head++) {
          long offset = slot * rowBytes + head * headBytes + position * tokenBytes;
          action.run(buffer, offset, index++, tokens * tokenBytes);
        }
      }
    }
  }

  /// {@return a layer's keys, all slots}
  Buffer keys(int layer) {
    return keys.get(layer - layers.first());
  }

  /// {@return a layer's values, all slots}
  Buffer values(int layer) {
    return values.get(layer - layers.first());
  }
}
