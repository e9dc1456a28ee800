package dev.dbrx4j.onnx.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BlockTileTest {
  private static final int BLOCKS = 203;

  static Stream<BlockFormat> formats() {
    return Stream.of(4, 8)
        .flatMap(bits -> Stream.of(32, 64, 128).map(block -> new BlockFormat(bits, block)));
  }

  /// Every format with weights of several kinds.
  static Stream<Arguments> weights() {
    Random random = new Random(1);
    DoubleSupplier normal = random::nextGaussian;
    DoubleSupplier small = () -> 1e-6 * random.nextGaussian();
    DoubleSupplier large = () -> 9000 * Math.clamp(random.nextGaussian(), -7, 7);
    DoubleSupplier uniform = () -> random.nextDouble() - 0.5;
    DoubleSupplier outliers = () -> random.nextGaussian() / Math.max(1e-3, random.nextDouble());
    DoubleSupplier oneSided = () -> Math.abs(random.nextGaussian());
    DoubleSupplier sparse = () -> random.nextInt(40) == 0 ? random.nextGaussian() : 0;
    return formats()
        .flatMap(format ->
            Stream.of(normal, small, large, uniform, outliers, oneSided, sparse)
                .map(kind -> Arguments.of(format, kind)));
  }

  private static BlockTile tile(BlockFormat format, DoubleSupplier weights) {
    BlockTile tile = new BlockTile(format, BLOCKS);
    for (float[] row : tile.weights) {
      for (int b = 0; b < BLOCKS; b++) {
        row[b] = (float) weights.getAsDouble();
      }
    }
    return tile;
  }

  private static int integer(BlockTile tile, BlockFormat format, int i, int block) {
    int bits = format.bits();
    int stored = Byte.toUnsignedInt(tile.stored[i * bits / 8][block]);
    return ((stored >> (i * bits % 8)) & ((1 << bits) - 1)) - format.zeroPoint();
  }

  private static double squaredError(BlockTile tile, BlockFormat format, int block) {
    double sum = 0;
    for (int i = 0; i < format.block(); i++) {
      double back = (double) tile.scales[block] * integer(tile, format, i, block);
      sum += Math.pow(tile.weights[i][block] - back, 2);
    }
    return sum;
  }

  @ParameterizedTest
  @MethodSource("weights")
  void searchIsNeverWorseThanTheLargestMagnitude(BlockFormat format, DoubleSupplier weights) {
    BlockTile tile = tile(format, weights);
    double[] usual = new double[BLOCKS];
    assertThat(tile.quantise(ScaleSearch.ABSMAX)).isTrue();
    for (int b = 0; b < BLOCKS; b++) {
      usual[b] = squaredError(tile, format, b);
    }
    assertThat(tile.quantise(ScaleSearch.LEAST_SQUARES)).isTrue();

    for (int b = 0; b < BLOCKS; b++) { // sums in float32 may rank equals either way
      assertThat(squaredError(tile, format, b)).isLessThanOrEqualTo(usual[b] * (1 + 1e-5));
    }
  }

  @ParameterizedTest
  @MethodSource("weights")
  void integersAreTheNearest(BlockFormat format, DoubleSupplier weights) {
    BlockTile tile = tile(format, weights);
    tile.quantise(ScaleSearch.LEAST_SQUARES);

    for (int b = 0; b < BLOCKS; b++) {
      double scale = tile.scales[b];
      for (int i = 0; i < format.block(); i++) {
        double best = scale == 0 ? 0 : Math.rint(tile.weights[i][b] / scale);
        double clamped = Math.clamp(best, format.least(), format.largest());
        double found = integer(tile, format, i, b);
        assertThat(Math.abs(tile.weights[i][b] - found * scale))
            .isLessThanOrEqualTo(
                Math.abs(tile.weights[i][b] - clamped * scale) + 1e-5 * Math.abs(scale));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("weights")
  void scalesAreExactInSixteenBits(BlockFormat format, DoubleSupplier weights) {
    BlockTile tile = tile(format, weights);
    tile.quantise(ScaleSearch.LEAST_SQUARES);

    for (float scale : tile.scales) {
      assertThat(Float.float16ToFloat(Float.floatToFloat16(scale))).isEqualTo(scale);
      assertThat(Float.floatToRawIntBits(scale) & 0xffff).isZero();
    }
  }

  /// What a block can express comes back as it was.
  @ParameterizedTest
  @MethodSource("formats")
  void keepsWhatIsQuantisedAlready(BlockFormat format) {
    Random random = new Random(2);
    BlockTile tile = new BlockTile(format, BLOCKS);
    int[][] integers = new int[format.block()][BLOCKS];
    for (int b = 0; b < BLOCKS; b++) {
      float scale = Math.scalb(128 + random.nextInt(128), -8 - random.nextInt(8));
      for (int i = 0; i < format.block(); i++) {
        integers[i][b] =
            i == 3 ? format.least() : random.nextInt(format.least(), format.largest() + 1);
        tile.weights[i][b] = integers[i][b] * scale;
      }
    }
    tile.quantise(ScaleSearch.LEAST_SQUARES);

    for (int b = 0; b < BLOCKS; b++) {
      for (int i = 0; i < format.block(); i++) {
        assertThat(integer(tile, format, i, b)).isEqualTo(integers[i][b]);
        assertThat(integers[i][b] * tile.scales[b]).isEqualTo(tile.weights[i][b]);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("formats")
  void zerosStayZeros(BlockFormat format) {
    BlockTile tile = new BlockTile(format, BLOCKS);
    tile.quantise(ScaleSearch.LEAST_SQUARES);

    assertThat(tile.scales).containsOnly(0f);
    int zeros = format.bits() == 8 ? 0x80 : 0x88;
    for (byte[] bytes : tile.stored) {
      assertThat(bytes).containsOnly((byte) zeros);
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e30f})
  void refusesWhatNoScaleFits(float weight) {
    BlockTile tile = new BlockTile(new BlockFormat(4, 32), BLOCKS);
    tile.weights[31][BLOCKS - 1] = weight;

    assertThat(tile.quantise(ScaleSearch.LEAST_SQUARES)).isFalse();
  }
}
