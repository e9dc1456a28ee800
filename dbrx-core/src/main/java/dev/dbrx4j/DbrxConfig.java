package dev.dbrx4j;

import dev.dbrx4j.checkpoint.ConfigJson;
import dev.dbrx4j.checkpoint.JsonObject;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The numbers that define a DBRX model, as in its `config.json` with class defaults applied.
///
/// @param dModel width of the residual stream
/// @param nHeads query heads
/// @param nKvHeads key/value heads; each serves `nHeads / nKvHeads` query heads
/// @param nLayers transformer blocks
/// @param maxSeqLen longest context the model was made for, in tokens
/// @param vocabSize rows of the embedding, padding included
/// @param clipQkv bound on the entries of the fused query/key/value projection, or null for none
/// @param ropeTheta base of the rotary frequencies
/// @param ffnHiddenSize width inside an expert
/// @param nExperts experts in a block
/// @param topK experts that serve a token
/// @param expertWeightNorm p of the p-norm that divides the chosen experts' weights, or null to
///   leave them as the softmax gave them
/// @param activation the experts' gate activation
public record DbrxConfig(
    int dModel,
    int nHeads,
    int nKvHeads,
    int nLayers,
    int maxSeqLen,
    int vocabSize,
    @Nullable Float clipQkv,
    double ropeTheta,
    int ffnHiddenSize,
    int nExperts,
    int topK,
    @Nullable Float expertWeightNorm,
    Activation activation) {

  /// Gate activation of an expert.
  public enum Activation {
    /// x * sigmoid(x)
    SILU,
    /// x * Phi(x), with the exact error function
    GELU
  }

  /// Reads a checkpoint's `config.json`. An absent key has the default of the reference's config
  /// class, which is not always DBRX's own value.
  ///
  /// @param file the file
  /// @return the configuration
  /// @throws InvalidModelException if a key is unknown, its value of the wrong type or out of
  ///   range, or if two values contradict each other; it names file, key and value
  public static DbrxConfig read(Path file) {
    return ConfigJson.parse(JsonObject.read(file));
  }

  /// {@return width of one head}
  public int headDim() {
    return dModel / nHeads;
  }

  /// {@return output width of the fused query/key/value projection}
  public int qkvWidth() {
    return dModel + 2 * nKvHeads * headDim();
  }

  /// {@return the number of weights, 131,596,523,520 for DBRX}
  public long parameters() {
    return parametersWith(nExperts);
  }

  /// {@return the number of weights that a token meets, both embeddings counted: 36,469,708,800 for
  /// DBRX}
  public long activeParameters() {
    return parametersWith(topK);
  }

  /// {@return how many numbers a token adds to the KV cache}
  public long kvCacheNumbersPerToken() {
    return 2L * nLayers * nKvHeads * headDim();
  }

  private long parametersWith(int experts) {
    long d = dModel;
    long attention = qkvWidth() * d + d * d;
    long router = nExperts * d;
    long norms = 2 * d;
    long block = attention + router + norms + 3 * d * ffnHiddenSize * experts;
    return nLayers * block + 2 * d * vocabSize + d;
  }
}
