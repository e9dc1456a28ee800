package dev.dbrx4j.onnx.bundle;

import dev.dbrx4j.ProgressListener;
import dev.dbrx4j.ProgressListener.Progress;
import java.time.Duration;

/// Counts bytes done by several threads and tells a listener, one call at a time.
public final class ByteProgress {
  private final ProgressListener listener;
  private final String task;
  private final long totalBytes;
  private final long resumedBytes;
  private final long startNanos = System.nanoTime();
  private long doneBytes;

  /// Starts counting.
  ///
  /// @param listener who is told
  /// @param task what is being done
  /// @param totalBytes bytes in all
  /// @param resumedBytes bytes done before
  public ByteProgress(ProgressListener listener, String task, long totalBytes, long resumedBytes) {
    this.listener = listener;
    this.task = task;
    this.totalBytes = totalBytes;
    this.resumedBytes = resumedBytes;
    this.doneBytes = resumedBytes;
  }

  /// Counts more bytes.
  ///
  /// @param detail what they belong to
  /// @param bytes how many
  public synchronized void add(String detail, long bytes) {
    doneBytes += bytes;
    Duration elapsed = Duration.ofNanos(System.nanoTime() - startNanos);
    listener.update(new Progress(task, detail, doneBytes, totalBytes, resumedBytes, elapsed));
  }
}
