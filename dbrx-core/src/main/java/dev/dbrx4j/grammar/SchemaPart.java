package dev.dbrx4j.grammar;

import dev.dbrx4j.InvalidRequestException;
import java.math.BigDecimal;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// A schema within a document, and where it stands.
///
/// @param json an object or a boolean
/// @param path a JSON pointer behind `#`
record SchemaPart(JsonNode json, String path) {
  SchemaPart at(String keyword) {
    return new SchemaPart(json.get(keyword), path + "/" + escaped(keyword));
  }

  SchemaPart at(int index) {
    return new SchemaPart(json.get(index), path + "/" + index);
  }

  private static String escaped(String keyword) {
    return keyword.replace("~", "~0").replace("/", "~1");
  }

  boolean has(String keyword) {
    return json.has(keyword);
  }

  /// The parts of an array.
  List<SchemaPart> elements() {
    if (!json.isArray() || json.isEmpty()) {
      throw refused("must be an array of schemas");
    }
    return java.util.stream.IntStream.range(0, json.size()).mapToObj(this::at).toList();
  }

  int count() {
    if (!json.isIntegralNumber() || !json.canConvertToInt() || json.intValue() < 0) {
      throw refused("must be a whole number from 0 to " + Integer.MAX_VALUE);
    }
    return json.intValue();
  }

  BigDecimal number() {
    if (!json.isNumber()) {
      throw refused("must be a number");
    }
    BigDecimal number = json.decimalValue();
    if (Math.abs(number.precision() - number.scale()) > 100 || number.scale() > 100) {
      throw refused("is a number of more than 100 digits, which is not supported");
    }
    return number;
  }

  String string() {
    if (!json.isString()) {
      throw refused("must be a string");
    }
    return json.stringValue();
  }

  InvalidRequestException refused(String why) {
    return new InvalidRequestException("JSON schema at %s: %s".formatted(path, why));
  }
}
