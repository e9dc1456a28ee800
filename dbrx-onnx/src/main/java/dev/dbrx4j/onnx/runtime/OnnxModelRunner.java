package dev.dbrx4j.onnx.runtime;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.onnx.Bundle;
import dev.dbrx4j.onnx.bundle.ManifestFile;
import dev.dbrx4j.onnx.ort.Memory;
import dev.dbrx4j.onnx.ort.OrtRuntime;
import dev.dbrx4j.spi.Logits;
import dev.dbrx4j.spi.LogitsRows;
import dev.dbrx4j.spi.ModelRunner;
import dev.dbrx4j.spi.RunnerOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;

/// Runs a bundle's graph on ONNX Runtime.
///
/// A pass writes its tokens into native memory, runs a binding that was made for its shape, and
/// returns a view of the memory where ONNX Runtime left the logits. On a GPU the same happens with
/// a copy of the tokens up and one of the logits down.
public final class OnnxModelRunner implements ModelRunner {
  private final DbrxConfig config;
  private final PassLimits limits;
  private final String identity;
  private final Arena memory;
  private final List<Stage> stages;
  private final Pipeline pipeline;
  private final MicroBatches microBatches;
  private final RunGate gate;
  private final LeakWarning leakWarning;

  private OnnxModelRunner(
      DbrxConfig config,
      PassLimits limits,
      String identity,
      Arena memory,
      List<Stage> stages,
      Pipeline pipeline,
      MicroBatches microBatches) {
    this.config = config;
    this.limits = limits;
    this.identity = identity;
    this.memory = memory;
    this.stages = stages;
    this.pipeline = pipeline;
    this.microBatches = microBatches;
    gate = new RunGate(stages.stream().map(Stage::session).toList());
    leakWarning =
        LeakWarning.watch(this, "a runner of a %d-layer model".formatted(config.nLayers()));
  }

  /// Opens a model on a device.
  ///
  /// @param runtime the process's runtime
  /// @param bundle the model
  /// @param options slots, context, threads, device
  /// @return the runner, which the caller closes
  /// @throws dev.dbrx4j.DbrxException if an option is out of range, the graph is another model's,
  ///   there is no memory, or the device cannot be used
  public static OnnxModelRunner open(OrtRuntime runtime, Bundle bundle, RunnerOptions options) {
    PassLimits.of(bundle.config(), options); // before anything is opened
    return open(runtime, bundle, options, Placement.of(runtime, bundle, options));
  }

  /// Opens a model on stages that are planned already.
  static OnnxModelRunner open(
      OrtRuntime runtime, Bundle bundle, RunnerOptions options, Placement placement) {
    DbrxConfig config = bundle.config();
    PassLimits limits = PassLimits.of(config, options);
    Memory host = runtime.hostMemory();
    Arena memory = Arena.ofShared();
    List<Stage> stages = new ArrayList<>();
    try {
      for (StagePlan plan : placement.stages()) {
        stages.add(plan.open(config, memory, limits.slots(), limits.maxContext()));
      }
      Pipeline pipeline = new Pipeline(stages, host, memory, placement.passTokens());
      String identity = ManifestFile.checksumOf(bundle.folder()) + "/" + placement.flavour();
      return new OnnxModelRunner(
          config, limits, identity, memory, stages, pipeline, placement.microBatches());
    } catch (RuntimeException e) {
      close(stages, memory);
      throw e;
    }
  }

  @Override
  public DbrxConfig config() {
    return config;
  }

  @Override
  public int slots() {
    return limits.slots();
  }

  @Override
  public int maxContext() {
    return limits.maxContext();
  }

  @Override
  public Logits prefill(int slot, int[] tokens, int position, LogitsRows rows) {
    limits.checkPrefill(slot, tokens, position);
    gate.enter();
    try {
      int wanted =
          switch (rows) {
            case NONE -> 0;
            case LAST -> 1;
            case ALL -> tokens.length;
          };
      pipeline.begin(wanted);
      int most = microBatches.most(tokens.length, 1, position);
      most = Math.min(most, pipeline.maxTokens());
      for (int start = 0; start < tokens.length; start += most) {
        int end = Math.min(tokens.length, start + most);
        boolean last = end == tokens.length;
        LogitsRows here = rows == LogitsRows.LAST && !last ? LogitsRows.NONE : rows;
        int[] chunk = start == 0 && last ? tokens : Arrays.copyOfRange(tokens, start, end);
        prefillChunk(slot, chunk, position + start, here, rows == LogitsRows.ALL ? start : 0);
      }
      return pipeline.end(wanted);
    } finally {
      gate.exit();
    }
  }

