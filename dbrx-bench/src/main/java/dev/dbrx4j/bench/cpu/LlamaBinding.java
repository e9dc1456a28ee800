package dev.dbrx4j.bench.cpu;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.LlamaOutput;
import de.kherud.llama.ModelParameters;
import de.kherud.llama.args.LogFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;

/// llama.cpp from Java, as a program gets it from Maven Central.
///
/// @param threads that it may use
record LlamaBinding(int threads) implements Peer {
  /// What it adds to a prompt and to an answer: a first token, a space, an end.
  private static final int MARGIN = 64;

  @Override
  public String title() {
    return "de.kherud:llama";
  }

  /// {@return why it cannot run on this machine, or nothing if it can}
  static String obstacle() {
    try {
      LlamaModel.setLogger(LogFormat.TEXT, (level, message) -> {});
      return "";
    } catch (LinkageError e) {
      return e.toString();
    }
  }

  @Override
  public double prefill(Path model, int tokens) throws IOException {
    Timing timing = run(model, tokens, 2);
    return timing.promptTokens * 1e9 / timing.firstNanos;
  }

  @Override
  public double decode(Path model, int context, int tokens) throws IOException {
    Timing timing = run(model, context, tokens + 1);
    return timing.laterTokens * 1e9 / timing.laterNanos;
  }

  /// @param firstNanos from the call to the first piece of text
  /// @param laterNanos from the first piece to the last
  private record Timing(int promptTokens, int laterTokens, long firstNanos, long laterNanos) {}

  private Timing run(Path file, int promptTokens, int tokens) throws IOException {
    ModelParameters parameters =
        new ModelParameters()
            .disableLog()
            .setModel(file.toString())
            .setThreads(threads)
            .setThreadsBatch(threads)
            .setCtxSize(promptTokens + tokens + MARGIN);
    try (LlamaModel model = new LlamaModel(parameters)) {
      String prompt = letters(promptTokens);
      int length = model.encode(prompt).length;
      InferenceParameters request =
          new InferenceParameters(prompt).setNPredict(tokens).setIgnoreEos(true).setTemperature(0);
      long start = System.nanoTime();
      long first = 0;
      long last = start;
      int pieces = 0;
      for (LlamaOutput _ : model.generate(request)) {
        last = System.nanoTime();
        first = pieces++ == 0 ? last : first;
      }
      return new Timing(length, tokens - 1, first - start, last - first);
    } catch (RuntimeException e) {
      throw new IOException("de.kherud:llama cannot run " + file + ": " + e.getMessage(), e);
    }
  }

  /// {@return a text of as many letters: the benchmark's vocabulary has a token for each byte}
  private static String letters(int count) {
    return new Random(1)
        .ints(count, 'a', 'z' + 1)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
