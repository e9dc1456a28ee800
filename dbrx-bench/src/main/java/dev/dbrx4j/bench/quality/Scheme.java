package dev.dbrx4j.bench.quality;

import dev.dbrx4j.onnx.weights.BlockFormat;
import dev.dbrx4j.onnx.weights.RoundTrip;
import dev.dbrx4j.onnx.weights.ScaleSearch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// A way to store weights in few bits.
///
/// @param name such as `int4.64.search`
/// @param bits bits of the integers inside the blocks
/// @param bitsPerWeight of these, their scales in 16 bits included
/// @param matrices replaces an output's weights by what is stored for them
/// @param rest the same for the embedding and the logits' matrix, which keep eight bits
record Scheme(
    String name,
    int bits,
    double bitsPerWeight,
    Consumer<float[]> matrices,
    Consumer<float[]> rest) {
  private static final int LLAMA_BLOCK = 32;

  /// llama.cpp's schemes of the same bits, ours are compared with.
  static List<Scheme> peers() {
    return List.of(
        new Scheme("Q8_0", 8, 8.5, Scheme::q8, Scheme::q8),
        new Scheme("Q4_0", 4, 4.5, Scheme::q4, Scheme::q8));
  }

  /// Ours: with every block size, with the search and without.
  static List<Scheme> ours(List<Integer> blocks) {
    List<Scheme> schemes = new ArrayList<>();
    for (int bits : new int[] {8, 4}) {
      for (int block : blocks) {
        for (ScaleSearch search : ScaleSearch.values()) {
          String how = search == ScaleSearch.ABSMAX ? "absmax" : "search";
          schemes.add(
              new Scheme(
                  "int%d.%d.%s".formatted(bits, block, how),
                  bits,
                  bits + 16.0 / block,
                  new RoundTrip(new BlockFormat(bits, block), search)::apply,
                  new RoundTrip(new BlockFormat(8, block), search)::apply));
        }
      }
    }
    return schemes;
  }

  /// Integers from -127 to 127; the scale is rounded to float16 after the integers are chosen.
  private static void q8(float[] row) {
    for (int from = 0; from < row.length; from += LLAMA_BLOCK) {
      int to = Math.min(row.length, from + LLAMA_BLOCK);
      float scale = Math.abs(extreme(row, from, to)) / 127;
      float inverse = scale == 0 ? 0 : 1 / scale;
      for (int i = from; i < to; i++) {
        float scaled = row[i] * inverse;
        row[i] = half(scale) * Math.signum(scaled) * (float) Math.floor(Math.abs(scaled) + 0.5);
      }
    }
  }

  /// Integers from -8 to 7; the weight of the largest magnitude becomes -8.
  private static void q4(float[] row) {
    for (int from = 0; from < row.length; from += LLAMA_BLOCK) {
      int to = Math.min(row.length, from + LLAMA_BLOCK);
      float scale = extreme(row, from, to) / -8;
      float inverse = scale == 0 ? 0 : 1 / scale;
      for (int i = from; i < to; i++) {
        int stored = Math.min(15, (int) (row[i] * inverse + 8.5f));
        row[i] = half(scale) * (stored - 8);
      }
    }
  }

  private static float extreme(float[] row, int from, int to) {
    float extreme = 0;
    for (int i = from; i < to; i++) {
      extreme = Math.abs(row[i]) > Math.abs(extreme) ? row[i] : extreme;
    }
    return extreme;
  }

  private static float half(float x) {
    return Float.float16ToFloat(Float.floatToFloat16(x));
  }
}
