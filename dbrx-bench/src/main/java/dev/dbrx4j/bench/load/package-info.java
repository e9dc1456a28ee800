/// The load test of DBRX's announcement: `./dbrx bench load`.
@org.jspecify.annotations.NullMarked
package dev.dbrx4j.bench.load;
