package dev.dbrx4j.onnx.graph;

import dev.dbrx4j.onnx.safetensors.DType;
import dev.dbrx4j.onnx.weights.BlockFormat;
import dev.dbrx4j.onnx.weights.Matrix;
import dev.dbrx4j.onnx.weights.Quantised;
import dev.dbrx4j.onnx.weights.ScaleSearch;
import java.util.List;

/// Matrices in blocks of four or eight bits. The rows of a matrix's parts alternate, and a stack's
/// integers lie one after another, then its scales: what `QMoE` reads as one tensor, `MatMulNBits`
/// reads expert by expert.
record QuantisedFormat(BlockFormat format) implements MatrixFormat {
  /// The kernels quantise activations to eight bits too: about 0.6 % of error, many times the
  /// speed.
  private static final int INT8_ACTIVATIONS = 4;

  @Override
  public void place(GraphBuilder graph, List<Matrix> stack) {
    place(graph, stack, Quantised.INTEGERS);
    place(graph, stack, Quantised.FLOAT_SCALES);
  }

  /// Places one part of each matrix, one right after another.
  private void place(GraphBuilder graph, List<Matrix> stack, int part) {
    List<Quantised> contents = stack.stream().map(this::padded).toList();
    Tensor first = tensor(contents.getFirst(), part);
    graph.layout().place(first.name, first.dtype, first.shape, contents.getFirst(), part);
    for (Quantised content : contents.subList(1, contents.size())) {
      Tensor tensor = tensor(content, part);
      graph.layout().append(tensor.name, tensor.dtype, tensor.shape, content, part);
    }
  }

  /// Adds one part of a stack as one tensor, a matrix after another: integers as `[matrices,
  /// outputs, rowBytes]`, scales as `[matrices, outputs, blocks]`.
  ///
  /// @return its name
  String stacked(GraphBuilder graph, List<Matrix> stack, int part, String name) {
    place(graph, stack, part);
    Quantised content = padded(stack.getFirst());
    Tensor first = tensor(content, part);
    long width =
        part == Quantised.INTEGERS
            ? content.rowBytes()
            : content.format().blocks(content.matrix().inputs());
    List<Long> shape = List.of((long) stack.size(), content.matrix().outputs(), width);
    return graph.view(name, first.name, first.dtype, shape);
  }

  /// Adds one part of a matrix that is multiplied with.
  ///
  /// @return its name
  String part(GraphBuilder graph, Matrix matrix, int part) {
    return weight(graph, padded(matrix), part);
  }

  /// Adds one part of a matrix whose rows are looked up.
  ///
  /// @return its name
  String rowsPart(GraphBuilder graph, Matrix matrix, int part) {
    return weight(graph, unpadded(matrix), part);
  }

  private record Tensor(String name, DType dtype, List<Long> shape) {}

  @Override
  public String multiply(GraphBuilder graph, Matrix matrix, String x, String y) {
    Quantised content = padded(matrix);
    return graph
        .microsoft("MatMulNBits")
        .in(x, weight(graph, content, Quantised.INTEGERS))
        .in(weight(graph, content, Quantised.FLOAT_SCALES))
        .with("K", matrix.inputs())
        .with("N", matrix.outputs())
        .with("bits", format.bits())
        .with("block_size", format.block())
        .with("accuracy_level", INT8_ACTIVATIONS)
        .to(y);
  }

  /// Picks from pairs of neighbours, which ONNX Runtime fuses into one split: twice as fast as
  /// strided slices.
  @Override
  public void split(GraphBuilder graph, String product, String first, String second) {
    String shape = graph.integers("by_pairs", 0, -1, 2);
    String pairs = graph.op("Reshape").in(product, shape).to(product + "/pairs");
    graph.op("Gather").in(pairs, graph.integer("zero", 0)).with("axis", 2).to(first);
    graph.op("Gather").in(pairs, graph.integer("one", 1)).with("axis", 2).to(second);
  }

  @Override
  public String rows(GraphBuilder graph, Matrix matrix, String numbers, String y) {
    Quantised content = unpadded(matrix);
    return graph
        .microsoft("GatherBlockQuantized")
        .in(weight(graph, content, Quantised.INTEGERS), numbers)
        .in(weight(graph, content, Quantised.FLOAT_SCALES))
        .with("bits", format.bits())
        .with("block_size", format.block())
        .with("gather_axis", 0)
        .with("quantize_axis", 1)
        .to(y);
  }

  /// A matrix as `MatMulNBits` takes it, where a row is made of whole blocks.
  private Quantised padded(Matrix matrix) {
    return new Quantised(matrix, format, true, ScaleSearch.LEAST_SQUARES);
  }

  private Quantised unpadded(Matrix matrix) {
    return new Quantised(matrix, format, false, ScaleSearch.LEAST_SQUARES);
  }

  private static String weight(GraphBuilder graph, Quantised content, int part) {
    Tensor tensor = tensor(content, part);
    return graph.weight(tensor.name, tensor.dtype, tensor.shape, content, part);
  }

  private static Tensor tensor(Quantised content, int part) {
    Matrix matrix = content.matrix();
    long rows = matrix.outputs();
    long blocks = content.format().blocks(matrix.inputs());
    return switch (part) {
      case Quantised.INTEGERS ->
          new Tensor(
              matrix.name(),
              DType.U8,
              content.wholeBlocks()
                  ? List.of(rows, blocks, (long) content.format().blockBytes())
                  : List.of(rows, content.rowBytes()));
      case Quantised.FLOAT_SCALES ->
          new Tensor(matrix.name() + ".scales", DType.F32, List.of(rows, blocks));
      case Quantised.HALF_SCALES ->
          new Tensor(matrix.name() + ".scales.float16", DType.F16, List.of(rows, blocks));
      default -> throw new IllegalArgumentException("part " + part);
    };
  }
}
