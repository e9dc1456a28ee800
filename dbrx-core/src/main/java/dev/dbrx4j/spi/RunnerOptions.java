package dev.dbrx4j.spi;

import dev.dbrx4j.ProgressListener;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/// How a runner is to be opened.
///
/// @param slots sequences that can run at once
/// @param maxContext tokens a slot holds; empty for the model's own maximum
/// @param threads threads of a forward pass; empty for one a physical core
/// @param cacheFolder where exported bundles are kept; empty for the user's cache folder
/// @param progress told about long work
public record RunnerOptions(
    int slots,
    OptionalInt maxContext,
    OptionalInt threads,
    Optional<Path> cacheFolder,
    ProgressListener progress) {}
