package dev.dbrx4j.grammar;

import tools.jackson.databind.JsonNode;

/// JSON's types; integers are numbers of which more is known.
enum JsonType {
  NULL,
  BOOLEAN,
  OBJECT,
  ARRAY,
  NUMBER,
  STRING;

  static JsonType of(JsonNode value) {
    return switch (value.getNodeType()) {
      case NULL -> NULL;
      case BOOLEAN -> BOOLEAN;
      case OBJECT, POJO -> OBJECT;
      case ARRAY -> ARRAY;
      case NUMBER -> NUMBER;
      default -> STRING;
    };
  }
}
