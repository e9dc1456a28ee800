package dev.dbrx4j.onnx.runtime;

import dev.dbrx4j.DbrxConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/// DBRX's forward pass written down plainly, in float64, for whole sequences, without a cache: what
/// the graph is compared with. Matrices are row-major, a matrix `[rows, columns]` maps vectors of
/// `columns` to vectors of `rows`.
///
/// @param config the model
/// @param weights tensors by their names in the checkpoint
/// @param frequencies angles by which the pairs of a head turn from one position to the next
/// @param rounding what becomes of each number that an operator gives: nothing, or what a narrower
///   type makes of it, to learn how far arithmetic in that type may be off
@SuppressWarnings("ArrayRecordComponent") // never compared
record ReferenceModel(
    DbrxConfig config,
    Map<String, float[]> weights,
    float[] frequencies,
    DoubleUnaryOperator rounding) {
  private static final double NORM_EPSILON = 1e-5;

  /// Everything that a pass computed, by position.
  ///
  /// @param hiddenStates embeddings, each block's output but the last, final norm's output: `[T,
  ///   d]`
  /// @param keys by layer, after RoPE: `[T, kvHeads * headDim]`
  /// @param values by layer, after the clip: `[T, kvHeads * headDim]`
  /// @param routerProbabilities by layer: `[T, experts]`
  /// @param logits `[T, vocab]`
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Trace(
      List<double[][]> hiddenStates,
      List<double[][]> keys,
      List<double[][]> values,
      List<double[][]> routerProbabilities,
      double[][] logits) {}

  static ReferenceModel of(DbrxConfig config, Map<String, float[]> weights) {
    float[] frequencies = new float[config.headDim() / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = (float) Math.pow(config.ropeTheta(), -2.0 * i / config.headDim());
    }
    return new ReferenceModel(config, weights, frequencies, DoubleUnaryOperator.identity());
  }

  ReferenceModel(DbrxConfig config, Map<String, float[]> weights, float[] frequencies) {
    this(config, weights, frequencies, DoubleUnaryOperator.identity());
  }

  /// {@return the same model in float16 arithmetic}
  ReferenceModel inFloat16() {
    return new ReferenceModel(
        config, weights, frequencies, x -> Float.float16ToFloat(Float.floatToFloat16((float) x)));
  }

  /// {@return the same model in bfloat16 arithmetic}
  ReferenceModel inBfloat16() {
    return new ReferenceModel(
        config,
        weights,
        frequencies,
        x -> {
          int bits = Float.floatToRawIntBits((float) x);
          return Float.intBitsToFloat((bits + 0x7fff + ((bits >>> 16) & 1)) & 0xffff0000);
        });
  }

  private double[] rounded(double[] values) {
    return Arrays.stream(values).map(rounding).toArray();
  }

  Trace run(int... tokens) {
    Trace trace =
        new Trace(
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new double[tokens.length][]);
    double[][] x = embeddings(tokens);
    for (int block = 0; block < config.nLayers(); block++) {
      trace.hiddenStates.add(x);
      x = block(block, x, trace);
    }
    double[][] last = each(x, row -> norm(row, weights.get("transformer.norm_f.weight")));
    trace.hiddenStates.add(last);
    for (int t = 0; t < tokens.length; t++) {
      trace.logits[t] = multiply("lm_head.weight", last[t]);
    }
    return trace;
  }

  private double[][] embeddings(int[] tokens) {
    float[] table = weights.get("transformer.wte.weight");
    int width = config.dModel();
    return Arrays.stream(tokens)
        .mapToObj(id -> rounded(slice(table, id * width, width)))
        .toArray(double[][]::new);
  }

  private double[][] block(int number, double[][] x, Trace trace) {
    String path = "transformer.blocks." + number + ".";
    String attention = path + "norm_attn_norm.";
    double[][] context =
        attend(
            attention + "attn.",
            each(x, row -> norm(row, weights.get(attention + "norm_1.weight"))),
            trace);
    double[][] probabilities = new double[x.length][];
    double[][] out = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      double[] residual = sum(x[t], multiply(attention + "attn.out_proj.weight", context[t]));
      double[] h = norm(residual, weights.get(attention + "norm_2.weight"));
      probabilities[t] = softmax(multiply(path + "ffn.router.layer.weight", h));
      out[t] = sum(residual, experts(path + "ffn.experts.mlp.", h, probabilities[t]));
    }
    trace.routerProbabilities.add(probabilities);
    return out;
  }

  private double[][] attend(String path, double[][] x, Trace trace) {
    int queryWidth = config.dModel();
    int kvWidth = config.nKvHeads() * config.headDim();
    double[][] queries = new double[x.length][];
    double[][] keys = new double[x.length][];
    double[][] values = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      double[] qkv = clipped(multiply(path + "Wqkv.weight", x[t]));
      queries[t] = rotated(Arrays.copyOfRange(qkv, 0, queryWidth), t);
      keys[t] = rotated(Arrays.copyOfRange(qkv, queryWidth, queryWidth + kvWidth), t);
      values[t] = Arrays.copyOfRange(qkv, queryWidth + kvWidth, queryWidth + 2 * kvWidth);
    }
    trace.keys.add(keys);
    trace.values.add(values);
    double[][] context = new double[x.length][queryWidth];
    for (int t = 0; t < x.length; t++) {
      for (int head = 0; head < config.nHeads(); head++) {
        attendHead(head, queries[t], Arrays.copyOf(keys, t + 1), values, context[t]);
      }
      context[t] = rounded(context[t]);
    }
    return context;
  }

  /// Mixes the values of the positions that `keys` holds into one head's part of `context`.
  private void attendHead(
      int head, double[] query, double[][] keys, double[][] values, double[] context) {
    int width = config.headDim();
    int from = head * width;
    int kvFrom = head / (config.nHeads() / config.nKvHeads()) * width;
    double[] scores = new double[keys.length];
    for (int s = 0; s < keys.length; s++) {
      for (int i = 0; i < width; i++) {
        scores[s] += query[from + i] * keys[s][kvFrom + i] / Math.sqrt(width);
      }
    }
    double[] shares = softmax(scores);
    for (int s = 0; s < keys.length; s++) {
      for (int i = 0; i < width; i++) {
        context[from + i] += shares[s] * values[s][kvFrom + i];
      }
    }
  }

  private double[] clipped(double[] values) {
    Float bound = config.clipQkv();
    return bound == null
        ? values
        : Arrays.stream(values).map(v -> Math.clamp(v, -bound, bound)).toArray();
  }

  /// Turns each head's pairs `(i, i + headDim / 2)`. As in the reference, the angle is a float32.
  private double[] rotated(double[] heads, int position) {
    int half = config.headDim() / 2;
    double[] turned = new double[heads.length];
    for (int head = 0; head < heads.length; head += 2 * half) {
      for (int i = 0; i < half; i++) {
        float angle = position * frequencies[i];
        double a = heads[head + i];
        double b = heads[head + half + i];
        turned[head + i] = a * Math.cos(angle) - b * Math.sin(angle);
        turned[head + half + i] = b * Math.cos(angle) + a * Math.sin(angle);
      }
    }
    return rounded(turned);
  }

  private double[] experts(String path, double[] x, double[] probabilities) {
    int[] chosen =
        IntStream.range(0, config.nExperts())
            .boxed()
            .sorted((a, b) -> Double.compare(probabilities[b], probabilities[a]))
            .limit(config.topK())
            .mapToInt(Integer::intValue)
            .toArray();
    double norm = pNorm(Arrays.stream(chosen).mapToDouble(e -> probabilities[e]).toArray());
    double[] out = new double[config.dModel()];
    for (int expert : chosen) {
      double[] y = expert(path, expert, x);
      for (int i = 0; i < out.length; i++) {
        out[i] += probabilities[expert] / norm * y[i];
      }
    }
    return rounded(out);
  }

  private double pNorm(double[] values) {
    Float p = config.expertWeightNorm();
    return p == null ? 1 : Math.pow(Arrays.stream(values).map(v -> Math.pow(v, p)).sum(), 1.0 / p);
  }

  /// `((act(x w1^T) * (x v1^T)) w2`, the expert's rows of each.
  private double[] expert(String path, int number, double[] x) {
    int width = config.ffnHiddenSize();
    int firstRow = number * width;
    double[] gate = multiply(weights.get(path + "w1"), firstRow, width, x);
    double[] linear = multiply(weights.get(path + "v1"), firstRow, width, x);
    float[] w2 = weights.get(path + "w2");
    double[] out = new double[x.length];
    for (int row = 0; row < width; row++) {
      double inner = rounding.applyAsDouble(activation(gate[row]) * linear[row]);
      for (int i = 0; i < out.length; i++) {
        out[i] += inner * w2[(firstRow + row) * x.length + i];
      }
    }
    return rounded(out);
  }

  private double activation(double x) {
    return switch (config.activation()) {
      case SILU -> x / (1 + Math.exp(-x));
      case GELU -> x * (1 + erf(x / Math.sqrt(2))) / 2;
    };
  }

  /// The series `2/sqrt(pi) * sum of 2^n x^(2n+1) / (2n+1)!! * exp(-x^2)`, all of whose terms have
  /// one sign.
  static double erf(double x) {
    if (Math.abs(x) > 6) {
      return Math.signum(x);
    }
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }

  private double[] norm(double[] x, float[] weight) {
    double mean = Arrays.stream(x).average().orElseThrow();
    double variance = Arrays.stream(x).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
    double[] out = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      out[i] = (x[i] - mean) / Math.sqrt(variance + NORM_EPSILON) * weight[i];
    }
    return rounded(out);
  }

  private static double[] softmax(double[] x) {
    double max = Arrays.stream(x).max().orElseThrow();
    double[] exponentials = Arrays.stream(x).map(v -> Math.exp(v - max)).toArray();
    double sum = Arrays.stream(exponentials).sum();
    return Arrays.stream(exponentials).map(v -> v / sum).toArray();
  }

  private double[] multiply(String name, double[] x) {
    float[] matrix = weights.get(name);
    return multiply(matrix, 0, matrix.length / x.length, x);
  }

  private double[] multiply(float[] matrix, int firstRow, int rows, double[] x) {
    double[] out = new double[rows];
    for (int row = 0; row < rows; row++) {
      int start = (firstRow + row) * x.length;
      for (int i = 0; i < x.length; i++) {
        out[row] += matrix[start + i] * x[i];
      }
    }
    return rounded(out);
  }

  private double[] sum(double[] a, double[] b) {
    double[] out = new double[a.length];
    Arrays.setAll(out, i -> a[i] + b[i]);
    return rounded(out);
  }

  private static double[][] each(
      double[][] rows, java.util.function.UnaryOperator<double[]> function) {
    return Arrays.stream(rows).map(function).toArray(double[][]::new);
  }

  /// {@return rows `[T, heads * headDim]` as a cache has them, `[heads * T, headDim]`}
  static double[][] byHead(double[][] rows, int headDim) {
    double[][] heads = new double[rows.length * (rows[0].length / headDim)][];
    for (int i = 0; i < heads.length; i++) {
      int from = i / rows.length * headDim;
      heads[i] = Arrays.copyOfRange(rows[i % rows.length], from, from + headDim);
    }
    return heads;
  }

  private static double[] slice(float[] values, int start, int length) {
    double[] out = new double[length];
    Arrays.setAll(out, i -> values[start + i]);
    return out;
  }
}
