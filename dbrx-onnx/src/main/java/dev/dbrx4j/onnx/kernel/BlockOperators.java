package dev.dbrx4j.onnx.kernel;

import static dev.dbrx4j.onnx.ort.ElementType.FLOAT;
import static dev.dbrx4j.onnx.ort.ElementType.UINT8;

import dev.dbrx4j.onnx.ort.Operator;
import dev.dbrx4j.onnx.ort.OperatorCall;
import dev.dbrx4j.onnx.ort.OperatorSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Operators on [BlockMatrix], computed in Java:
///
/// | operator | inputs | output |
/// |---|---|---|
/// | `BlockMatMul` | x `[.., K]`, integers `[N, ..]`, scales | `[.., N]` |
/// | `BlockExperts` | x `[.., d]`, router logits, gate and up integers, scales, down integers, scales | `[.., d]` |
///
/// Both have the attributes `bits` and `block`; `BlockExperts` also `experts`, `experts_per_token`,
/// `ffn` and `weight_norm` (0 for none). They are fast with the JDK's vector module, which a user
/// adds with `--add-modules jdk.incubator.vector`; without it they cannot run.
public final class BlockOperators implements OperatorSet {
  /// Name of the product with one matrix.
  public static final String MAT_MUL = "BlockMatMul";

  /// Name of a layer's mixture of experts.
  public static final String EXPERTS = "BlockExperts";

  private final WorkerPool pool;

  /// Makes the operators for one session.
  ///
  /// @param threads how many compute
  public BlockOperators(int threads) {
    pool = new WorkerPool(threads);
  }

  @Override
  public void close() {
    pool.close();
  }

  /// {@return whether the vector module is there}
  public static boolean available() {
    return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
  }

  /// {@return whether the kernels take matrices of a kind}
  ///
  /// @param inputs numbers that a row multiplies
  /// @param bits of an integer
  /// @param block integers that share a scale
  public static boolean supports(long inputs, int bits, int block) {
    return inputs <= Integer.MAX_VALUE && BlockMatrix.supports((int) inputs, bits, block);
  }

  @Override
  public List<Operator> list() {
    return List.of(
        new Operator(
            MAT_MUL,
            List.of(FLOAT, UINT8, FLOAT),
            List.of(FLOAT),
            node -> new MatMul(pool, (int) node.integer("bits"), (int) node.integer("block"))),
        new Operator(
            EXPERTS,
            List.of(FLOAT, FLOAT, UINT8, FLOAT, UINT8, FLOAT),
            List.of(FLOAT),
            node -> new Experts(pool, node)));
  }

  private static final class MatMul implements Operator.Kernel {
    private final WorkerPool pool;
    private final int bits;
    private final int block;
    private BlockMatrix matrix = new BlockMatrix(0, 0, 0, 0, 4, 64);
    private BlockProduct product;

    MatMul(WorkerPool pool, int bits, int block) {
      this.pool = pool;
      this.bits = bits;
      this.block = block;
      product = new BlockProduct(pool, 0, bits);
    }

    @Override
    public void compute(OperatorCall call) {
      long[] shape = call.shape(0);
      int inputs = (int) shape[shape.length - 1];
      if (matrix.inputs() != inputs) {
        int outputs = (int) call.shape(1)[0];
        matrix = new BlockMatrix(call.input(1), call.input(2), outputs, inputs, bits, block);
        product = new BlockProduct(pool, inputs, bits);
      }
      int vectors = vectors(shape);
      shape[shape.length - 1] = matrix.outputs();
      product.run(matrix, call.input(0), vectors, call.output(0, shape));
    }
  }

  private static final class Experts implements Operator.Kernel {
    private final WorkerPool pool;
    private final int bits;
    private final int block;
    private final int count;
    private final int perToken;
    private final int ffn;
    private final float norm;
    private @Nullable BlockExperts experts;

    Experts(WorkerPool pool, Operator.Attributes node) {
      this.pool = pool;
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
      e.run(call.input(0), call.input(1), vectors(shape), call.output(0, shape));
    }

    private BlockExperts open(OperatorCall call, int width) {
      BlockMatrix gateUp =
          new BlockMatrix(call.input(2), call.input(3), 2 * ffn, width, bits, block);
      BlockMatrix down = new BlockMatrix(call.input(4), call.input(5), width, ffn, bits, block);
      return new BlockExperts(pool, gateUp, down, count, perToken, norm);
    }
  }

  private static int vectors(long[] shape) {
    long vectors = 1;
    for (int i = 0; i < shape.length - 1; i++) {
      vectors *= shape[i];
    }
    return Math.toIntExact(vectors);
  }
}
