package dev.dbrx4j.checkpoint;

import dev.dbrx4j.InvalidModelException;
import dev.dbrx4j.ModelIoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// A JSON object from one of a model's files. Reading a value checks its type and range; what is
/// wrong becomes an [InvalidModelException] that names the file and the key. A key whose value is
/// null counts as absent.
public final class JsonObject {
  /// Largest JSON file accepted; DBRX's own stay below 200 KB.
  public static final int MAX_BYTES = 16 << 20;

  private final String source;
  private final JsonNode node;

  private JsonObject(String source, JsonNode node) {
    this.source = source;
    this.node = node;
  }

  /// Reads a file.
  ///
  /// @param file a JSON file of at most [#MAX_BYTES]
  /// @return its top-level object
  public static JsonObject read(Path file) {
    return parse(readBytes(file), file.toString());
  }

  /// Reads a file's bytes.
  ///
  /// @param file a JSON file of at most [#MAX_BYTES]
  /// @return its content
  public static byte[] readBytes(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new InvalidModelException(
            file + ": " + Files.size(file) + " bytes of JSON, the limit is " + MAX_BYTES);
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new InvalidModelException(file + " is missing: complete the model's folder", e);
    } catch (IOException e) {
      throw new ModelIoException("cannot read " + file + ": " + e, e);
    }
  }

  /// Parses JSON text.
  ///
  /// @param json the text in UTF-8
  /// @param source what it is, for messages
  /// @return its top-level object
  public static JsonObject parse(byte[] json, String source) {
    try {
      JsonNode node = JsonTree.read(json);
      if (node == null || !node.isObject()) {
        throw new InvalidModelException(source + ": not a JSON object");
      }
      return new JsonObject(source, node);
    } catch (JacksonException e) {
      throw new InvalidModelException(source + ": not valid JSON: " + e.getMessage(), e);
    }
  }

  /// {@return the keys, in the file's order}
  public Collection<String> keys() {
    return node.propertyNames();
  }

  /// {@return whether a key is present with a value other than null}
  ///
  /// @param key the key
  public boolean has(String key) {
    return node.hasNonNull(key);
  }

  /// {@return an integer}
  ///
  /// @param key the key
  /// @param min smallest value allowed
  /// @param max largest value allowed
  public long integer(String key, long min, long max) {
    return integer(key, value(key), min, max);
  }

  /// {@return a finite number}
  ///
  /// @param key the key
  public double real(String key) {
    JsonNode value = typed(key, JsonNode::isNumber, "a number");
    if (!Double.isFinite(value.doubleValue())) {
      throw error(key, "is " + value + ", expected a finite number");
    }
    return value.doubleValue();
  }

  /// {@return a string}
  ///
  /// @param key the key
  public String string(String key) {
    return typed(key, JsonNode::isString, "a string").stringValue();
  }

  /// {@return true or false; false if absent}
  ///
  /// @param key the key
  public boolean flag(String key) {
    return has(key) && typed(key, JsonNode::isBoolean, "true or false").booleanValue();
  }

  /// {@return the object under a key; an empty one if absent}
  ///
  /// @param key the key
  public JsonObject object(String key) {
    JsonNode value =
        has(key) ? typed(key, JsonNode::isObject, "an object") : JsonTree.emptyObject();
    return new JsonObject(source + ": " + key, value);
  }

  /// {@return the objects of the array under a key; none if absent}
  ///
  /// @param key the key
  public List<JsonObject> objects(String key) {
    List<JsonObject> objects = new ArrayList<>();
    for (JsonNode element : array(key)) {
      if (!element.isObject()) {
        throw error(key, "holds " + element + ", expected objects");
      }
      objects.add(new JsonObject(source + ": " + key + "[" + objects.size() + "]", element));
    }
    return objects;
  }

  /// {@return the integers of the array under a key, or its one integer; none if absent}
  ///
  /// @param key the key
  /// @param min smallest value allowed
  /// @param max largest value allowed
  public List<Long> integers(String key, long min, long max) {
    List<Long> integers = new ArrayList<>();
    for (JsonNode element : array(key)) {
      integers.add(integer(key, element, min, max));
    }
    return List.copyOf(integers);
  }

  /// {@return the strings of the array under a key, or its one string; none if absent}
  ///
  /// @param key the key
  public List<String> strings(String key) {
    List<String> strings = new ArrayList<>();
    for (JsonNode element : array(key)) {
      if (!element.isString()) {
        throw error(key, "holds " + element + ", expected strings");
      }
      strings.add(element.stringValue());
    }
    return List.copyOf(strings);
  }

  /// {@return an exception that names file and key}
  ///
  /// @param key the key
  /// @param problem what is wrong with it, and what to do
  public InvalidModelException error(String key, String problem) {
    return new InvalidModelException(source + ": " + key + " " + problem);
  }

  /// {@return the text of a key's value as it would stand in JSON}
  ///
  /// @param key the key
  public String text(String key) {
    return value(key).toString();
  }

  private List<JsonNode> array(String key) {
    if (!has(key)) {
      return List.of();
    }
    JsonNode value = value(key);
    return value.isArray() ? List.copyOf(value.values()) : List.of(value);
  }

  private long integer(String key, JsonNode value, long min, long max) {
    if (!value.isIntegralNumber()
        || !value.canConvertToLong()
        || value.longValue() < min
        || value.longValue() > max) {
      throw error(key, "is " + value + ", expected an integer from " + min + " to " + max);
    }
    return value.longValue();
  }

  private JsonNode typed(String key, Predicate<JsonNode> type, String expected) {
    JsonNode value = value(key);
    if (!type.test(value)) {
      throw error(key, "is " + value + ", expected " + expected);
    }
    return value;
  }

  private JsonNode value(String key) {
    if (!has(key)) {
      throw error(key, "is missing");
    }
    return node.get(key);
  }
}
