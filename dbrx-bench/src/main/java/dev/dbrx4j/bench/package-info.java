/// Benchmarks: what `./dbrx bench` runs, [dev.dbrx4j.bench.BenchReport] that they print with, and
/// [dev.dbrx4j.bench.RandomCheckpoint], models of any size to run them on.
@org.jspecify.annotations.NullMarked
package dev.dbrx4j.bench;
