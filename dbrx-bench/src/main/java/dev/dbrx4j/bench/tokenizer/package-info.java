/// The tokenizer beside jtokkit and Hugging Face's tokenizer as DJL binds it: [TokenizerCommand]
/// starts JVMs by turns, in each of which a [Worker] measures one [Contestant] on every [Workload].
@org.jspecify.annotations.NullMarked
package dev.dbrx4j.bench.tokenizer;
