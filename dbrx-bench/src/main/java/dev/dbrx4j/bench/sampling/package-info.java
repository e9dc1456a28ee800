/// What picking a token costs, and what structured output adds.
@org.jspecify.annotations.NullMarked
package dev.dbrx4j.bench.sampling;
