package dev.dbrx4j.onnx.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.dbrx4j.onnx.TestCheckpoints;
import dev.dbrx4j.onnx.runtime.ReferenceModel.Trace;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// Holds the plain forward pass to the reference's results, so that it may judge the graph.
class ReferenceModelTest {
  /// Two float32 passes differ by up to 1.1e-4 on these prompts, the smallest planted mistake moves
  /// them by 8e-3.
  private static final double BOUND = 2e-4;

  @ParameterizedTest
  @MethodSource("dev.dbrx4j.onnx.runtime.Golden#all")
  void agreesWithGoldens(Golden golden) {
    for (Path checkpoint : golden.checkpoints()) {
      ReferenceModel model =
          new ReferenceModel(
              golden.config(), TestCheckpoints.read(checkpoint), golden.ropeFrequencies());
      Difference difference = new Difference();
      for (Golden.Prompt prompt : golden.prompts()) {
        double[][] logits = model.run(prompt.tokens()).logits();
        difference.add("last logits", prompt.lastLogits(), logits[logits.length - 1]);
      }
      addIntermediates(difference, golden, model);
      System.out.println("[worst] reference on " + checkpoint + ":" + difference);
      difference.assertBelow(BOUND);
    }
  }

  private static void addIntermediates(Difference difference, Golden golden, ReferenceModel model) {
    JsonNode p7 = golden.prompt("p7");
    Trace trace = model.run(golden.ints(p7.get("input_ids")));
    difference.add("all logits", golden.floats(p7.get("all_logits")), trace.logits());
    difference.add(
        "hidden states",
        golden.floats(p7.get("hidden_states")),
        trace.hiddenStates().stream().flatMap(Arrays::stream).toArray(double[][]::new));
    JsonNode layer0 = p7.get("kv_layer0");
    difference.add("keys", golden.floats(layer0.get("key")), byHead(trace.keys(), model));
    difference.add("values", golden.floats(layer0.get("value")), byHead(trace.values(), model));
    JsonNode p33 = golden.prompt("p33");
    difference.add(
        "router",
        golden.floats(p33.get("router_layer0").get("probs")),
        model.run(golden.ints(p33.get("input_ids"))).routerProbabilities().getFirst());
  }

  private static double[][] byHead(List<double[][]> layers, ReferenceModel model) {
    return ReferenceModel.byHead(layers.getFirst(), model.config().headDim());
  }

  @Test
  void errorFunctionHasItsTabulatedValues() {
    assertThat(ReferenceModel.erf(0.5)).isCloseTo(0.5204998778130465, within(1e-15));
    assertThat(ReferenceModel.erf(-2)).isCloseTo(-0.9953222650189527, within(1e-15));
    assertThat(ReferenceModel.erf(4)).isCloseTo(0.9999999845827421, within(1e-15));
  }
}
