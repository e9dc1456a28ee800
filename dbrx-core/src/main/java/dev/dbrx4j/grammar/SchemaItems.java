package dev.dbrx4j.grammar;

import java.util.List;
import java.util.Optional;

/// What a schema says of an array's elements.
///
/// @param first of the first ones, one by one
/// @param rest of all others
record SchemaItems(List<SchemaPart> first, Optional<SchemaPart> rest) {
  static SchemaItems of(SchemaPart schema) {
    if (schema.has("items") && schema.at("items").json().isArray()) {
      return new SchemaItems(schema.at("items").elements(), optional(schema, "additionalItems"));
    }
    return new SchemaItems(
        schema.has("prefixItems") ? schema.at("prefixItems").elements() : List.of(),
        optional(schema, "items"));
  }

  private static Optional<SchemaPart> optional(SchemaPart schema, String keyword) {
    return schema.has(keyword) ? Optional.of(schema.at(keyword)) : Optional.empty();
  }

  Optional<SchemaPart> at(int index) {
    return index < first.size() ? Optional.of(first.get(index)) : rest;
  }
}
