package dev.dbrx4j.onnx.runtime;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.InvalidRequestException;
import dev.dbrx4j.Precision;
import dev.dbrx4j.Precision.WeightType;
import dev.dbrx4j.onnx.graph.LayerRange;
import dev.dbrx4j.onnx.ort.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What a model takes on each of several GPUs: weights, KV cache and workspace, worked out before
/// anything is loaded.
///
/// @param parts one a GPU, in the order of the layers
public record GpuPlan(List<Part> parts) {
  /// The driver, the libraries' code and their scratch memory.
  private static final long FIXED_BYTES = 1L << 30;

  /// A share of one GPU.
  ///
  /// @param name the GPU
  /// @param layers what it runs
  /// @param weightBytes the weights of these layers, and of the embedding or the head
  /// @param cacheBytes keys and values
  /// @param workBytes an estimate of what a pass needs besides, at most
  /// @param freeBytes what the GPU has
  public record Part(
      String name,
      LayerRange layers,
      long weightBytes,
      long cacheBytes,
      long workBytes,
      long freeBytes) {
    /// {@return all that is needed}
    public long neededBytes() {
      return weightBytes + cacheBytes + workBytes;
    }

    boolean fits() {
      return neededBytes() <= freeBytes;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%s, layers %d to %d: weights %.2f GB, KV cache %.2f GB, workspace %.2f GB, together %.2f GB of %.2f GB free%s",
          name,
          layers.first(),
          layers.end() - 1,
          weightBytes / 1e9,
          cacheBytes / 1e9,
          workBytes / 1e9,
          neededBytes() / 1e9,
          freeBytes / 1e9,
          fits() ? "" : ": too little");
    }
  }

  /// A GPU to plan with.
  ///
  /// @param name what to call it
  /// @param freeBytes memory that is free
  public record Gpu(String name, long freeBytes) {}

  /// What is asked for.
  ///
  /// @param config the model
  /// @param precision how its matrices are stored
  /// @param slots sequences side by side
  /// @param maxContext tokens of each
  /// @param passTokens new tokens of a pass
  public record Demand(
      DbrxConfig config, Precision precision, int slots, int maxContext, int passTokens) {

    long weightBytes(LayerRange layers) {
      long d = config.dModel();
      long experts = 3L * config.nExperts() * config.ffnHiddenSize() * d;
      long layer = bytes(precision.matrices(), experts);
      layer += productBytes(precision.attention(), config.qkvWidth() * d + d * d);
      layer += (2L + config.nExperts()) * Short.BYTES * d;
      long bytes = layers.count() * layer;
      bytes += 2L * config.maxSeqLen() * config.headDim(); // rotary tables
      if (layers.takesTokens()) {
        bytes += bytes(precision.embedding(), config.vocabSize() * d);
      }
      if (layers.givesLogits(config)) {
        bytes += productBytes(precision.lmHead(), config.vocabSize() * d);
      }
      return bytes;
    }

    /// As they are stored: floats, or integers with a scale of 16 bits a block.
    private long bytes(WeightType type, long numbers) {
      long bytes = numbers * type.bits() / Byte.SIZE;
      return switch (type) {
        case FP32, BF16 -> bytes;
        case INT8, INT4 -> bytes + numbers / precision.block() * Short.BYTES;
      };
    }

    /// Floats that are multiplied with are in 16 bits, however they are stored.
    private long productBytes(WeightType type, long numbers) {
      return bytes(type == WeightType.FP32 ? WeightType.BF16 : type, numbers);
    }

    long cacheBytes(LayerRange layers) {
      return KvCache.bytes(config, layers, ElementType.BFLOAT16, slots, maxContext);
    }

    /// Each of a pass's tokens goes through `topK` experts at once, in and out of both of their
    /// products; ONNX Runtime doubles what its arena holds when it grows. Logits are float32 beside
    /// the 16 bits that they are cast from, and have weights that are summed up.
    long workBytes(LayerRange layers) {
      long token = (long) config.topK() * (3L * config.ffnHiddenSize() + 2L * config.dModel());
      token += config.qkvWidth() + 6L * config.dModel();
      long rows = layers.givesLogits(config) ? (long) slots * config.vocabSize() * 10 : 0;
      return FIXED_BYTES + 2L * passTokens * token * Short.BYTES + rows;
    }

    /// {@return bytes that a decode step has to read at least: every weight that some token meets,
    /// with experts chosen evenly, and the keys and values of every sequence}
    ///
    /// @param batch sequences in the step
    /// @param context tokens that each has
    public long stepBytes(int batch, int context) {
      return passBytes(batch, batch, context);
    }

    /// {@return the same of any pass}
    ///
    /// @param tokens new ones
    /// @param sequences that they belong to
    /// @param context tokens that each has
    public long passBytes(int tokens, int sequences, int context) {
      long d = config.dModel();
      double met = 1 - Math.pow(1 - (double) config.topK() / config.nExperts(), tokens);
      long experts = 3L * config.nExperts() * config.ffnHiddenSize() * d;
      long layer =
          productBytes(precision.attention(), config.qkvWidth() * d + d * d)
              + Math.round(met * bytes(precision.matrices(), experts));
      long cache = KvCache.bytes(config, LayerRange.all(config), ElementType.BFLOAT16, 1, context);
      return config.nLayers() * layer
          + productBytes(precision.lmHead(), config.vocabSize() * d)
          + sequences * cache;
    }

    /// {@return additions and multiplications of a pass's products inside the layers}
    ///
    /// @param tokens new ones
    double passOperations(int tokens) {
      double d = config.dModel();
      double met = config.qkvWidth() * d + d * d + 3 * d * config.topK() * config.ffnHiddenSize();
      return 2 * met * config.nLayers() * tokens;
    }

    /// {@return tokens of the pieces that a pass is cut into, so that several GPUs work at once}
    ///
    /// @param gpus how many
    /// @param tokens new ones
    /// @param sequences that they belong to: as many, in a decode step, or one
    /// @param context tokens that each has
    public int pieceTokens(int gpus, int tokens, int sequences, int context) {
      return MicroBatches.quickest(this, gpus).most(tokens, sequences, context);
    }

    Part part(Gpu gpu, LayerRange layers) {
      return new Part(
          gpu.name,
          layers,
          weightBytes(layers),
          cacheBytes(layers),
          workBytes(layers),
          gpu.freeBytes);
    }
  }

  /// Splits a model over GPUs so that the fullest is as little full as possible.
  ///
  /// @param demand what is asked for
  /// @param gpus where to, in the order of the layers
  /// @return the plan, which may not fit
  public static GpuPlan of(Demand demand, List<Gpu> gpus) {
    int layers = demand.config.nLayers();
    if (gpus.size() > layers) {
      throw new InvalidRequestException(
          "option device names %d GPUs for %d layers: name fewer".formatted(gpus.size(), layers));
    }
    double low = 0; // how full a GPU gets, at most: a share that cannot be kept
    double high = 1L << 20; // and one that can
    for (int i = 0; i < 60; i++) {
      double middle = (low + high) / 2;
      if (split(demand, gpus, middle) == null) {
        low = middle;
      } else {
        high = middle;
      }
    }
    GpuPlan plan = split(demand, gpus, high);
    if (plan == null) {
      throw new InvalidRequestException("none of the GPUs %s has free memory".formatted(gpus));
    }
    return plan;
  }

  /// Gives each GPU as many layers as keep it below a share of its memory, but leaves one at least
  /// for each of the rest; null if layers are left over.
  private static @org.jspecify.annotations.Nullable GpuPlan split(
      Demand demand, List<Gpu> gpus, double share) {
    int layers = demand.config.nLayers();
    List<Part> parts = new ArrayList<>();
    int first = 0;
    for (int g = 0; g < gpus.size(); g++) {
      int most = layers - (gpus.size() - 1 - g);
      Gpu gpu = gpus.get(g);
      int end = first;
      while (end < most
          && demand.part(gpu, new LayerRange(first, end + 1)).neededBytes()
              <= share * gpu.freeBytes) {
        end++;
      }
      if (end == first) {
        return null;
      }
      parts.add(demand.part(gpu, new LayerRange(first, end)));
      first = end;
    }
    return first == layers ? new GpuPlan(parts) : null;
  }

  /// {@return whether every GPU has what its part needs}
  public boolean fits() {
    return parts.stream().allMatch(Part::fits);
  }

  /// Refuses a plan that does not fit.
  ///
  /// @param demand what the plan was made for
  /// @throws InvalidRequestException with all numbers and what to do
  public void require(Demand demand) {
    if (!fits()) {
      throw new InvalidRequestException(
          "the model does not fit on the GPUs:%n%s%nAsk for fewer slots than %d, a contextLength shorter than %d, a lower precision than %s, or more GPUs"
              .formatted(this, demand.slots, demand.maxContext, demand.precision.label()));
    }
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Part part : parts) {
      text.append(text.isEmpty() ? "" : "\n").append(part);
    }
    return text.toString();
  }
}
