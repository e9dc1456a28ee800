/// A model's statistics as Micrometer meters.
@org.jspecify.annotations.NullMarked
@SuppressWarnings({
  "requires-automatic",
  "requires-transitive-automatic"
}) // Micrometer has no descriptors
module dev.dbrx4j.micrometer {
  requires static transitive org.jspecify;
  requires transitive dev.dbrx4j.core;
  requires transitive micrometer.core;

  exports dev.dbrx4j.micrometer;
}
