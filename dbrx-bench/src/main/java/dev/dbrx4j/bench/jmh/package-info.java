/// JMH benchmarks, run by `./dbrx bench jmh`.
package dev.dbrx4j.bench.jmh;
