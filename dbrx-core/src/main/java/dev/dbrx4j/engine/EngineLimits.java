package dev.dbrx4j.engine;

/// How much an engine takes on.
///
/// @param stepTokens tokens that one step may run, at least one more than there are slots
/// @param queueBound requests that may wait for a slot
public record EngineLimits(int stepTokens, int queueBound) {}
