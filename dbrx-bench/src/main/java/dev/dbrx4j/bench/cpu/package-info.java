/// `./dbrx bench cpu`: how fast quantised models run on the processor, beside llama.cpp on the same
/// weights and beside what the memory can deliver.
///
/// [CpuCommand] measures, on a [BenchModel] in all forms that are compared: [RunnerSpeed] ours,
/// [LlamaBench] theirs, [Bandwidth] the bound of both, [LoadProbe] what only a fresh process shows.
@org.jspecify.annotations.NullMarked
package dev.dbrx4j.bench.cpu;
