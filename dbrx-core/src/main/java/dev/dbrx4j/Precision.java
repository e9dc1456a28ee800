package dev.dbrx4j;

import java.util.Locale;

/// How a model's matrices are stored. Norms and routers, 0.003 % of DBRX's numbers, are always
/// 32-bit floats.
///
/// Integers stand for `scale * integer`, with one scale for each block of numbers along a matrix's
/// input dimension. A smaller block follows the weights more closely and costs more bytes.
///
/// @param matrices type of the experts' matrices: 96 % of DBRX's numbers
/// @param attention type of the attention's matrices
/// @param lmHead type of the matrix that makes the logits
/// @param embedding type of the token embeddings
/// @param block numbers that share a scale: 32, 64 or 128
public record Precision(
    WeightType matrices, WeightType attention, WeightType lmHead, WeightType embedding, int block) {
  /// Numbers that share a scale unless said otherwise.
  private static final int DEFAULT_BLOCK = 32;

  /// Exactly the checkpoint's values: float16 and bfloat16 widen without rounding.
  public static final Precision FP32 = of(WeightType.FP32);

  /// Eight bits everywhere.
  public static final Precision INT8 = of(WeightType.INT8);

  /// Four bits inside the blocks, eight for the embedding and the logits.
  public static final Precision INT4 = of(WeightType.INT4);

  /// Type of a stored number.
  public enum WeightType {
    /// 32-bit float
    FP32(32),
    /// bfloat16, DBRX's own: GPUs compute with it, on the processor it takes the memory of FP32.
    /// Not for experts
    BF16(16),
    /// integer from -128 to 127, scaled
    INT8(8),
    /// integer from -8 to 7, scaled
    INT4(4);

    private final int bits;

    WeightType(int bits) {
      this.bits = bits;
    }

    /// {@return bits a number, scales not counted}
    public int bits() {
      return bits;
    }

    /// {@return the name in manifests and on command lines, such as `int4`}
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Checks the numbers.
  ///
  /// @throws InvalidRequestException if there is no such block size, or experts are to be bfloat16
  public Precision {
    if (block != 32 && block != 64 && block != 128) {
      throw new InvalidRequestException("option block is " + block + ", allowed: 32, 64, 128");
    }
    if (matrices == WeightType.BF16) {
      throw new InvalidRequestException(
          "option precision is bf16, allowed: fp32, int8, int4; bf16 is for the attention, the embedding and the logits' matrix");
    }
  }

  /// {@return the usual precision whose matrices are of a type}
  ///
  /// @param matrices type of the matrices inside the blocks
  public static Precision of(WeightType matrices) {
    WeightType rest = matrices == WeightType.FP32 ? WeightType.FP32 : WeightType.INT8;
    return new Precision(matrices, matrices, rest, rest, DEFAULT_BLOCK);
  }

  /// {@return this precision with another block size}
  ///
  /// @param block numbers that share a scale: 32, 64 or 128
  public Precision withBlock(int block) {
    return new Precision(matrices, attention, lmHead, embedding, block);
  }

  /// {@return this precision with another type for the attention's matrices}
  ///
  /// @param attention the type
  public Precision withAttention(WeightType attention) {
    return new Precision(matrices, attention, lmHead, embedding, block);
  }

  /// {@return this precision with one type for all but the experts' matrices}
  ///
  /// @param dense the type
  public Precision withDense(WeightType dense) {
    return new Precision(matrices, dense, dense, dense, block);
  }

  /// {@return this precision with another type for the matrix that makes the logits}
  ///
  /// @param lmHead the type
  public Precision withLmHead(WeightType lmHead) {
    return new Precision(matrices, attention, lmHead, embedding, block);
  }

  /// {@return this precision with another type for the token embeddings}
  ///
  /// @param embedding the type
  public Precision withEmbedding(WeightType embedding) {
    return new Precision(matrices, attention, lmHead, embedding, block);
  }

  /// {@return a short name, that of the matrices' type, such as `int4`}
  public String label() {
    return matrices.label();
  }

  @Override
  public String toString() {
    String other = attention == matrices ? "" : "attention " + attention.label() + ", ";
    return "%s (%slm_head %s, embedding %s, blocks of %d)"
        .formatted(matrices.label(), other, lmHead.label(), embedding.label(), block);
  }
}
