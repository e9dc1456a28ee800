package dev.dbrx4j.onnx.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.onnx.kernel.BlockOperators;
import dev.dbrx4j.onnx.ort.Operator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Puts operators of our own in place of what [DbrxGraph] has written for ONNX Runtime: a product
/// with a quantised matrix becomes one node that reads the matrix where it is mapped, and all that
/// a layer does after its router becomes another. Bundles need nothing for it, and graphs whose
/// matrices the kernels do not take stay as they are.
public final class JavaKernels {
  private static final String PRODUCT = "MatMulNBits";

  private final DbrxConfig config;
  private final GraphProto graph;
  private final Map<String, TensorProto> weights = new HashMap<>();
  private final Map<String, NodeProto> nodes = new HashMap<>();
  private final Map<String, TensorProto> replaced = new HashMap<>();
  private final Set<String> dropped = new HashSet<>();

  private JavaKernels(DbrxConfig config, GraphProto graph) {
    this.config = config;
    this.graph = graph;
    graph.getInitializerList().forEach(tensor -> weights.put(tensor.getName(), tensor));
    graph.getNodeList().forEach(node -> nodes.put(node.getName(), node));
  }

  /// {@return a graph that uses the operators of [BlockOperators] where it can}
  ///
  /// @param model what [DbrxGraph] has written
  /// @param config the model's configuration
  public static ModelProto into(ModelProto model, DbrxConfig config) {
    GraphProto graph = new JavaKernels(config, model.getGraph()).rewritten();
    return model.toBuilder()
        .setGraph(graph)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(Operator.DOMAIN).setVersion(1))
        .build();
  }

  private GraphProto rewritten() {
    List<NodeProto> result = new ArrayList<>();
    int layer = 0;
    for (NodeProto node : graph.getNodeList()) {
      String experts = "transformer.blocks." + layer + ".ffn";
      if (node.getName().equals(experts + "/output") && replaceable(experts)) {
        result.removeIf(n -> isInside(n, experts));
        result.add(experts(experts, node));
      } else {
        result.add(node);
      }
      layer += node.getName().equals(experts + "/output") ? 1 : 0;
    }
    result.replaceAll(node -> isReplaceable(node) ? product(node) : node);
    return graph.toBuilder()
        .clearNode()
        .addAllNode(result)
        .clearInitializer()
        .addAllInitializer(
            weights.values().stream()
                .filter(tensor -> !dropped.contains(tensor.getName()))
                .map(tensor -> replaced.getOrDefault(tensor.getName(), tensor))
                .toList())
        .build();
  }

  /// {@return whether a node belongs to a layer's experts, after the router's product}
  private static boolean isInside(NodeProto node, String experts) {
    String name = node.getName();
    return (name.startsWith(experts + "/") || name.startsWith(experts + "."))
        && !name.equals(experts + "/tokens")
        && !name.equals(experts + ".router.layer/logits");
  }

  private static boolean isReplaceable(NodeProto node) {
    return node.getOpType().equals(PRODUCT)
        && node.getDomain().equals(GraphBuilder.MICROSOFT)
        && BlockOperators.supports(
            integer(node, "K"), (int) integer(node, "bits"), (int) integer(node, "block_size"));
  }

  private static NodeProto product(NodeProto node) {
    return node.toBuilder()
        .setDomain(Operator.DOMAIN)
        .setOpType(BlockOperators.MAT_MUL)
        .clearAttribute()
        .addAttribute(attribute("bits", integer(node, "bits")))
        .addAttribute(attribute("block", integer(node, "block_size")))
        .build();
  }

  /// {@return whether a layer's experts are what the operator computes}
  private boolean replaceable(String path) {
    NodeProto up = nodes.get(path + ".experts.0/gate_up");
    NodeProto down = nodes.get(path + ".experts.0/output");
    return config.activation() == DbrxConfig.Activation.SILU
        && up != null
        && down != null
        && isReplaceable(up)
        && isReplaceable(down)
        && isStack(path + ".experts.mlp.w1v1.", "")
        && isStack(path + ".experts.mlp.w1v1.", ".scales")
        && isStack(path + ".experts.mlp.w2.", "")
        && isStack(path + ".experts.mlp.w2.", ".scales");
  }

  private NodeProto experts(String path, NodeProto last) {
    NodeProto up = required(path + ".experts.0/gate_up");
    NodeProto tokens = required(path + "/tokens");
    Float norm = config.expertWeightNorm();
    AttributeProto weightNorm =
        AttributeProto.newBuilder()
            .setName("weight_norm")
            .setType(AttributeProto.AttributeType.FLOAT)
            .setF(norm == null ? 0 : norm)
            .build();
    return NodeProto.newBuilder()
        .setName(last.getName())
        .setDomain(Operator.DOMAIN)
        .setOpType(BlockOperators.EXPERTS)
        .addInput(tokens.getInput(0))
        .addInput(path + ".router.layer/logits")
        .addInput(stack(path + ".experts.mlp.w1v1.", ""))
        .addInput(stack(path + ".experts.mlp.w1v1.", ".scales"))
        .addInput(stack(path + ".experts.mlp.w2.", ""))
        .addInput(stack(path + ".experts.mlp.w2.", ".scales"))
        .addOutput(last.getOutput(0))
        .addAttribute(attribute("bits", integer(up, "bits")))
        .addAttribute(attribute("block", integer(up, "block_size")))
        .addAttribute(attribute("experts", config.nExperts()))
        .addAttribute(attribute("experts_per_token", config.topK()))
        .addAttribute(attribute("ffn", config.ffnHiddenSize()))
        .addAttribute(weightNorm)
        .build();
  }

  private NodeProto required(String name) {
    NodeProto node = nodes.get(name);
    if (node == null) {
      throw new IllegalStateException("the graph has no node " + name);
    }
    return node;
  }

  /// {@return whether the experts' tensors follow one another in the file}
  private boolean isStack(String prefix, String suffix) {
    TensorProto first = weights.get(prefix + 0 + suffix);
    for (int e = 0; e < config.nExperts(); e++) {
      TensorProto tensor = weights.get(prefix + e + suffix);
      if (first == null
          || tensor == null
          || external(tensor, "offset")
              != external(first, "offset") + e * external(first, "length")) {
        return false;
      }
    }
    return true;
  }

  /// Makes one tensor of those of all experts, in place of the first's.
  ///
  /// @return its name
  private String stack(String prefix, String suffix) {
    String name = prefix + 0 + suffix;
    TensorProto.Builder all = TensorProto.newBuilder(weights.get(name));
    long length = external(all.build(), "length") * config.nExperts();
    all.setDims(0, all.getDims(0) * config.nExperts());
    for (int i = 0; i < all.getExternalDataCount(); i++) {
      StringStringEntryProto.Builder entry = all.getExternalDataBuilder(i);
      if (entry.getKey().equals("length")) {
        entry.setValue(Long.toString(length));
      }
    }
    replaced.put(name, all.build());
    for (int e = 1; e < config.nExperts(); e++) {
      dropped.add(prefix + e + suffix);
    }
    return name;
  }

  private static long external(TensorProto tensor, String key) {
    return tensor.getExternalDataList().stream()
        .filter(entry -> entry.getKey().equals(key))
        .mapToLong(entry -> Long.parseLong(entry.getValue()))
        .findFirst()
        .orElse(0);
  }

  private static long integer(NodeProto node, String name) {
    return node.getAttributeList().stream()
        .filter(attribute -> attribute.getName().equals(name))
        .mapToLong(AttributeProto::getI)
        .findFirst()
        .orElse(0);
  }

  private static AttributeProto attribute(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }
}
