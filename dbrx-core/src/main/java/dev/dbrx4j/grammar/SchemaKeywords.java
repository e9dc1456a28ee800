package dev.dbrx4j.grammar;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Reads the keywords that bear on a value by themselves into facts.
final class SchemaKeywords {
  private static final Set<String> UNSUPPORTED =
      Set.of(
          "not",
          "if",
          "then",
          "else",
          "patternProperties",
          "propertyNames",
          "dependencies",
          "dependentRequired",
          "dependentSchemas",
          "contains",
          "minContains",
          "maxContains",
          "$dynamicRef",
          "$recursiveRef");

  private final SchemaPart schema;
  private final SchemaFacts facts;

  private SchemaKeywords(SchemaPart schema, SchemaFacts facts) {
    this.schema = schema;
    this.facts = facts;
  }

  /// Adds what a schema says to facts.
  static void add(SchemaPart schema, SchemaFacts facts) {
    SchemaKeywords keywords = new SchemaKeywords(schema, facts);
    for (String keyword : schema.json().propertyNames()) {
      keywords.add(keyword, schema.at(keyword));
    }
  }

  private void add(String keyword, SchemaPart value) {
    if (UNSUPPORTED.contains(keyword)) {
      throw value.refused("the keyword is not supported");
    }
    switch (keyword) {
      case "type" -> addTypes(value);
      case "enum" -> addValues(value);
      case "const" -> facts.keepValues(List.of(value.json()));
      case "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf" ->
          addNumber(keyword, value);
      case "minLength", "maxLength", "pattern", "format" -> addString(keyword, value);
      case "properties", "required", "additionalProperties", "minProperties", "maxProperties" ->
          addObject(keyword, value);
      case "items", "prefixItems", "additionalItems", "minItems", "maxItems", "uniqueItems" ->
          addArray(keyword, value);
      case "unevaluatedProperties", "unevaluatedItems" -> {
        if (!value.json().isBoolean()) {
          throw value.refused("only true and false are supported");
        }
      }
      default -> {
        // an annotation, or a keyword that SchemaCompiler expands
      }
    }
  }

  private void addTypes(SchemaPart value) {
    EnumSet<JsonType> named = EnumSet.noneOf(JsonType.class);
    boolean numbers = false;
    boolean integers = false;
    for (JsonNode name : value.json().isArray() ? value.json() : List.of(value.json())) {
      switch (name.isString() ? name.stringValue() : "") {
        case "null" -> named.add(JsonType.NULL);
        case "boolean" -> named.add(JsonType.BOOLEAN);
        case "object" -> named.add(JsonType.OBJECT);
        case "array" -> named.add(JsonType.ARRAY);
        case "string" -> named.add(JsonType.STRING);
        case "number" -> numbers = true;
        case "integer" -> integers = true;
        default -> throw value.refused(name + " is no type");
      }
    }
    if (numbers || integers) {
      named.add(JsonType.NUMBER);
      facts.integer |= !numbers;
    }
    facts.typed = true;
    facts.types.retainAll(named);
  }

  private void addValues(SchemaPart value) {
    if (!value.json().isArray() || value.json().isEmpty()) {
      throw value.refused("must be an array of values");
    }
    List<JsonNode> values = new ArrayList<>();
    value.json().forEach(values::add);
    facts.keepValues(values);
  }

  private void addNumber(String keyword, SchemaPart value) {
    facts.described.add(JsonType.NUMBER);
    BigDecimal number = value.number();
    switch (keyword) {
      case "minimum" -> facts.raiseMin(number, false);
      case "exclusiveMinimum" -> facts.raiseMin(number, true);
      case "maximum" -> facts.lowerMax(number, false);
      case "exclusiveMaximum" -> facts.lowerMax(number, true);
      default -> addMultiple(number, value);
    }
  }

  private void addMultiple(BigDecimal number, SchemaPart value) {
    if (number.signum() <= 0) {
      throw value.refused("must be above 0");
    }
    BigDecimal other = facts.multipleOf;
    if (other != null
        && number.remainder(other).signum() != 0
        && other.remainder(number).signum() != 0) {
      throw value.refused(
          "two of these at once, " + other + " and " + number + ", are not supported");
    }
    facts.multipleOf = other == null ? number : number.max(other);
  }

  private void addString(String keyword, SchemaPart value) {
    switch (keyword) {
      case "minLength" -> facts.minLength = Math.max(facts.minLength, value.count());
      case "maxLength" -> facts.maxLength = Math.min(facts.maxLength, value.count());
      case "pattern" -> {
        String _ = value.string();
        facts.patterns.add(value);
      }
      default -> addFormat(value);
    }
    if (!keyword.equals("format")) {
      facts.described.add(JsonType.STRING);
    }
  }

  private void addFormat(SchemaPart value) {
    String format = value.string();
    switch (format) {
      case "int32" -> addBounds(Integer.MIN_VALUE, Integer.MAX_VALUE);
      case "int64" -> addBounds(Long.MIN_VALUE, Long.MAX_VALUE);
      case "float", "double" -> {}
      default -> {
        if (!StringFormats.isKnown(format)) {
          throw value.refused(
              "the format %s is not supported; those of strings are %s"
                  .formatted(format, StringFormats.names()));
        }
        facts.formats.add(format);
        facts.described.add(JsonType.STRING);
      }
    }
  }

  private void addBounds(long min, long max) {
    facts.raiseMin(BigDecimal.valueOf(min), false);
    facts.lowerMax(BigDecimal.valueOf(max), false);
  }

  private void addObject(String keyword, SchemaPart value) {
    facts.described.add(JsonType.OBJECT);
    switch (keyword) {
      case "required" -> {
        for (JsonNode name : value.json()) {
          if (!name.isString()) {
            throw value.refused("must be an array of strings");
          }
          facts.required.add(name.stringValue());
        }
      }
      case "minProperties" -> facts.minProperties = Math.max(facts.minProperties, value.count());
      case "maxProperties" -> facts.maxProperties = Math.min(facts.maxProperties, value.count());
      default -> {
        if (keyword.equals("properties") && !value.json().isObject()) {
          throw value.refused("must be an object of schemas");
        }
        if (!facts.objects.contains(schema)) {
          facts.objects.add(schema);
        }
      }
    }
  }

  private void addArray(String keyword, SchemaPart value) {
    facts.described.add(JsonType.ARRAY);
    switch (keyword) {
      case "minItems" -> facts.minItems = Math.max(facts.minItems, value.count());
      case "maxItems" -> facts.maxItems = Math.min(facts.maxItems, value.count());
      case "uniqueItems" -> {
        if (!value.json().isBoolean() || value.json().booleanValue()) {
          throw value.refused("only false is supported");
        }
      }
      default -> {
        if (!facts.arrays.contains(schema)) {
          facts.arrays.add(schema);
        }
      }
    }
  }
}
