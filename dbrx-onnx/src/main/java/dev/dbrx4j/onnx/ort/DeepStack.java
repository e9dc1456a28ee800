package dev.dbrx4j.onnx.ort;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/// Calls what recurses deeply on a thread with a stack for it. ONNX Runtime searches the process's
/// command line with a regular expression, some 200 bytes of stack a character: a class path of 5
/// KB overflows the usual stack, and the process dies without a word.
final class DeepStack {
  /// Address space, of which pages are taken as they are touched: a command line of a million
  /// characters.
  private static final long BYTES = 256L << 20;

  private DeepStack() {}

  static <T> T call(Supplier<T> work) {
    try {
      return CompletableFuture.supplyAsync(
              work, task -> new Thread(null, task, "dbrx4j-deep-stack", BYTES).start())
          .join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }
}
