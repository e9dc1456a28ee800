package dev.dbrx4j.onnx.kernel;

/// Where things lie in a tile: the activations of up to eight tokens as integers, in the order in
/// which [ProductCode] multiplies rows of a [BlockMatrix] by them.
///
/// Activations are cut in groups of `group` inputs that share a scale. For each group in turn the
/// tile has the integers of every token; then for each group the scale of every token, float32;
/// then for every token what its blocks add for the weights' zero point, float32, one a block and
/// zeros up to a multiple of eight.
///
/// @param inputs length of a vector
/// @param bits of a weight
/// @param block weights that share a scale
/// @param tokens how many
record Tile(int inputs, int bits, int block, int tokens) {
  static final int MOST_TOKENS = 8;

  /// Sums of bytes of two blocks of 64 fit in 16 bits; for weights of eight bits a group is what
  /// four registers hold.
  int group() {
    return bits == 4 ? Math.max(block, 64) : Math.min(block, 64);
  }

  int groups() {
    return blocks() * block / group();
  }

  /// What shares a scale of the weights or of the activations, whichever is more, is a step.
  int groupsPerStep() {
    return Math.max(1, block / group());
  }

  int blocksPerStep() {
    return Math.max(1, group() / block);
  }

  int blocks() {
    return Math.ceilDiv(inputs, block);
  }

  /// Bytes of a token's integers in a group: 8 bits each beside weights of four bits, else 16.
  int groupBytes() {
    return bits == 4 ? group() : 2 * group();
  }

  int scalesOffset() {
    return groups() * tokens * groupBytes();
  }

  int correctionsOffset() {
    return scalesOffset() + groups() * tokens * Float.BYTES;
  }

  /// Bytes of a token's corrections.
  int correctionBytes() {
    return (blocks() + 7) / 8 * 8 * Float.BYTES;
  }

  int bytes() {
    return correctionsOffset() + tokens * correctionBytes();
  }

  /// Floats between the products of one row and of the next.
  static int rowStride(int tokens) {
    return tokens == 1 ? 1 : MOST_TOKENS;
  }
}
