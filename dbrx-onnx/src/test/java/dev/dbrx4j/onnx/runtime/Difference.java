package dev.dbrx4j.onnx.runtime;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.TreeMap;
import org.assertj.core.api.Assertions;

/// Keeps the largest absolute differences seen, by kind.
final class Difference {
  private final TreeMap<String, Double> worst = new TreeMap<>();

  /// Compares row-major values with rows of expected ones.
  void add(String kind, float[] actual, double[]... expected) {
    Assertions.assertThat(actual.length)
        .as(kind)
        .isEqualTo(java.util.Arrays.stream(expected).mapToInt(row -> row.length).sum());
    double most = 0;
    int i = 0;
    for (double[] row : expected) {
      for (double value : row) {
        double difference = Math.abs(actual[i++] - value);
        most = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(most, difference);
      }
    }
    worst.merge(kind, most, Math::max);
  }

  void add(String kind, float[] actual, float[] expected) {
    double[] row = new double[expected.length];
    java.util.Arrays.setAll(row, i -> expected[i]);
    add(kind, actual, row);
  }

  void add(String kind, MemorySegment actual, MemorySegment expected) {
    add(kind, floats(actual), floats(expected));
  }

  void add(Difference other) {
    other.worst.forEach((kind, value) -> worst.merge(kind, value, Math::max));
  }

  void assertBelow(double bound) {
    Assertions.assertThat(worst)
        .allSatisfy((kind, value) -> Assertions.assertThat(value).as(kind).isLessThan(bound));
  }

  static float[] floats(MemorySegment segment) {
    return segment.toArray(ValueLayout.JAVA_FLOAT);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    worst.forEach((kind, value) -> text.append(" %s %.1e".formatted(kind, value)));
    return text.toString();
  }
}
