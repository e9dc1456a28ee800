package dev.dbrx4j.onnx.graph;

import dev.dbrx4j.Precision.WeightType;
import dev.dbrx4j.onnx.safetensors.DType;
import dev.dbrx4j.onnx.weights.BlockFormat;
import dev.dbrx4j.onnx.weights.Matrix;
import dev.dbrx4j.onnx.weights.Quantised;
import dev.dbrx4j.onnx.weights.SectionContent;
import dev.dbrx4j.onnx.weights.TensorRows;
import dev.dbrx4j.onnx.weights.Widened;
import java.util.List;

/// Writes products whose activations are of one type, with weights that are stored once for all
/// types: floats of another type and scales are cast, once, when the session is opened and folds
/// constants.
///
/// @param graph what is written into
/// @param type of the activations: float32, float16 or bfloat16
/// @param block numbers that share a scale
record TypedGraph(GraphBuilder graph, DType type, int block) {
  /// Writes a float32 value in the type.
  String cast(String value) {
    return cast(value, DType.F32);
  }

  private String cast(String value, DType from) {
    return type == from ? value : cast(value, value + "/" + label(type), type);
  }

  /// Writes a value of the type as float32.
  String widen(String value, String name) {
    return type == DType.F32
        ? graph.op("Identity").in(value).to(name)
        : cast(value, name, DType.F32);
  }

  private String cast(String value, String name, DType to) {
    long code = GraphBuilder.onnxType(to).getNumber();
    return graph.has(name) ? name : graph.op("Cast").in(value).with("to", code).to(name);
  }

  private static String label(DType type) {
    return switch (type) {
      case F32 -> "float32";
      case F16 -> "float16";
      default -> "bfloat16";
    };
  }

  /// Adds a vector that is stored in float32.
  String vector(String name, long length) {
    return cast(floats(name, List.of(length), List.of(new TensorRows(name, 0, length))));
  }

  private String floats(String name, List<Long> shape, List<TensorRows> parts) {
    SectionContent content = new Widened(parts);
    return graph.weight(name, DType.F32, shape, content);
  }

  /// Writes `y = W x`.
  String multiply(WeightType stored, Matrix matrix, String x, String y) {
    if (stored == WeightType.FP32 || stored == WeightType.BF16) {
      String weight = cast(FloatFormat.stored(graph, stored, matrix), FloatFormat.dtype(stored));
      return graph.microsoft("FusedMatMul").in(x, weight).with("transB", 1).to(y);
    }
    QuantisedFormat format = format(stored);
    return graph
        .microsoft("MatMulNBits")
        .in(x, format.part(graph, matrix, Quantised.INTEGERS))
        .in(scales(part -> format.part(graph, matrix, part)))
        .with("K", matrix.inputs())
        .with("N", matrix.outputs())
        .with("bits", stored.bits())
        .with("block_size", block)
        .to(y);
  }

  /// Writes the rows of a matrix with given numbers.
  String rows(WeightType stored, Matrix matrix, String numbers, String y) {
    if (stored == WeightType.FP32 || stored == WeightType.BF16) {
      String table = FloatFormat.stored(graph, stored, matrix);
      boolean asStored = type == FloatFormat.dtype(stored);
      String rows = graph.op("Gather").in(table, numbers).to(asStored ? y : y + "/stored");
      return asStored ? rows : cast(rows, y, type);
    }
    QuantisedFormat format = format(stored);
    return graph
        .microsoft("GatherBlockQuantized")
        .in(format.rowsPart(graph, matrix, Quantised.INTEGERS), numbers)
        .in(scales(part -> format.rowsPart(graph, matrix, part)))
        .with("bits", stored.bits())
        .with("block_size", block)
        .with("gather_axis", 0)
        .with("quantize_axis", 1)
        .to(y);
  }

  /// Adds the integers of a stack as one tensor.
  String stackedIntegers(WeightType stored, List<Matrix> stack, String name) {
    return format(stored).stacked(graph, stack, Quantised.INTEGERS, name);
  }

  /// Adds the scales of a stack as one tensor, in the type.
  String stackedScales(WeightType stored, List<Matrix> stack, String name) {
    return scales(part ->
        format(stored)
            .stacked(graph, stack, part, part == Quantised.HALF_SCALES ? name + ".float16" : name));
  }

  private interface Part {
    String add(int part);
  }

  /// Scales are exact in all three types; what is stored in float16 is cast for bfloat16.
  private String scales(Part part) {
    return switch (type) {
      case F32 -> part.add(Quantised.FLOAT_SCALES);
      case F16 -> part.add(Quantised.HALF_SCALES);
      default -> cast(part.add(Quantised.HALF_SCALES));
    };
  }

  private QuantisedFormat format(WeightType stored) {
    return new QuantisedFormat(new BlockFormat(stored.bits(), block));
  }
}
