/// A model's statistics as Micrometer meters: [dev.dbrx4j.micrometer.DbrxMetrics].
@org.jspecify.annotations.NullMarked
package dev.dbrx4j.micrometer;
