package dev.dbrx4j;

/// Told how long work goes on: exporting a checkpoint, verifying a bundle. Called on the working
/// thread.
@FunctionalInterface
public interface ProgressListener {
  /// One step further.
  ///
  /// @param progress where the work stands
  void update(Progress progress);

  /// {@return a listener that ignores everything}
  static ProgressListener none() {
    return progress -> {};
  }

  /// Where a piece of work stands.
  ///
  /// @param task what is being done, as a short phrase such as "exporting"
  /// @param detail what it is at right now, such as a tensor's name
  /// @param doneBytes bytes done, of them `resumedBytes` by an earlier attempt
  /// @param totalBytes bytes in all
  /// @param resumedBytes bytes found done at the start
  /// @param elapsed time since the start
  record Progress(
      String task,
      String detail,
      long doneBytes,
      long totalBytes,
      long resumedBytes,
      java.time.Duration elapsed) {
    /// {@return bytes a second since the start, not counting what was found done; 0 at the start}
    public double bytesPerSecond() {
      double seconds = elapsed.toNanos() / 1e9;
      return seconds <= 0 ? 0 : (doneBytes - resumedBytes) / seconds;
    }

    /// {@return the time left at the rate so far, or empty at the start}
    public java.util.Optional<java.time.Duration> remaining() {
      double rate = bytesPerSecond();
      return rate <= 0
          ? java.util.Optional.empty()
          : java.util.Optional.of(
              java.time.Duration.ofMillis((long) ((totalBytes - doneBytes) * 1000 / rate)));
    }
  }
}
