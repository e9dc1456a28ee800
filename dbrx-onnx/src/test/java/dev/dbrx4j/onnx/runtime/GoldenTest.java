package dev.dbrx4j.onnx.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbrx4j.spi.Logits;
import dev.dbrx4j.spi.LogitsRows;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// The exported graph on ONNX Runtime against the reference implementation's results.
class GoldenTest {
  /// Two float32 passes differ by up to 1.1e-4 on these prompts, the smallest planted mistake moves
  /// them by 8e-3.
  private static final double BOUND = 1e-3;

  private static final int MAX_CONTEXT = 192;

  /// The checkpoint that this repository ships; its goldens come from the program that trained it.
  private static final Path TRAINED = Path.of("..", "models", "dbrx-tiny");

  @ParameterizedTest
  @MethodSource("dev.dbrx4j.onnx.runtime.Golden#all")
  void logitsAndGreedyTokens(Golden golden) {
    for (Path checkpoint : golden.checkpoints()) {
      Difference difference = new Difference();
      try (OnnxModelRunner runner = TestModels.open(checkpoint, 1, MAX_CONTEXT)) {
        for (Golden.Prompt prompt : golden.prompts()) {
          addPrompt(difference, runner, prompt);
        }
        JsonNode p7 = golden.prompt("p7");
        int[] tokens = golden.ints(p7.get("input_ids"));
        float[] all = Difference.floats(runner.prefill(0, tokens, 0, LogitsRows.ALL).data());
        difference.add("all logits", all, golden.floats(p7.get("all_logits")));
      }
      System.out.println("[worst] ONNX Runtime on " + checkpoint + ":" + difference);
      difference.assertBelow(BOUND);
    }
  }

  @Test
  void trainedModel() {
    Difference difference = new Difference();
    try (OnnxModelRunner runner = TestModels.open(TRAINED, 1, MAX_CONTEXT)) {
      Golden.named("dbrx-tiny").prompts().forEach(p -> addPrompt(difference, runner, p));
    }
    System.out.println("[worst] ONNX Runtime on " + TRAINED + ":" + difference);
    difference.assertBelow(BOUND);
  }

  @Test
  void goldensAreOfTheTrainedWeights() throws Exception {
    byte[] weights = Files.readAllBytes(TRAINED.resolve("model.safetensors"));
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(weights);
    assertThat(HexFormat.of().formatHex(digest))
        .as("goldens are made anew whenever the weights are: see tools/README.md")
        .isEqualTo(Golden.named("dbrx-tiny").json().get("weights_sha256").asString());
  }

  private static void addPrompt(
      Difference difference, OnnxModelRunner runner, Golden.Prompt prompt) {
    int length = prompt.tokens().length;
    Logits logits = runner.prefill(0, prompt.tokens(), 0, LogitsRows.LAST);
    difference.add("last logits", Difference.floats(logits.data()), prompt.lastLogits());
    int[] greedy = new int[prompt.greedy().length];
    for (int i = 0; i < greedy.length; i++) {
      greedy[i] = highest(logits);
      logits = runner.decode(new int[] {0}, new int[] {greedy[i]}, new int[] {length + i});
    }
    assertThat(greedy).as(prompt.name()).isEqualTo(prompt.greedy());
  }

  private static int highest(Logits logits) {
    float[] row = Difference.floats(logits.row(0));
    int best = 0;
    for (int i = 1; i < row.length; i++) {
      best = row[i] > row[best] ? i : best;
    }
    return best;
  }

  @ParameterizedTest
  @MethodSource("dev.dbrx4j.onnx.runtime.Golden#all")
  void intermediates(Golden golden) {
    for (Path checkpoint : golden.checkpoints()) {
      Difference difference = new Difference();
      addHiddenStates(difference, golden, checkpoint);
      addRouter(difference, golden, checkpoint);
      System.out.println("[worst] intermediates of " + checkpoint + ":" + difference);
      difference.assertBelow(BOUND);
    }
  }

  private static void addHiddenStates(Difference difference, Golden golden, Path checkpoint) {
    JsonNode p7 = golden.prompt("p7");
    int[] tokens = golden.ints(p7.get("input_ids"));
    try (GraphProbe probe = GraphProbe.run(checkpoint, tokens)) {
      float[] states = golden.floats(p7.get("hidden_states"));
      int layers = golden.config().nLayers();
      int size = states.length / (layers + 1);
      for (int layer = 0; layer <= layers; layer++) {
        difference.add(
            "hidden state " + layer,
            probe.hiddenState(layer),
            java.util.Arrays.copyOfRange(states, layer * size, (layer + 1) * size));
      }
      JsonNode cache = p7.get("kv_layer0");
      difference.add("keys", probe.keys(0), golden.floats(cache.get("key")));
      difference.add("values", probe.values(0), golden.floats(cache.get("value")));
    }
  }

  private static void addRouter(Difference difference, Golden golden, Path checkpoint) {
    JsonNode p33 = golden.prompt("p33");
    try (GraphProbe probe = GraphProbe.run(checkpoint, golden.ints(p33.get("input_ids")))) {
      difference.add(
          "router",
          probe.routerProbabilities(0),
          golden.floats(p33.get("router_layer0").get("probs")));
    }
  }
}
