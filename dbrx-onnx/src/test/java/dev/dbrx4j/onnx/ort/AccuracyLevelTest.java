package dev.dbrx4j.onnx.ort;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What it costs that `MatMulNBits` at accuracy level 4, which graphs ask for, rounds activations
/// to eight bits: its products against the exact ones.
///
/// The largest activation of a block, divided by 127, is the step `s` that the block is rounded to.
/// An activation moves by at most `s / 2`, so an output by at most the sum of `|w| s / 2`. Where
/// the roundings are independent and uniform, its error has the variance of the sum of `(w s)^2 /
/// 12`.
class AccuracyLevelTest {
  private static final int INPUTS = 300; // the last block is not full
  private static final int OUTPUTS = 512;

  /// Float32 sums differ from exact ones by a few parts in ten million of what is added.
  private static final double FLOAT_ROUNDING = 1e-6;

  /// The outputs of a row share the roundings of its activations; their weights are independent.
  private static final double RMS_BOUND = 1.25;

  private static double worstOfBound;
  private static double worstRms;

  @TempDir Path folder;

  static Stream<Arguments> products() {
    return Stream.of(4, 8)
        .flatMap(bits ->
            Stream.of(32, 64, 128)
                .flatMap(block -> Stream.of(1, 2, 7).map(rows -> Arguments.of(bits, block, rows))));
  }

  @ParameterizedTest
  @MethodSource("products")
  void staysWithinItsRounding(int bits, int block, int rows) throws IOException {
    Random random = new Random(31L * bits + block + rows);
    int blocks = Math.ceilDiv(INPUTS, block);
    byte[] integers = new byte[OUTPUTS * blocks * block * bits / 8];
    random.nextBytes(integers);
    float[] scales = new float[OUTPUTS * blocks];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = 0.01f + 0.02f * random.nextFloat();
    }
    float[] x = new float[rows * INPUTS];
    for (int i = 0; i < x.length; i++) {
      boolean outlier = random.nextInt(100) == 0;
      x[i] = (float) random.nextGaussian() * (outlier ? 20 : 1);
    }
    float[] y = multiply(graph(bits, block, integers, scales), x, rows);
    double squares = 0;
    for (int row = 0; row < rows; row++) {
      double[] steps = steps(x, row * INPUTS, block);
      for (int output = 0; output < OUTPUTS; output++) {
        double exact = 0;
        double size = 0;
        double bound = 0;
        double variance = 0;
        for (int i = 0; i < INPUTS; i++) {
          double weight =
              scales[output * blocks + i / block]
                  * integer(integers, bits, output * blocks * block + i);
          double product = weight * x[row * INPUTS + i];
          double step = steps[i / block];
          exact += product;
          size += Math.abs(product);
          bound += Math.abs(weight) * step / 2;
          variance += weight * weight * step * step / 12;
        }
        double error = Math.abs(y[row * OUTPUTS + output] - exact);
        double allowed = bound + FLOAT_ROUNDING * size;
        assertThat(error).as("row %d, output %d", row, output).isLessThanOrEqualTo(allowed);
        worstOfBound = Math.max(worstOfBound, error / allowed);
        squares += error * error / variance;
      }
    }
    double rms = Math.sqrt(squares / (rows * OUTPUTS));
    worstRms = Math.max(worstRms, rms);
    assertThat(rms).as("error against that of independent roundings").isLessThan(RMS_BOUND);
  }

  private static double[] steps(float[] x, int from, int block) {
    double[] steps = new double[Math.ceilDiv(INPUTS, block)];
    for (int i = 0; i < INPUTS; i++) {
      steps[i / block] = Math.max(steps[i / block], Math.abs(x[from + i]) / 127);
    }
    return steps;
  }

  private static int integer(byte[] integers, int bits, int index) {
    int stored = Byte.toUnsignedInt(integers[index * bits / 8]);
    return bits == 8 ? stored - 128 : (stored >> (4 * (index % 2))) % 16 - 8;
  }

  private float[] multiply(byte[] graph, float[] x, int rows) throws IOException {
    Path file = Files.write(folder.resolve("product.onnx"), graph);
    try (Arena arena = Arena.ofConfined();
        OrtSession session = OrtSession.open(TestRuntime.runtime(), file, 1, Map.of())) {
      MemorySegment y = arena.allocate(JAVA_FLOAT, (long) rows * OUTPUTS);
      OrtBinding binding = session.newBinding();
      binding.input("x", arena.allocateFrom(JAVA_FLOAT, x), ElementType.FLOAT, rows, INPUTS);
      binding.output("y", y, ElementType.FLOAT, rows, OUTPUTS);
      session.run(binding);
      return y.toArray(JAVA_FLOAT);
    }
  }

  private static byte[] graph(int bits, int block, byte[] integers, float[] scales) {
    long blocks = Math.ceilDiv(INPUTS, block);
    TensorProto.Builder weights =
        TensorProto.newBuilder()
            .setName("w")
            .setDataType(DataType.UINT8.getNumber())
            .addAllDims(List.of((long) OUTPUTS, blocks, (long) block * bits / 8))
            .setRawData(ByteString.copyFrom(integers));
    TensorProto.Builder scale =
        TensorProto.newBuilder()
            .setName("s")
            .setDataType(DataType.FLOAT.getNumber())
            .addAllDims(List.of((long) OUTPUTS, blocks));
    for (float s : scales) {
      scale.addFloatData(s);
    }
    NodeProto.Builder product =
        NodeProto.newBuilder()
            .setOpType("MatMulNBits")
            .setDomain("com.microsoft")
            .addAllInput(List.of("x", "w", "s"))
            .addOutput("y")
            .addAttribute(attribute("K", INPUTS))
            .addAttribute(attribute("N", OUTPUTS))
            .addAttribute(attribute("bits", bits))
            .addAttribute(attribute("block_size", block))
            .addAttribute(attribute("accuracy_level", 4));
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName("product")
            .addInput(matrix("x", INPUTS))
            .addOutput(matrix("y", OUTPUTS))
            .addInitializer(weights)
            .addInitializer(scale)
            .addNode(product);
    return ModelProto.newBuilder()
        .setIrVersion(9)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("com.microsoft").setVersion(1))
        .setGraph(graph)
        .build()
        .toByteArray();
  }

  private static AttributeProto attribute(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  private static ValueInfoProto matrix(String name, long width) {
    ValueInfoProto.Builder info = ValueInfoProto.newBuilder().setName(name);
    info.getTypeBuilder()
        .getTensorTypeBuilder()
        .setElemType(DataType.FLOAT.getNumber())
        .getShapeBuilder()
        .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("rows"))
        .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(width));
    return info.build();
  }

  @AfterAll
  static void printWorst() {
    System.out.printf(
        "[worst] int8 activations: %.2f of the bound, %.2f of the expected error%n",
        worstOfBound, worstRms);
  }
}
