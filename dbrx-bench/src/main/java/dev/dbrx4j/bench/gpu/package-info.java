/// Measurements on NVIDIA GPUs, and their rehearsal without one.
@org.jspecify.annotations.NullMarked
package dev.dbrx4j.bench.gpu;
