package dev.dbrx4j.sampling;

/// One change to the logits before the pick. Holds no state of a sequence, so that beams can share
/// it; a user's [dev.dbrx4j.LogitsProcessor] becomes one by `processor::process`.
@FunctionalInterface
interface LogitsStep {
  void apply(TokenHistory history, LogitsRow row);
}
