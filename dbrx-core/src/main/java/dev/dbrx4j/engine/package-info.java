/// The engine: many callers, one model.
///
/// A [Request] is submitted to the [Engine], which returns a [Generation]: the hand-over between
/// the engine's thread and the caller's. On the engine's thread [EngineLoop#step()] is the whole
/// story: retire what was cancelled, decode one token of every running [Sequence], and prefill the
/// next prompt with what is left of the step's token budget. The [Scheduler] decides who is next,
/// the [SlotTable] where in the KV cache, [StopCondition] and [OutputText] when a text ends and
/// what of it may be shown.
///
/// One thread owns scheduler, runner and samplers, so their state needs no locks and a seed
/// repeats.
package dev.dbrx4j.engine;
