package dev.dbrx4j.spi;

import dev.dbrx4j.Device;
import dev.dbrx4j.Precision;
import dev.dbrx4j.ProgressListener;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/// How a runner is to be opened.
///
/// @param slots sequences that can run at once
/// @param maxContext tokens a slot holds; empty for the model's own maximum
/// @param threads threads of a forward pass; empty for one a physical core
/// @param device where to run
/// @param stepTokens new tokens that a forward pass is asked for at most, where the runner has to
///   set memory aside for them
/// @param cacheFolder where exported bundles are kept; empty for the user's cache folder
/// @param precision how the matrices are to be stored; empty for a bundle as it is and for a
///   checkpoint exactly
/// @param progress told about long work
public record RunnerOptions(
    int slots,
    OptionalInt maxContext,
    OptionalInt threads,
    Device device,
    int stepTokens,
    Optional<Path> cacheFolder,
    Optional<Precision> precision,
    ProgressListener progress) {
  /// {@return options for one sequence of the model's longest context on the processor}
  public static RunnerOptions defaults() {
    return new RunnerOptions(
        1,
        OptionalInt.empty(),
        OptionalInt.empty(),
        Device.cpu(),
        512,
        Optional.empty(),
        Optional.empty(),
        ProgressListener.none());
  }

  /// {@return the same with another number of slots}
  ///
  /// @param count sequences that can run at once
  public RunnerOptions withSlots(int count) {
    return new RunnerOptions(
        count, maxContext, threads, device, stepTokens, cacheFolder, precision, progress);
  }

  /// {@return the same with another context}
  ///
  /// @param tokens what a slot holds
  public RunnerOptions withMaxContext(int tokens) {
    OptionalInt context = OptionalInt.of(tokens);
    return new RunnerOptions(
        slots, context, threads, device, stepTokens, cacheFolder, precision, progress);
  }

  /// {@return the same elsewhere}
  ///
  /// @param where to run
  public RunnerOptions withDevice(Device where) {
    return new RunnerOptions(
        slots, maxContext, threads, where, stepTokens, cacheFolder, precision, progress);
  }

  /// {@return the same with another cache folder}
  ///
  /// @param folder where exported bundles are kept
  public RunnerOptions withCacheFolder(Path folder) {
    Optional<Path> cache = Optional.of(folder);
    return new RunnerOptions(
        slots, maxContext, threads, device, stepTokens, cache, precision, progress);
  }

  /// {@return the same with another precision}
  ///
  /// @param stored how the matrices are to be stored
  public RunnerOptions withPrecision(Precision stored) {
    Optional<Precision> wanted = Optional.of(stored);
    return new RunnerOptions(
        slots, maxContext, threads, device, stepTokens, cacheFolder, wanted, progress);
  }
}