  private void prefillChunk(int slot, int[] tokens, int position, LogitsRows rows, int firstRow) {
    Pipeline.Lane lane = pipeline.next();
    for (int i = 0; i < tokens.length; i++) {
      lane.setToken(i, tokens[i]);
    }
    lane.setLastPosition(0, position + tokens.length - 1);
    int wanted = lane.select(rows, tokens.length);
    pipeline.send(lane, slot, 1, tokens.length, firstRow, wanted);
  }

  @Override
  public Logits decode(int[] slots, int[] tokens, int[] positions) {
    limits.checkDecode(slots, tokens, positions);
    gate.enter();
    try {
      pipeline.begin(slots.length);
      int most = microBatches.most(slots.length, slots.length, mean(positions));
      int start = 0;
      while (start < slots.length) {
        int end = Math.min(endOfRun(slots, start), start + most);
        decodeRun(slots[start], tokens, positions, start, end);
        start = end;
      }
      return pipeline.end(slots.length);
    } finally {
      gate.exit();
    }
  }

  /// Decodes the sequences from `start` to `end`, whose slots are neighbours.
  private void decodeRun(int firstSlot, int[] tokens, int[] positions, int start, int end) {
    int count = end - start;
    Pipeline.Lane lane = pipeline.next();
    for (int i = 0; i < count; i++) {
      lane.setToken(i, tokens[start + i]);
      lane.setLastPosition(i, positions[start + i]);
    }
    lane.select(LogitsRows.ALL, count);
    pipeline.send(lane, firstSlot, count, 1, start, count);
  }

  private static int mean(int[] values) {
    long sum = 0;
    for (int value : values) {
      sum += value;
    }
    return (int) (sum / values.length);
  }

  private static int endOfRun(int[] slots, int start) {
    int end = start + 1;
    while (end < slots.length && slots[end] == slots[end - 1] + 1) {
      end++;
    }
    return end;
  }

  /// On a device of its own, runs passes of every size that decides which kernels later ones use,
  /// so that no request waits for the measurements by which they are chosen. Leaves nothing of use
  /// in slot 0.
  void warmUpDevice() {
    int most = Math.min(pipeline.maxTokens(), limits.maxContext());
    for (int tokens = 1; stages.getFirst().hasThread() && tokens < 2 * most; tokens *= 2) {
      prefill(0, new int[Math.min(tokens, most)], 0, LogitsRows.NONE);
    }
  }

  @Override
  public void copySlot(int from, int to, int tokens) {
    limits.checkCopy(from, to, tokens);
    gate.enter();
    try {
      stages.forEach(stage -> stage.cache().copySlot(from, to, tokens));
    } finally {
      gate.exit();
    }
  }

  @Override
  public String identity() {
    return identity;
  }

  @Override
  public long kvBytesPerToken() {
    return stages.stream().mapToLong(stage -> stage.cache().tokenBytes()).sum();
  }

  @Override
  public void readKv(int slot, int position, int tokens, MemorySegment target) {
    limits.checkKv(slot, position, tokens, kvBytesPerToken(), target.byteSize());
    gate.enter();
    try {
      long offset = 0;
      for (Stage stage : stages) {
        stage.cache().read(slot, position, tokens, target.asSlice(offset));
        offset += tokens * stage.cache().tokenBytes();
      }
    } finally {
      gate.exit();
    }
  }

  @Override
  public void writeKv(int slot, int position, int tokens, MemorySegment source) {
    limits.checkKv(slot, position, tokens, kvBytesPerToken(), source.byteSize());
    gate.enter();
    try {
      long offset = 0;
      for (Stage stage : stages) {
        stage.cache().write(slot, position, tokens, source.asSlice(offset));
        offset += tokens * stage.cache().tokenBytes();
      }
    } finally {
      gate.exit();
    }
  }

  @Override
  public void terminate() {
    gate.terminate();
  }

  @Override
  public void close() {
    if (gate.close()) {
      pipeline.close();
      close(stages, memory);
      leakWarning.closed();
    }
  }

  private static void close(List<Stage> stages, Arena memory) {
    for (Stage stage : stages) {
      stage.session().close();
      if (stage.executor() instanceof ExecutorService thread) {
        thread.shutdown();
      }
    }
    memory.close();
  }

  /// {@return the KV cache of the first stage, for tests to look into}
  KvCache cache() {
    return stages.getFirst().cache();
  }
}
