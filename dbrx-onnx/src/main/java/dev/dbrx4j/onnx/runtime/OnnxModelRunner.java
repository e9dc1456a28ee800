package dev.dbrx4j.onnx.runtime;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.InvalidRequestException;
import dev.dbrx4j.onnx.bundle.ManifestFile;
import dev.dbrx4j.onnx.ort.OrtRuntime;
import dev.dbrx4j.onnx.ort.OrtSession;
import dev.dbrx4j.spi.Logits;
import dev.dbrx4j.spi.LogitsRows;
import dev.dbrx4j.spi.ModelRunner;
import dev.dbrx4j.spi.RunnerOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Runs a bundle's graph on ONNX Runtime.
///
/// A pass writes its tokens into native memory, runs a binding that was made for its shape, and
/// returns a view of the memory where ONNX Runtime left the logits. Every argument is checked
/// first: ONNX Runtime would follow a wrong index out of its buffers.
public final class OnnxModelRunner implements ModelRunner {
  /// Kernels read weights where they are mapped. Repacked copies would double the memory, share
  /// none of it between processes, take long to make, and make a single-token product no faster.
  /// Threads that spin between nodes would take cores from the rest of the program.
  private static final Map<String, String> SESSION_CONFIGURATION =
      Map.of("session.disable_prepacking", "1", "session.intra_op.allow_spinning", "0");

  private final Path graph;
  private final DbrxConfig config;
  private final int slots;
  private final int maxContext;
  private final OrtSession session;
  private final Arena memory;
  private final KvCache cache;
  private final PassBuffers buffers;
  private final RunGate gate;
  private final LeakWarning leakWarning;

  /// Passes over one slot, by slot: prefills.
  private final @Nullable Pass[] single;

  /// Passes over the slots from 0 on, by their number: decode steps of a compact batch.
  private final @Nullable Pass[] compact;

  /// Passes over other runs of slots, bound anew whenever the run differs.
  private final Pass other;

  private OnnxModelRunner(
      OrtRuntime runtime,
      OrtSession session,
      Arena memory,
      Path graph,
      DbrxConfig config,
      int slots,
      int maxContext) {
    this.graph = graph;
    this.config = config;
    this.slots = slots;
    this.maxContext = maxContext;
    this.session = session;
    this.memory = memory;
    cache = new KvCache(runtime, memory, config, slots, maxContext);
    int maxTokens = Math.max(slots, maxContext);
    buffers = new PassBuffers(runtime, memory, maxTokens, slots, config.vocabSize());
    gate = new RunGate(session);
    single = new @Nullable Pass[slots];
    compact = new @Nullable Pass[slots + 1];
    other = new Pass(session, buffers, cache);
    leakWarning =
        LeakWarning.watch(this, "a runner of a %d-layer model".formatted(config.nLayers()));
  }

  /// Loads a graph.
  ///
  /// @param runtime the process's runtime
  /// @param graph the ONNX file, its weights beside it
  /// @param config the model's configuration
  /// @param options slots, context, threads
  /// @return the runner, which the caller closes
  /// @throws dev.dbrx4j.DbrxException if an option is out of range, the graph is another model's,
  ///   or there is no memory
  public static OnnxModelRunner open(
      OrtRuntime runtime, Path graph, DbrxConfig config, RunnerOptions options) {
    int maxContext = options.maxContext().orElse(config.maxSeqLen());
    int threads = options.threads().orElseGet(PhysicalCores::available);
    checkRange("slots", options.slots(), 1, Integer.MAX_VALUE);
    checkRange("maxContext", maxContext, 1, config.maxSeqLen());
    checkRange("threads", threads, 1, Integer.MAX_VALUE);
    KvCache.checkFits(config, options.slots(), maxContext, MachineMemory.bytesBesidesHeap());
    OrtSession session = OrtSession.open(runtime, graph, threads, SESSION_CONFIGURATION);
    Arena memory = Arena.ofShared();
    try {
      GraphContract.check(session, config, graph);
      return new OnnxModelRunner(
          runtime, session, memory, graph, config, options.slots(), maxContext);
    } catch (RuntimeException e) {
      session.close();
      memory.close();
      throw e;
    }
  }

  @Override
  public DbrxConfig config() {
    return config;
  }

  @Override
  public int slots() {
    return slots;
  }

  @Override
  public int maxContext() {
    return maxContext;
  }

