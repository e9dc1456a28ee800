package dev.dbrx4j.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/// Compares scores with recorded ones as exactly as the record allows.
final class GoldenOutcome {
  private GoldenOutcome() {}

  static void assertMatches(float[] input, float[] output, JsonNode expected, String what) {
    boolean[] kept = Golden.mask(expected.get("kept").asString(), input.length);
    if (expected.path("tie_cut").asBoolean()) {
      assertThat(sortedKept(output))
          .as(what)
          .isEqualTo(sorted(values(input, kept, expected), kept));
    } else if (expected.path("fragile").asBoolean()) {
      long different =
          IntStream.range(0, kept.length).filter(i -> kept[i] != isKept(output[i])).count();
      assertThat(different).as(what).isLessThanOrEqualTo(expected.path("f64").asBoolean() ? 1 : 3);
    } else {
      assertThat(output).as(what).isEqualTo(values(input, kept, expected));
    }
  }

  private static boolean isKept(float logit) {
    return logit != Float.NEGATIVE_INFINITY;
  }

  private static float[] sortedKept(float[] output) {
    boolean[] kept = new boolean[output.length];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = isKept(output[i]);
    }
    return sorted(output, kept);
  }

  private static float[] sorted(float[] values, boolean[] kept) {
    float[] sorted = new float[values.length];
    int n = 0;
    for (int i = 0; i < values.length; i++) {
      if (kept[i]) {
        sorted[n++] = values[i] + 0f; // both zeros are one value
      }
    }
    sorted = Arrays.copyOf(sorted, n);
    Arrays.sort(sorted);
    return sorted;
  }

  private static float[] values(float[] input, boolean[] kept, JsonNode expected) {
    float[] values = input.clone();
    for (int i = 0; i < values.length; i++) {
      values[i] = kept[i] ? values[i] : Float.NEGATIVE_INFINITY;
    }
    JsonNode vals = expected.get("vals");
    if (vals.has("all")) {
      float[] recorded = Golden.floats(vals.get("all").asString());
      int[] ids = IntStream.range(0, kept.length).filter(i -> kept[i]).toArray();
      replace(values, ids, recorded);
    } else if (vals.has("ids")) {
      replace(values, Golden.ints(vals.get("ids")), Golden.floats(vals.get("f32").asString()));
    }
    return values;
  }

  private static void replace(float[] values, int[] ids, float[] by) {
    for (int i = 0; i < ids.length; i++) {
      values[ids[i]] = by[i];
    }
  }
}
