/// The soak: many callers on one model for a long time, and processes killed at random moments.
@org.jspecify.annotations.NullMarked
package dev.dbrx4j.bench.soak;
