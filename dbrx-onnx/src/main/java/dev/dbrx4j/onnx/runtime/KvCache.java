package dev.dbrx4j.onnx.runtime;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.InvalidRequestException;
import dev.dbrx4j.NativeRuntimeException;
import dev.dbrx4j.onnx.ort.ElementType;
import dev.dbrx4j.onnx.ort.OrtBinding;
import dev.dbrx4j.onnx.ort.OrtRuntime;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Keys after RoPE and values of every token seen: a layer has one buffer for keys and one for
/// values, each `[slots, kvHeads, maxContext, headDim]`. A pass reads and extends them in place,
/// because past and present are bound to the same rows.
///
/// The operating system provides the memory as tokens fill it.
final class KvCache {
  static final ElementType TYPE = ElementType.FLOAT;

  private final List<MemorySegment> keys = new ArrayList<>();
  private final List<MemorySegment> values = new ArrayList<>();
  private final DbrxConfig config;
  private final int maxContext;
  private final long rowBytes;

  /// @param owner frees the memory when it closes
  KvCache(OrtRuntime runtime, Arena owner, DbrxConfig config, int slots, int maxContext) {
    this.config = config;
    this.maxContext = maxContext;
    long bytes = bytes(config, slots, maxContext);
    rowBytes = layerBytes(config, 1, maxContext);
    try {
      for (int layer = 0; layer < config.nLayers(); layer++) {
        keys.add(runtime.allocate(owner, slots * rowBytes));
        values.add(runtime.allocate(owner, slots * rowBytes));
      }
    } catch (NativeRuntimeException e) {
      throw new NativeRuntimeException(
          "there is no memory for a KV cache of %d bytes (%d slots of %d tokens): ask for fewer slots or a shorter context"
              .formatted(bytes, slots, maxContext),
          e);
    }
  }

  /// {@return bytes of a whole cache, `2 * nLayers * slots * kvHeads * maxContext * headDim`
  /// elements}
  static long bytes(DbrxConfig config, int slots, int maxContext) {
    try {
      return Math.multiplyExact(2L * config.nLayers(), layerBytes(config, slots, maxContext));
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
  static void checkFits(DbrxConfig config, int slots, int maxContext, long memoryBytes) {
    long bytes = bytes(config, slots, maxContext);
    if (bytes > memoryBytes) {
      throw new InvalidRequestException(
          ("a KV cache of %d slots of %d tokens takes %d MB, and there are %d MB beside the Java"
                  + " heap: choose slots and contextLength so that their product is at most %d")
              .formatted(
                  slots,
                  maxContext,
                  bytes >> 20,
                  memoryBytes >> 20,
                  Math.max(0, memoryBytes) / bytes(config, 1, 1)));
    }
  }

  private static long layerBytes(DbrxConfig config, int slots, int maxContext) {
    return TYPE.byteSize(slots, config.nKvHeads(), maxContext, config.headDim());
  }

  /// Binds a contiguous run of slots as past and present of every layer.
  void bind(OrtBinding binding, int firstSlot, int count) {
    for (int layer = 0; layer < config.nLayers(); layer++) {
      bind(
          binding,
          GraphContract.pastKey(layer),
          GraphContract.presentKey(layer),
          keys.get(layer),
          firstSlot,
          count);
      bind(
          binding,
          GraphContract.pastValue(layer),
          GraphContract.presentValue(layer),
          values.get(layer),
          firstSlot,
          count);
    }
  }

  private void bind(
      OrtBinding binding,
      String past,
      String present,
      MemorySegment buffer,
      int firstSlot,
      int count) {
    MemorySegment rows = buffer.asSlice(firstSlot * rowBytes, count * rowBytes);
    long[] shape = {count, config.nKvHeads(), maxContext, config.headDim()};
    binding.input(past, rows, TYPE, shape);
    binding.output(present, rows, TYPE, shape);
  }

  /// Copies the first tokens of one slot onto another.
  void copySlot(int from, int to, int tokens) {
    long headBytes = rowBytes / config.nKvHeads();
    long tokensBytes = tokens * (headBytes / maxContext);
    for (int layer = 0; layer < config.nLayers(); layer++) {
      for (int head = 0; head < config.nKvHeads(); head++) {
        long source = from * rowBytes + head * headBytes;
        long target = to * rowBytes + head * headBytes;
        copy(keys.get(layer), source, target, tokensBytes);
        copy(values.get(layer), source, target, tokensBytes);
      }
    }
  }

  /// {@return bytes that one token takes}
  long tokenBytes() {
    return 2L * config.nLayers() * rowBytes / maxContext;
  }

  /// Copies tokens of a slot out, a run of bytes a head: layer by layer its keys, then its values.
  void read(int slot, int position, int tokens, MemorySegment target) {
    forEachHead(
        slot,
        position,
        tokens,
        (buffer, offset, index, bytes) ->
            MemorySegment.copy(buffer, offset, target, index * bytes, bytes));
  }

  /// Copies tokens into a slot, as [#read] has laid them out.
  void write(int slot, int position, int tokens, MemorySegment source) {
    forEachHead(
        slot,
        position,
        tokens,
        (buffer, offset, index, bytes) ->
            MemorySegment.copy(source, index * bytes, buffer, offset, bytes));
  }

  /// Does something with the keys or values of a head.
  private interface HeadAction {
    /// @param buffer where they are
    /// @param offset where they begin
    /// @param index which run it is, from 0
    /// @param bytes how long it is
    void run(MemorySegment buffer, long offset, long index, long bytes);
  }

  private void forEachHead(int slot, int position, int tokens, HeadAction action) {
    long headBytes = rowBytes / config.nKvHeads();
    long tokenBytes = headBytes / maxContext;
    long index = 0;
    for (int layer = 0; layer < config.nLayers(); layer++) {
      for (MemorySegment buffer : List.of(keys.get(layer), values.get(layer))) {
        for (int head = 0; head < config.nKvHeads(); head++) {
          long offset = slot * rowBytes + head * headBytes + position * tokenBytes;
          action.run(buffer, offset, index++, tokens * tokenBytes);
        }
      }
    }
  }

  private static void copy(MemorySegment buffer, long source, long target, long bytes) {
    MemorySegment.copy(buffer, source, buffer, target, bytes);
  }

  /// {@return a layer's keys, all slots}
  MemorySegment keys(int layer) {
    return keys.get(layer);
  }

  /// {@return a layer's values, all slots}
  MemorySegment values(int layer) {
    return values.get(layer);
  }
}
