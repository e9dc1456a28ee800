package dev.dbrx4j.grammar;

import java.util.SplittableRandom;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Draws JSON schemas with every keyword that is supported.
final class RandomSchema {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String[] FORMATS = {
    "date",
    "time",
    "date-time",
    "duration",
    "uuid",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "uri",
    "json-pointer"
  };
  private static final String[] PATTERNS = {
    "^[A-Z]{2}-[0-9]{3}$", "a+b", "^(foo|bar)", "\\.(txt|md)$", "^[^\"\\\\]{1,8}$", "[\"\\\\\n]"
  };

  private final SplittableRandom random;
  private final ObjectNode document = JSON.createObjectNode();
  private int definitions;

  RandomSchema(long seed) {
    random = new SplittableRandom(seed);
  }

  String next() {
    ObjectNode defs = JSON.createObjectNode();
    int count = random.nextInt(3);
    for (int i = 0; i < count; i++) {
      // Every definition has a way out: a reference in it is optional.
      ObjectNode node = JSON.createObjectNode().put("type", "object");
      ObjectNode properties = node.putObject("properties");
      properties.putObject("next").put("$ref", "#/$defs/d" + random.nextInt(count));
      properties.set("value", schema(2));
      node.putArray("required").add("value");
      defs.set("d" + i, node);
    }
    definitions = count;
    document.setAll(schema(3));
    document.set("$defs", defs);
    return document.toString();
  }

  private ObjectNode schema(int depth) {
    return switch (random.nextInt(depth == 0 ? 6 : 12)) {
      case 0 -> string();
      case 1 -> integer();
      case 2 -> number();
      case 3 -> listed();
      case 4 -> type(random.nextBoolean() ? "boolean" : "null");
      case 5 -> string();
      case 6, 7 -> object(depth);
      case 8 -> array(depth);
      case 9 -> anyOf(depth);
      case 10 -> allOf(depth);
      default ->
          definitions > 0
              ? JSON.createObjectNode().put("$ref", "#/$defs/d" + random.nextInt(definitions))
              : oneOf(depth);
    };
  }

  private static ObjectNode type(String name) {
    return JSON.createObjectNode().put("type", name);
  }

  private ObjectNode string() {
    ObjectNode string = type("string");
    switch (random.nextInt(4)) {
      case 0 -> string.put("format", FORMATS[random.nextInt(FORMATS.length)]);
      case 1 -> {
        string.put("pattern", PATTERNS[random.nextInt(PATTERNS.length)]);
        string.put("maxLength", random.nextInt(8, 20));
      }
      default -> {
        int min = random.nextInt(5);
        string.put("minLength", min).put("maxLength", min + random.nextInt(30));
      }
    }
    if (random.nextInt(4) == 0) {
      string.putArray("type").add("string").add("null");
    }
    return string;
  }

  private ObjectNode integer() {
    ObjectNode integer = type("integer");
    int min = random.nextInt(-1_200, 1_200);
    if (random.nextBoolean()) {
      integer.put(random.nextBoolean() ? "minimum" : "exclusiveMinimum", min);
    }
    if (random.nextBoolean()) {
      integer.put(
          random.nextBoolean() ? "maximum" : "exclusiveMaximum", min + random.nextInt(90, 3_000));
    }
    if (random.nextInt(4) == 0) {
      integer.put("multipleOf", random.nextInt(1, 40));
    }
    return integer;
  }

  private ObjectNode number() {
    ObjectNode number = type("number");
    double min = random.nextInt(-2_000, 2_000) / 16.0;
    if (random.nextBoolean()) {
      number.put(random.nextBoolean() ? "minimum" : "exclusiveMinimum", min);
    }
    if (random.nextBoolean()) {
      number.put(
          random.nextBoolean() ? "maximum" : "exclusiveMaximum",
          min + random.nextInt(1, 1_000) / 8.0);
    }
    if (random.nextInt(5) == 0) {
      number.put("multipleOf", 0.01);
    }
    return number;
  }

  private ObjectNode listed() {
    ObjectNode listed = JSON.createObjectNode();
    if (random.nextInt(3) == 0) {
      return listed.put("const", "c\"" + random.nextInt(100));
    }
    ArrayNode values = listed.putArray("enum");
    values.add("red").add("red hot").add(1).add(2.5).addNull().add(true);
    values.addArray().add(1).add("x");
    values.addObject().put("é", "ü");
    return listed;
  }

  private ObjectNode object(int depth) {
    ObjectNode object = type("object");
    ObjectNode properties = object.putObject("properties");
    ArrayNode required = object.putArray("required");
    int count = random.nextInt(6);
    for (int i = 0; i < count; i++) {
      String name = new String[] {"a", "ab", "a b", "q\"", "ö", "id"}[i];
      properties.set(name, schema(depth - 1));
      if (random.nextBoolean()) {
        required.add(name);
      }
    }
    switch (random.nextInt(4)) {
      case 0 -> object.put("additionalProperties", false);
      case 1 -> object.set("additionalProperties", schema(0));
      default -> {
        if (count == 0) {
          object.put("minProperties", 1).put("maxProperties", 3);
        }
      }
    }
    return object;
  }

  private ObjectNode array(int depth) {
    ObjectNode array = type("array");
    int prefix = random.nextInt(3);
    if (prefix > 0) {
      ArrayNode first = array.putArray("prefixItems");
      for (int i = 0; i < prefix; i++) {
        first.add(schema(depth - 1));
      }
    }
    switch (random.nextInt(3)) {
      case 0 -> array.put("items", false);
      default -> array.set("items", schema(depth - 1));
    }
    int min = random.nextInt(prefix + 1);
    array.put("minItems", min).put("maxItems", min + random.nextInt(4));
    return array;
  }

  private ObjectNode anyOf(int depth) {
    ObjectNode any = JSON.createObjectNode();
    ArrayNode of = any.putArray("anyOf");
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      of.add(schema(depth - 1));
    }
    return any;
  }

  private ObjectNode oneOf(int depth) {
    ObjectNode one = JSON.createObjectNode();
    ArrayNode of = one.putArray("oneOf");
    for (String kind : new String[] {"x", "y"}) {
      ObjectNode object = object(depth);
      ((ObjectNode) object.get("properties")).putObject("kind").put("const", kind);
      ((ArrayNode) object.get("required")).add("kind");
      object.remove(java.util.List.of("minProperties", "maxProperties"));
      of.add(object);
    }
    of.add(string());
    return one;
  }

  private ObjectNode allOf(int depth) {
    ObjectNode all = JSON.createObjectNode();
    ArrayNode of = all.putArray("allOf");
    if (random.nextBoolean()) {
      of.add(type("string").put("minLength", 2)).add(type("string").put("pattern", "a"));
      return all;
    }
    ObjectNode first = object(depth);
    ObjectNode second = object(depth);
    first.remove(java.util.List.of("additionalProperties", "minProperties", "maxProperties"));
    second.remove(java.util.List.of("additionalProperties", "minProperties", "maxProperties"));
    second.putObject("properties").set("zz", schema(0));
    second.putArray("required");
    of.add(first).add(second);
    return all;
  }
}
