package dev.dbrx4j.bench.engine;

import dev.dbrx4j.DbrxModel;
import dev.dbrx4j.FinishReason;
import dev.dbrx4j.GenerationOptions;
import dev.dbrx4j.GenerationResult;
import dev.dbrx4j.Prompt;
import dev.dbrx4j.TokenStream;
import dev.dbrx4j.bench.RandomText;
import dev.dbrx4j.tokenizer.DbrxTokenizer;
import java.nio.file.Path;
import java.util.Random;

/// How long it takes from closing a stream to its end while its prompt is one long pass.
final class Cancellation {
  private final Path folder;
  private final int count;
  private final Random random = new Random(1);

  Cancellation(Path folder, int count) {
    this.folder = folder;
    this.count = count;
  }

  /// {@return milliseconds, one value a cancellation that met a prefill}
  double[] latencies() throws InterruptedException {
    int context = contextLength();
    try (DbrxModel model =
        DbrxModel.builder().slots(2).contextLength(context).stepTokens(context).load(folder)) {
      double prefillMillis = generate(model).timings().prefill().toNanos() / 1e6;
      double[] millis = new double[count];
      for (int i = 0; i < count; ) {
        double latency = cancel(model, (0.1 + 0.7 * random.nextDouble()) * prefillMillis);
        if (latency >= 0) {
          millis[i++] = latency;
        }
      }
      return millis;
    }
  }

  private int contextLength() {
    try (DbrxModel model = DbrxModel.builder().slots(1).load(folder)) {
      return Math.min(4096, model.contextLength());
    }
  }

  private GenerationResult generate(DbrxModel model) {
    return model.generate(prompt(model), GenerationOptions.builder().maxNewTokens(1).build());
  }

  /// Returns a negative number if the prompt was through before.
  private double cancel(DbrxModel model, double afterMillis) throws InterruptedException {
    TokenStream stream =
        model.stream(prompt(model), GenerationOptions.builder().maxNewTokens(1).build());
    Thread.sleep((long) afterMillis);
    long start = System.nanoTime();
    stream.close();
    GenerationResult result = stream.result();
    double millis = (System.nanoTime() - start) / 1e6;
    return result.finishReason() == FinishReason.CANCELLED && result.tokenIds().length == 0
        ? millis
        : -1;
  }

  private Prompt prompt(DbrxModel model) {
    DbrxTokenizer tokenizer = model.tokenizer().orElseGet(DbrxTokenizer::bundled);
    return Prompt.ids(RandomText.ids(tokenizer, model.contextLength() - 2, random));
  }
}
