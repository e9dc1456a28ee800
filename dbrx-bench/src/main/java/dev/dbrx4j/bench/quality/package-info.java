/// What quantising does to a model's answers.
@org.jspecify.annotations.NullMarked
package dev.dbrx4j.bench.quality;
