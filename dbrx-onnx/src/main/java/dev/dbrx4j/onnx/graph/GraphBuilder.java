package dev.dbrx4j.onnx.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataLocation;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.dbrx4j.onnx.safetensors.DType;
import dev.dbrx4j.onnx.weights.Section;
import dev.dbrx4j.onnx.weights.SectionContent;
import dev.dbrx4j.onnx.weights.WeightLayout;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/// Writes an ONNX graph. Values are named by strings; a node is written as `graph.op("Add").in(x,
/// y).to("sum")`, which returns the name of its output.
public final class GraphBuilder {
  /// Domain of the operators that ONNX Runtime adds.
  static final String MICROSOFT = "com.microsoft";

  /// File that all weights are in, beside the graph.
  public static final String WEIGHTS_FILE = "weights.bin";

  private static final int IR_VERSION = 10;
  private static final int OPSET = 21;

  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("dbrx");
  private final Set<String> initializers = new HashSet<>();
  private final Set<String> values = new HashSet<>();
  private final WeightLayout layout;

  /// Starts an empty graph.
  ///
  /// @param layout where the graph's weights get their place
  public GraphBuilder(WeightLayout layout) {
    this.layout = layout;
  }

  /// {@return the file that holds the graph's weights}
  WeightLayout layout() {
    return layout;
  }

  /// Declares an input of the graph.
  ///
  /// @param shape a number for each fixed dimension, a name for each variable one
  /// @return the name
  String input(String name, DataType type, Object... shape) {
    graph.addInput(valueInfo(name, type, shape));
    return name;
  }

  /// Declares a node's output as an output of the graph.
  void output(String name, DataType type, Object... shape) {
    graph.addOutput(valueInfo(name, type, shape));
  }

  /// Starts a standard ONNX node.
  Node op(String type) {
    return new Node(NodeProto.newBuilder().setOpType(type));
  }

  /// Starts a node of ONNX Runtime's own operators.
  Node microsoft(String type) {
    return new Node(NodeProto.newBuilder().setOpType(type).setDomain(MICROSOFT));
  }

  /// Adds a weight, stored in the weights file.
  ///
  /// @return the name
  String weight(String name, DType dtype, List<Long> shape, SectionContent content) {
    return weight(name, dtype, shape, content, 0);
  }

  /// Adds a weight that is one part of what a content makes.
  ///
  /// @return the name
  String weight(String name, DType dtype, List<Long> shape, SectionContent content, int part) {
    long offset = layout.place(name, dtype, shape, content, part);
    return initializer(name, dtype, shape, offset);
  }

  /// Adds a weight that begins where another does and has another shape: a stack of matrices as one
  /// tensor.
  ///
  /// @return the name
  String view(String name, String first, DType dtype, List<Long> shape) {
    return initializer(name, dtype, shape, layout.offset(first));
  }

  private String initializer(String name, DType dtype, List<Long> shape, long offset) {
    if (initializers.add(name)) {
      long bytes = Section.tensorBytes(dtype, shape);
      Section section = new Section(name, dtype, shape, offset, bytes);
      graph.addInitializer(
          TensorProto.newBuilder()
              .setName(name)
              .setDataType(onnxType(dtype).getNumber())
              .addAllDims(shape)
              .setDataLocation(DataLocation.EXTERNAL)
              .addAllExternalData(externalData(section)));
    }
    return name;
  }

  /// {@return what a graph says about the place of a weight}
  ///
  /// @param section the weight's place
  public static List<StringStringEntryProto> externalData(Section section) {
    return List.of(
        entry("location", WEIGHTS_FILE),
        entry("offset", Long.toString(section.offset())),
        entry("length", Long.toString(section.tensorBytes())));
  }

  /// {@return ONNX's number for an element type}
  ///
  /// @param dtype the type
  public static DataType onnxType(DType dtype) {
    return switch (dtype) {
      case F64 -> DataType.DOUBLE;
      case F32 -> DataType.FLOAT;
      case F16 -> DataType.FLOAT16;
      case BF16 -> DataType.BFLOAT16;
      case I64 -> DataType.INT64;
      case I32 -> DataType.INT32;
      case I16 -> DataType.INT16;
      case I8 -> DataType.INT8;
      case U8 -> DataType.UINT8;
      case BOOL -> DataType.BOOL;
    };
  }

  /// Adds a vector of integers, stored in the graph.
  String integers(String name, long... values) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setDataType(DataType.INT64.getNumber());
    Arrays.stream(values).forEach(tensor::addInt64Data);
    return constant(name, tensor.addDims(values.length));
  }

  /// Adds the multiples of an integer from 0 on, `[count, 1]`, stored in the graph.
  String column(String name, int count, long step) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setDataType(DataType.INT64.getNumber());
    LongStream.range(0, count).forEach(i -> tensor.addInt64Data(i * step));
    return constant(name, tensor.addDims(count).addDims(1));
  }

  /// Adds an integer, stored in the graph.
  String integer(String name, long value) {
    return constant(
        name, TensorProto.newBuilder().setDataType(DataType.INT64.getNumber()).addInt64Data(value));
  }

  /// Adds a number, stored in the graph.
  String number(String name, float value) {
    return constant(
        name, TensorProto.newBuilder().setDataType(DataType.FLOAT.getNumber()).addFloatData(value));
  }

  /// {@return whether a node gives a value of this name}
  boolean has(String value) {
    return values.contains(value);
  }

  /// {@return the finished model}
  ModelProto model() {
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .setProducerName("dbrx4j")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(MICROSOFT).setVersion(1))
        .setGraph(graph)
        .build();
  }

  private String constant(String name, TensorProto.Builder tensor) {
    if (initializers.add(name)) {
      graph.addInitializer(tensor.setName(name));
    }
    return name;
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  private static ValueInfoProto valueInfo(String name, DataType type, Object... shape) {
    TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
    for (Object dimension : shape) {
      TensorShapeProto.Dimension.Builder dim = dims.addDimBuilder();
      if (dimension instanceof Number number) {
        dim.setDimValue(number.longValue());
      } else {
        dim.setDimParam(dimension.toString());
      }
    }
    TypeProto.Tensor tensor =
        TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(dims).build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }

  /// A node being written.
  final class Node {
    private final NodeProto.Builder node;

    private Node(NodeProto.Builder node) {
      this.node = node;
    }

    /// Adds inputs; an empty name stands for an optional one that is left out.
    Node in(String... names) {
      node.addAllInput(List.of(names));
      return this;
    }

    /// Sets an integer attribute.
    Node with(String name, long value) {
      node.addAttribute(attribute(name, AttributeProto.AttributeType.INT).setI(value));
      return this;
    }

    /// Sets a float attribute.
    Node with(String name, float value) {
      node.addAttribute(attribute(name, AttributeProto.AttributeType.FLOAT).setF(value));
      return this;
    }

    /// Sets a string attribute.
    Node with(String name, String value) {
      node.addAttribute(
          attribute(name, AttributeProto.AttributeType.STRING)
              .setS(ByteString.copyFromUtf8(value)));
      return this;
    }

    /// Ends the node.
    ///
    /// @return the name of its first output
    String to(String... outputs) {
      values.addAll(List.of(outputs));
      graph.addNode(node.setName(outputs[0]).addAllOutput(List.of(outputs)));
      return outputs[0];
    }

    private static AttributeProto.Builder attribute(
        String name, AttributeProto.AttributeType type) {
      return AttributeProto.newBuilder().setName(name).setType(type);
    }
  }
}
