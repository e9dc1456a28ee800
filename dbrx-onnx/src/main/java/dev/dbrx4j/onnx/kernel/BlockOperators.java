package dev.dbrx4j.onnx.kernel;

import static dev.dbrx4j.onnx.ort.ElementType.FLOAT;
import static dev.dbrx4j.onnx.ort.ElementType.UINT8;

import dev.dbrx4j.onnx.ort.Operator;
import dev.dbrx4j.onnx.ort.OperatorCall;
import dev.dbrx4j.onnx.ort.OperatorSet;
import dev.dbrx4j.onnx.x86.Processor;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Operators on [BlockMatrix]:
///
/// | operator | inputs | output |
/// |---|---|---|
/// | `BlockMatMul` | x `[.., K]`, integers `[N, ..]`, scales | `[.., N]` |
/// | `BlockExperts` | x `[.., d]`, router logits, gate and up integers, scales, down integers, scales | `[.., d]` |
///
/// Both have the attributes `bits` and `block`; `BlockExperts` also `experts`, `experts_per_token`,
/// `ffn` and `weight_norm` (0 for none).
public final class BlockOperators implements OperatorSet {
  /// Name of the product with one matrix.
  public static final String MAT_MUL = "BlockMatMul";

  /// Name of a layer's mixture of experts.
  public static final String EXPERTS = "BlockExperts";

  private final Workspace workspace;

  /// Makes the operators for one session.
  ///
  /// @param threads how many compute
  public BlockOperators(int threads) {
    workspace = new Workspace(threads);
  }

  @Override
  public void close() {
    workspace.close();
  }

  /// {@return why the operators cannot be used on this machine; empty if they can}
  public static String obstacle() {
    return Processor.obstacle();
  }

  /// {@return whether the kernels take matrices of a kind}
  ///
  /// @param inputs numbers that a row multiplies
  /// @param bits of an integer
  /// @param block integers that share a scale
  public static boolean supports(long inputs, int bits, int block) {
    return BlockMatrix.supports(inputs, bits, block);
  }

  @Override
  public List<Operator> list() {
    return List.of(
        new Operator(
            MAT_MUL,
            List.of(FLOAT, UINT8, FLOAT),
            List.of(FLOAT),
            node -> new MatMul(workspace, (int) node.integer("bits"), (int) node.integer("block"))),
        new Operator(
            EXPERTS,
            List.of(FLOAT, FLOAT, UINT8, FLOAT, UINT8, FLOAT),
            List.of(FLOAT),
            node -> new Experts(workspace, node)));
  }

  private static final class MatMul implements Operator.Kernel {
    private final Workspace workspace;
    private final int bits;
    private final int block;
    private @Nullable BlockMatrix matrix;
    private @Nullable BlockProduct product;

    MatMul(Workspace workspace, int bits, int block) {
      this.workspace = workspace;
      this.bits = bits;
      this.block = block;
    }

    @Override
    public void compute(OperatorCall call) {
      long[] shape = call.shape(0);
      int last = shape.length - 1;
      BlockMatrix m = matrix;
      BlockProduct p = product;
      if (m == null || p == null) {
        int outputs = Math.toIntExact(call.shape(1)[0]);
        m = matrix(call, 1, 1, outputs, Math.toIntExact(shape[last]), bits, block);
        p = new BlockProduct(workspace, m);
        matrix = m;
        product = p;
      }
      checkLength(0, shape[last], m.inputs());
      int vectors = vectors(shape);
      shape[last] = m.outputs();
      p.run(m, call.input(0), vectors, call.output(0, shape));
    }
  }

  private static final class Experts implements Operator.Kernel {
    private final Workspace workspace;
    private final int bits;
    private final int block;
    private final int count;
    private final int perToken;
    private final int ffn;
    private final float norm;
    private @Nullable BlockExperts experts;

    Experts(Workspace workspace, Operator.Attributes node) {
      this.workspace = workspace;
      bits = (int) node.integer("bits");
      block = (int) node.integer("block");
      count = (int) node.integer("experts");
      perToken = (int) node.integer("experts_per_token");
      ffn = (int) node.integer("ffn");
      norm = node.number("weight_norm");
    }

    @Override
    public void compute(OperatorCall call) {
      long[] shape = call.shape(0);
      BlockExperts e = experts;
      if (e == null) {
        e = open(call, (int) shape[shape.length - 1]);
        experts = e;
      }
      int vectors = vectors(shape);
      checkLength(0, shape[shape.length - 1], e.width());
      checkLength(1, elements(call.shape(1)), (long) vectors * count);
      e.run(call.input(0), call.input(1), vectors, call.output(0, shape));
    }

    private BlockExperts open(OperatorCall call, int width) {
      BlockMatrix gateUp = matrix(call, 2, count, 2 * ffn, width, bits, block);
      BlockMatrix down = matrix(call, 4, count, width, ffn, bits, block);
      return new BlockExperts(workspace, gateUp, down, count, perToken, norm);
    }
  }

  /// {@return the first matrix of a stack, whose integers and scales are inputs `index` and `index
  /// + 1`}
  private static BlockMatrix matrix(
      OperatorCall call, int index, int count, int outputs, int inputs, int bits, int block) {
    if (!supports(inputs, bits, block)) {
      throw new IllegalArgumentException(
          inputs + " inputs in blocks of " + block + " integers of " + bits + " bits");
    }
    BlockMatrix m =
        new BlockMatrix(call.input(index), call.input(index + 1), outputs, inputs, bits, block);
    long rows = (long) count * outputs;
    checkLength(index, elements(call.shape(index)), rows * m.rowBytes());
    checkLength(index + 1, elements(call.shape(index + 1)), rows * m.blocks());
    return m;
  }

  /// Native code would read beyond what is too short.
  private static void checkLength(int input, long length, long expected) {
    if (length != expected) {
      throw new IllegalArgumentException(
          "input " + input + " has " + length + " elements, expected " + expected);
    }
  }

  private static int vectors(long[] shape) {
    return Math.toIntExact(elements(Arrays.copyOf(shape, shape.length - 1)));
  }

  private static long elements(long[] shape) {
    long elements = 1;
    for (long dimension : shape) {
      elements = Math.multiplyExact(elements, dimension);
    }
    return elements;
  }
}