  @Override
  public Logits prefill(int slot, int[] tokens, int position, LogitsRows rows) {
    checkRange("slot", slot, 0, slots - 1);
    checkRange("tokens.length", tokens.length, 1, maxContext);
    checkRange("position", position, 0, maxContext - tokens.length);
    checkTokens(tokens);
    gate.enter();
    try {
      for (int i = 0; i < tokens.length; i++) {
        buffers.setToken(i, tokens[i]);
      }
      buffers.setLastPosition(0, position + tokens.length - 1);
      int wanted = buffers.select(rows, tokens.length);
      buffers.reserveLogits(wanted);
      session.run(passOver(slot, 1).bind(slot, 1, tokens.length, 0, wanted));
      return buffers.logits(wanted);
    } finally {
      gate.exit();
    }
  }

  @Override
  public Logits decode(int[] slots, int[] tokens, int[] positions) {
    checkDecode(slots, tokens, positions);
    gate.enter();
    try {
      int start = 0;
      while (start < slots.length) {
        int end = endOfRun(slots, start);
        decodeRun(slots[start], tokens, positions, start, end);
        start = end;
      }
      return buffers.logits(slots.length);
    } finally {
      gate.exit();
    }
  }

  /// Decodes the sequences from `start` to `end`, whose slots are neighbours.
  private void decodeRun(int firstSlot, int[] tokens, int[] positions, int start, int end) {
    int count = end - start;
    for (int i = 0; i < count; i++) {
      buffers.setToken(i, tokens[start + i]);
      buffers.setLastPosition(i, positions[start + i]);
    }
    buffers.select(LogitsRows.ALL, count);
    session.run(passOver(firstSlot, count).bind(firstSlot, count, 1, start, count));
  }

  private static int endOfRun(int[] slots, int start) {
    int end = start + 1;
    while (end < slots.length && slots[end] == slots[end - 1] + 1) {
      end++;
    }
    return end;
  }

  private Pass passOver(int firstSlot, int count) {
    if (count == 1) {
      return made(single, firstSlot);
    }
    return firstSlot == 0 ? made(compact, count) : other;
  }

  private Pass made(@Nullable Pass[] passes, int index) {
    Pass pass = passes[index];
    if (pass == null) {
      pass = new Pass(session, buffers, cache);
      passes[index] = pass;
    }
    return pass;
  }

  @Override
  public void copySlot(int from, int to, int tokens) {
    checkRange("from", from, 0, slots - 1);
    checkRange("to", to, 0, slots - 1);
    checkRange("tokens", tokens, 0, maxContext);
    gate.enter();
    try {
      cache.copySlot(from, to, tokens);
    } finally {
      gate.exit();
    }
  }

  @Override
  public String identity() {
    return ManifestFile.checksumBeside(graph) + "/" + graph.getFileName();
  }

  @Override
  public long kvBytesPerToken() {
    return cache.tokenBytes();
  }

  @Override
  public void readKv(int slot, int position, int tokens, MemorySegment target) {
    checkKv(slot, position, tokens, target);
    gate.enter();
    try {
      cache.read(slot, position, tokens, target);
    } finally {
      gate.exit();
    }
  }

  @Override
  public void writeKv(int slot, int position, int tokens, MemorySegment source) {
    checkKv(slot, position, tokens, source);
    gate.enter();
    try {
      cache.write(slot, position, tokens, source);
    } finally {
      gate.exit();
    }
  }

  private void checkKv(int slot, int position, int tokens, MemorySegment memory) {
    checkRange("slot", slot, 0, slots - 1);
    checkRange("position", position, 0, maxContext);
    checkRange("tokens", tokens, 0, maxContext - position);
    if (memory.byteSize() < tokens * cache.tokenBytes()) {
      throw new InvalidRequestException(
          "%d tokens take %d bytes of KV cache, not %d"
              .formatted(tokens, tokens * cache.tokenBytes(), memory.byteSize()));
    }
  }

  @Override
  public void terminate() {
    gate.terminate();
  }

  @Override
  public void close() {
    if (gate.close()) {
      session.close();
      buffers.close();
      memory.close();
      leakWarning.closed();
    }
  }

  /// {@return the KV cache, for tests to look into}
  KvCache cache() {
    return cache;
  }

  private void checkDecode(int[] slots, int[] tokens, int[] positions) {
    checkRange("slots.length", slots.length, 1, this.slots);
    checkRange("tokens.length", tokens.length, slots.length, slots.length);
    checkRange("positions.length", positions.length, slots.length, slots.length);
    checkTokens(tokens);
    for (int i = 0; i < slots.length; i++) {
      checkRange(
          "slots, strictly ascending,", slots[i], i == 0 ? 0 : slots[i - 1] + 1, this.slots - 1);
      checkRange("position", positions[i], 0, maxContext - 1);
    }
  }

  private void checkTokens(int[] tokens) {
    for (int token : tokens) {
      checkRange("token id", token, 0, config.vocabSize() - 1);
    }
  }

  private static void checkRange(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new InvalidRequestException(
          "%s is %d and must be in %d..%d".formatted(name, value, least, most));
    }
  }
}
