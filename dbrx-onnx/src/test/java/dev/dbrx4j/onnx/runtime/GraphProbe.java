package dev.dbrx4j.onnx.runtime;

import static ai.onnx.proto.OnnxMl.TensorProto.DataType.FLOAT;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.Precision;
import dev.dbrx4j.onnx.Bundle;
import dev.dbrx4j.onnx.Flavour;
import dev.dbrx4j.onnx.graph.LayerRange;
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
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// One pass over a prompt with the intermediates that the goldens have: the exported graph, to
/// which they are added as outputs. A node's output has the name of the module in the checkpoint.
final class GraphProbe implements AutoCloseable {
  /// Makes quantised products compute in float32.
  static final Consumer<GraphProto.Builder> FLOAT_ACTIVATIONS =
      graph ->
          graph.getNodeBuilderList().stream()
              .flatMap(node -> node.getAttributeBuilderList().stream())
              .filter(attribute -> attribute.getName().equals("accuracy_level"))
              .forEach(attribute -> attribute.setI(0));

  private final Arena arena = Arena.ofConfined();
  private final DbrxConfig config;
  private final int tokens;
  private final Map<String, MemorySegment> outputs = new LinkedHashMap<>();
  private final OrtRuntime runtime;
  private final LogitsBuffer logits;
  private final KvCache cache;

  private GraphProbe(OrtRuntime runtime, DbrxConfig config, int tokens) {
    this.config = config;
    this.tokens = tokens;
    this.runtime = runtime;
    this.logits = new LogitsBuffer(runtime.hostMemory(), arena, tokens, config.vocabSize(), 0);
    LayerRange all = LayerRange.all(config);
    this.cache =
        new KvCache(runtime.hostMemory(), arena, config, all, ElementType.FLOAT, 1, tokens);
  }

  static GraphProbe run(Path checkpoint, int... tokens) {
    return run(TestModels.bundle(checkpoint, Precision.FP32), graph -> {}, tokens);
  }

  /// @param change what to change in the exported graph
  static GraphProbe run(Bundle bundle, Consumer<GraphProto.Builder> change, int... tokens) {
    OrtRuntime runtime = OrtRuntime.get(TestModels.CACHE);
    GraphProbe probe = new GraphProbe(runtime, bundle.config(), tokens.length);
    Path graph = probe.writeGraph(bundle.graph(Flavour.CPU), change);
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
    return Difference.floats(cache.keys(layer).data());
  }

  float[] values(int layer) {
    return Difference.floats(cache.values(layer).data());
  }

  float[] logits() {
    return Difference.floats(logits.left(tokens).data());
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
  private Path writeGraph(Path graph, Consumer<GraphProto.Builder> change) {
    try {
      ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(graph)).toBuilder();
      TypeProto.Builder type = TypeProto.newBuilder();
      type.getTensorTypeBuilder().setElemType(FLOAT.getNumber());
      IntStream.rangeClosed(0, config.nLayers()).forEach(i -> add(hiddenName(i), config.dModel()));
      IntStream.range(0, config.nLayers()).forEach(i -> add(routerName(i), config.nExperts()));
      for (String name : outputs.keySet()) {
        model.getGraphBuilder().addOutput(ValueInfoProto.newBuilder().setName(name).setType(type));
      }
      change.accept(model.getGraphBuilder());
      return Files.write(graph.resolveSibling("probe.onnx"), model.build().toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void add(String name, int width) {
    outputs.put(name, arena.allocate(ElementType.FLOAT.byteSize(tokens, width)));
  }

  private void run(OrtSession session, int[] ids) {
    Stage stage =
        new Stage(
            session,
            config,
            LayerRange.all(config),
            runtime.hostMemory(),
            cache,
            ElementType.FLOAT,
            1,
            0,
            false,
            false,
            Stage.HERE);
    StageLane lane = new StageLane(stage, runtime.hostMemory(), arena, tokens, logits, 0);
    for (int i = 0; i < tokens; i++) {
      lane.buffers().setToken(i, ids[i]);
    }
    lane.buffers().setLastPosition(0, tokens - 1);
    lane.buffers().select(LogitsRows.ALL, tokens);
    OrtBinding binding = new Pass(lane, false).bind(new PassShape(0, 1, tokens, 0, tokens));
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
    logits.close();
    arena.close();
  }
}
