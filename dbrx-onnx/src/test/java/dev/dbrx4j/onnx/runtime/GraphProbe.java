package dev.dbrx4j.onnx.runtime;

import static ai.onnx.proto.OnnxMl.TensorProto.DataType.FLOAT;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.ProgressListener;
import dev.dbrx4j.onnx.Bundle;
import dev.dbrx4j.onnx.BundleCache;
import dev.dbrx4j.onnx.Flavour;
import dev.dbrx4j.onnx.Precision;
import dev.dbrx4j.onnx.ort.ElementType;
import dev.dbrx4j.onnx.ort.OrtBinding;
import dev.dbrx4j.onnx.ort.OrtRuntime;
import dev.dbrx4j.onnx.ort.OrtSession;
import dev.dbrx4j.spi.LogitsRows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/// One pass over a prompt with the intermediates that the goldens have: the exported graph, to
/// which they are added as outputs. A node's output has the name of the module in the checkpoint.
final class GraphProbe implements AutoCloseable {
  private final Arena arena = Arena.ofConfined();
  private final DbrxConfig config;
  private final int tokens;
  private final Map<String, MemorySegment> outputs = new LinkedHashMap<>();
  private final KvCache cache;
  private final PassBuffers buffers;

  private GraphProbe(OrtRuntime runtime, DbrxConfig config, int tokens) {
    this.config = config;
    this.tokens = tokens;
    this.cache = new KvCache(runtime, arena, config, 1, tokens);
    this.buffers = new PassBuffers(runtime, arena, tokens, 1, config.vocabSize());
  }

  static GraphProbe run(Path checkpoint, int... tokens) {
    Bundle bundle =
        new BundleCache(TestModels.CACHE)
            .bundleFor(checkpoint, Precision.FP32, ProgressListener.none());
    OrtRuntime runtime = OrtRuntime.get(TestModels.CACHE);
    GraphProbe probe = new GraphProbe(runtime, bundle.config(), tokens.length);
    Path graph = probe.writeGraph(bundle.graph(Flavour.CPU));
    try (OrtSession session = OrtSession.open(runtime, graph, 1, Map.of())) {
      probe.run(session, tokens);
    }
    return probe;
  }

  /// {@return embeddings at 0, then the blocks' outputs, and the final norm's in place of the last}
  float[] hiddenState(int index) {
    return output(hiddenName(index));
  }

  float[] routerProbabilities(int layer) {
    return output(routerName(layer));
  }

  float[] keys(int layer) {
    return Difference.floats(cache.keys(layer));
  }

  float[] values(int layer) {
    return Difference.floats(cache.values(layer));
  }

  float[] logits() {
    return Difference.floats(buffers.logits(tokens).data());
  }

  private float[] output(String name) {
    return Difference.floats(outputs.get(name));
  }

  private String hiddenName(int index) {
    if (index == 0) {
      return "transformer.wte/output";
    }
    return index == config.nLayers()
        ? "transformer.norm_f/output"
        : "transformer.blocks." + (index - 1) + "/output";
  }

  private static String routerName(int layer) {
    return "transformer.blocks." + layer + ".ffn.router.layer/probabilities";
  }

  /// Writes the graph with more outputs beside the bundle's own, where its weights are.
  private Path writeGraph(Path graph) {
    try {
      ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(graph)).toBuilder();
      TypeProto.Builder type = TypeProto.newBuilder();
      type.getTensorTypeBuilder().setElemType(FLOAT.getNumber());
      IntStream.rangeClosed(0, config.nLayers()).forEach(i -> add(hiddenName(i), config.dModel()));
      IntStream.range(0, config.nLayers()).forEach(i -> add(routerName(i), config.nExperts()));
      for (String name : outputs.keySet()) {
        model.getGraphBuilder().addOutput(ValueInfoProto.newBuilder().setName(name).setType(type));
      }
      return Files.write(graph.resolveSibling("probe.onnx"), model.build().toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void add(String name, int width) {
    outputs.put(name, arena.allocate(ElementType.FLOAT.byteSize(tokens, width)));
  }

  private void run(OrtSession session, int[] ids) {
    for (int i = 0; i < tokens; i++) {
      buffers.setToken(i, ids[i]);
    }
    buffers.setLastPosition(0, tokens - 1);
    buffers.reserveLogits(buffers.select(LogitsRows.ALL, tokens));
    OrtBinding binding = new Pass(session, buffers, cache).bind(0, 1, tokens, 0, tokens);
    outputs.forEach((name, memory) -> {
      long width = memory.byteSize() / Float.BYTES / tokens;
      long[] shape =
          name.endsWith("norm_f/output") || name.contains("router")
              ? new long[] {tokens, width}
              : new long[] {1, tokens, width};
      binding.output(name, memory, ElementType.FLOAT, shape);
    });
    session.run(binding);
  }

  @Override
  public void close() {
    buffers.close();
    arena.close();
  }
}
