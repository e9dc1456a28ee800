package dev.dbrx4j.onnx;

import dev.dbrx4j.InvalidRequestException;
import dev.dbrx4j.Precision;
import dev.dbrx4j.ProgressListener;

/// How to export.
///
/// @param precision how to store matrices
/// @param threads tensors to work on at once; each takes about 5 MB of memory
/// @param progress told how far the export is. If it throws, the export ends with that exception
///   and can be resumed
public record ExportOptions(Precision precision, int threads, ProgressListener progress) {
  /// Checks the options.
  ///
  /// @param precision how to store matrices
  /// @param threads tensors to work on at once
  /// @param progress told how far the export is
  public ExportOptions {
    if (threads < 1) {
      throw new InvalidRequestException("option threads is " + threads + ", allowed: 1 or more");
    }
  }

  /// {@return options to export in float32 on all processors, telling nobody}
  public static ExportOptions defaults() {
    int threads = Runtime.getRuntime().availableProcessors();
    return new ExportOptions(Precision.FP32, threads, ProgressListener.none());
  }

  /// {@return these options with another precision}
  ///
  /// @param precision how to store matrices
  public ExportOptions withPrecision(Precision precision) {
    return new ExportOptions(precision, threads, progress);
  }

  /// {@return these options with another number of threads}
  ///
  /// @param threads tensors to work on at once
  public ExportOptions withThreads(int threads) {
    return new ExportOptions(precision, threads, progress);
  }

  /// {@return these options with another listener}
  ///
  /// @param progress told how far the export is
  public ExportOptions withProgress(ProgressListener progress) {
    return new ExportOptions(precision, threads, progress);
  }
}
