/// What the engine brings and costs: `./dbrx bench engine`.
@org.jspecify.annotations.NullMarked
package dev.dbrx4j.bench.engine;
