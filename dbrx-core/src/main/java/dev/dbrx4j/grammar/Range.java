package dev.dbrx4j.grammar;

import java.util.Optional;

/// A range whose bounds may be missing.
record Range<T>(Optional<T> min, Optional<T> max) {}
