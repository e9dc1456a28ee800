package dev.dbrx4j.onnx.runtime;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.InvalidRequestException;
import dev.dbrx4j.spi.RunnerOptions;

/// What a runner may be asked for. ONNX Runtime would follow a wrong index out of its buffers, so
/// every argument is checked first.
///
/// @param vocabSize tokens that there are
/// @param slots rows of the KV cache
/// @param maxContext tokens that each holds
record PassLimits(int vocabSize, int slots, int maxContext) {
  /// Checks how a model is to be opened.
  ///
  /// @throws InvalidRequestException naming the option
  static PassLimits of(DbrxConfig config, RunnerOptions options) {
    int maxContext = options.maxContext().orElse(config.maxSeqLen());
    checkRange("slots", options.slots(), 1, Integer.MAX_VALUE);
    checkRange("maxContext", maxContext, 1, config.maxSeqLen());
    checkRange("threads", options.threads().orElse(1), 1, Integer.MAX_VALUE);
    return new PassLimits(config.vocabSize(), options.slots(), maxContext);
  }

  void checkPrefill(int slot, int[] tokens, int position) {
    checkRange("slot", slot, 0, slots - 1);
    checkRange("tokens.length", tokens.length, 1, maxContext);
    checkRange("position", position, 0, maxContext - tokens.length);
    checkTokens(tokens);
  }

  void checkDecode(int[] slots, int[] tokens, int[] positions) {
    checkRange("slots.length", slots.length, 1, this.slots);
    checkRange("tokens.length", tokens.length, slots.length, slots.length);
    checkRange("positions.length", positions.length, slots.length, slots.length);
    checkTokens(tokens);
    for (int i = 0; i < slots.length; i++) {
      checkRange(
          "slots, strictly ascending,", slots[i], i == 0 ? 0 : slots[i - 1] + 1, this.slots - 1);
      checkRange("position", positions[i], 0, maxContext - 1);
    }
  }

  void checkCopy(int from, int to, int tokens) {
    checkRange("from", from, 0, slots - 1);
    checkRange("to", to, 0, slots - 1);
    checkRange("tokens", tokens, 0, maxContext);
  }

  /// @param tokenBytes that a token takes in the KV cache
  /// @param memoryBytes that there are for them
  void checkKv(int slot, int position, int tokens, long tokenBytes, long memoryBytes) {
    checkRange("slot", slot, 0, slots - 1);
    checkRange("position", position, 0, maxContext);
    checkRange("tokens", tokens, 0, maxContext - position);
    if (memoryBytes < tokens * tokenBytes) {
      throw new InvalidRequestException(
          "%d tokens take %d bytes of KV cache, not %d"
              .formatted(tokens, tokens * tokenBytes, memoryBytes));
    }
  }

  private void checkTokens(int[] tokens) {
    for (int token : tokens) {
      checkRange("token id", token, 0, vocabSize - 1);
    }
  }

  private static void checkRange(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new InvalidRequestException(
          "%s is %d and must be in %d..%d".formatted(name, value, least, most));
    }
  }
}
