/// Files for llama.cpp, in the format that it calls GGUF, so that it can be measured on the weights
/// that we run.
@org.jspecify.annotations.NullMarked
package dev.dbrx4j.bench.gguf;
