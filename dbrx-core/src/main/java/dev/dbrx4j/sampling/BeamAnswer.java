package dev.dbrx4j.sampling;

import java.util.List;

/// One finished answer of a [BeamSearch].
///
/// @param tokens the generated tokens, the end-of-sequence token included if it was reached
/// @param score the log-probability divided by the length to the power of the length penalty
public record BeamAnswer(List<Integer> tokens, double score) {}
