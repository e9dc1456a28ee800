package dev.dbrx4j.onnx.runtime;

import static dev.dbrx4j.onnx.ort.ElementType.FLOAT;
import static dev.dbrx4j.onnx.ort.ElementType.INT32;
import static dev.dbrx4j.onnx.ort.ElementType.INT64;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.InvalidModelException;
import dev.dbrx4j.onnx.graph.CudaGraph;
import dev.dbrx4j.onnx.graph.LayerRange;
import dev.dbrx4j.onnx.ort.ElementType;
import dev.dbrx4j.onnx.ort.OrtSession;
import dev.dbrx4j.onnx.ort.TensorType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.LongStream;

/// Inputs and outputs that the runner expects of a graph. `batch` is slots in the pass, `seq` new
/// tokens in each, `rows` positions whose logits are wanted, which may be none unless the graph
/// tells the likeliest tokens.
///
/// | name | shape | meaning |
/// |---|---|---|
/// | `input_ids` | int64 `[batch, seq]` | new tokens |
/// | `seqlens_k` | int32 `[batch]` | tokens of the slot after this pass, less 1 |
/// | `total_sequence_length` | int32 `[]` | tokens of the fullest slot after this pass |
/// | `logits_rows` | int64 `[rows]` | indices into the flattened `[batch * seq]` |
/// | `past_key.N`, `past_value.N` | float `[batch, kvHeads, maxContext, headDim]` | layer N's cache |
/// | `logits` | float `[rows, vocabSize]` | next-token scores |
/// | `likeliest` | float `[rows, 1 + 2 * count]` | where the graph says which tokens those are; see [dev.dbrx4j.spi.Logits#likeliest] |
/// | `present_key.N`, `present_value.N` | as the past's | the same memory |
///
/// A graph of some of the layers has the caches of these. Unless it begins the model, it takes
/// `hidden_in` in place of `input_ids`; unless it ends the model, it gives `hidden_out` in place of
/// `logits`, and takes no `logits_rows`. Both are `[batch, seq, dModel]`, of the type that a GPU's
/// caches are of too: that of the activations.
final class GraphContract {
  static final String INPUT_IDS = "input_ids";
  static final String SEQLENS_K = "seqlens_k";
  static final String TOTAL_SEQUENCE_LENGTH = "total_sequence_length";
  static final String LOGITS_ROWS = "logits_rows";
  static final String LOGITS = "logits";
  static final String LIKELIEST = "likeliest";
  static final String HIDDEN_IN = "hidden_in";
  static final String HIDDEN_OUT = "hidden_out";

  /// A dimension that each pass chooses.
  private static final long ANY = -1;

  private GraphContract() {}

  static String pastKey(int layer) {
    return "past_key." + layer;
  }

  static String pastValue(int layer) {
    return "past_value." + layer;
  }

  static String presentKey(int layer) {
    return "present_key." + layer;
  }

  static String presentValue(int layer) {
    return "present_value." + layer;
  }

  /// Checks a graph's inputs and outputs against the model's configuration.
  ///
  /// @param layers which the graph has
  /// @param activations type of the numbers that pass from layer to layer
  /// @param likeliestCount tokens that the graph tells apart from each row of logits; 0 if it does
  ///   not
  /// @param graph what to call it
  /// @throws InvalidModelException naming the first difference
  static void check(
      OrtSession session,
      DbrxConfig config,
      LayerRange layers,
      ElementType activations,
      int likeliestCount,
      String graph) {
    Map<String, TensorType> inputs = new LinkedHashMap<>();
    Map<String, TensorType> outputs = new LinkedHashMap<>();
    TensorType hidden = type(activations, ANY, ANY, config.dModel());
    if (layers.takesTokens()) {
      inputs.put(INPUT_IDS, type(INT64, ANY, ANY));
    } else {
      inputs.put(HIDDEN_IN, hidden);
    }
    inputs.put(SEQLENS_K, type(INT32, ANY));
    inputs.put(TOTAL_SEQUENCE_LENGTH, type(INT32));
    if (layers.givesLogits(config)) {
      inputs.put(LOGITS_ROWS, type(INT64, ANY));
      outputs.put(LOGITS, type(FLOAT, ANY, config.vocabSize()));
      if (likeliestCount > 0) {
        outputs.put(LIKELIEST, type(FLOAT, ANY, CudaGraph.likeliestWidth(likeliestCount)));
      }
    } else {
      outputs.put(HIDDEN_OUT, hidden);
    }
    TensorType cache = type(activations, ANY, config.nKvHeads(), ANY, config.headDim());
    for (int layer = layers.first(); layer < layers.end(); layer++) {
      inputs.put(pastKey(layer), cache);
      inputs.put(pastValue(layer), cache);
      outputs.put(presentKey(layer), cache);
      outputs.put(presentValue(layer), cache);
    }
    check(graph, "input", inputs, session.inputs());
    check(graph, "output", outputs, session.outputs());
  }

  private static TensorType type(ElementType elementType, long... shape) {
    return new TensorType(elementType, LongStream.of(shape).boxed().toList());
  }

  private static void check(
      String graph, String kind, Map<String, TensorType> expected, Map<String, TensorType> actual) {
    expected.forEach((name, type) -> {
      TensorType found = actual.get(name);
      if (found == null || !fits(type, found)) {
        throw mismatch(graph, "%s %s is %s, not %s".formatted(kind, name, found, type));
      }
    });
    if (actual.size() > expected.size()) {
      throw mismatch(
          graph, "its %ss are %s, not %s".formatted(kind, actual.keySet(), expected.keySet()));
    }
  }

  private static boolean fits(TensorType expected, TensorType actual) {
    if (expected.elementType() != actual.elementType()
        || expected.shape().size() != actual.shape().size()) {
      return false;
    }
    for (int i = 0; i < expected.shape().size(); i++) {
      long wanted = expected.shape().get(i);
      if (wanted != ANY && actual.shape().get(i) != ANY && wanted != actual.shape().get(i)) {
        return false;
      }
    }
    return true;
  }

  private static InvalidModelException mismatch(String graph, String difference) {
    return new InvalidModelException(
        "%s does not fit the bundle's configuration: %s. Export the checkpoint again"
            .formatted(graph, difference));
  }
}
