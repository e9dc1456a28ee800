package dev.dbrx4j.tokenizer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/// A JSON file as maps, lists, strings, numbers and booleans, and what was expected of it.
final class JsonFile {
  /// Names of a vocabulary are as many as its tokens and occur once: no use in interning them.
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
          .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
          .build();

  private final Path file;
  private final @Nullable Object root;

  private JsonFile(Path file, @Nullable Object root) {
    this.file = file;
    this.root = root;
  }

  /// Reads a file.
  static JsonFile read(Path file) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), file)) {
      parser.nextToken();
      JsonFile json = new JsonFile(file, value(parser));
      if (parser.nextToken() != null) {
        throw json.error("there is more after the end of the JSON value");
      }
      return json;
    } catch (JacksonException e) {
      throw new TokenizerException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  /// Stands for a file that is not there.
  static JsonFile empty(Path file) {
    return new JsonFile(file, null);
  }

  private static @Nullable Object value(JsonParser parser) {
    JsonToken token = parser.currentToken();
    return switch (token) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> array(parser);
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case null, default -> null;
    };
  }

  private static Map<String, @Nullable Object> object(JsonParser parser) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      object.put(name, value(parser));
    }
    return object;
  }

  private static List<@Nullable Object> array(JsonParser parser) {
    List<@Nullable Object> array = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      array.add(value(parser));
    }
    return array;
  }

  /// The value at a path of names and indices from the root, or null where there is none.
  @Nullable Object at(Object... path) {
    Object value = root;
    for (Object step : path) {
      value =
          switch (value) {
            case Map<?, ?> map -> map.get(step);
            case List<?> list when step instanceof Integer i && i < list.size() -> list.get(i);
            case null, default -> null;
          };
    }
    return value;
  }

  /// The string at a path.
  String string(Object... path) {
    return require(String.class, "a string", path);
  }

  /// The number at a path, which must be an int.
  int integer(Object... path) {
    return require(Integer.class, "an integer", path);
  }

  /// The list at a path.
  List<?> list(Object... path) {
    return require(List.class, "a list", path);
  }

  /// The object at a path.
  Map<?, ?> map(Object... path) {
    return require(Map.class, "an object", path);
  }

  private <T> T require(Class<T> type, String expected, Object... path) {
    Object found = at(path);
    if (type.isInstance(found)) {
      return type.cast(found);
    }
    String problem = found == null ? " is missing" : " is of the wrong kind";
    throw error(name(path) + problem + "; expected " + expected);
  }

  /// Refuses anything at a path but one value.
  void mustBe(Object expected, Object... path) {
    if (!expected.equals(at(path))) {
      throw error(
          name(path) + " is " + at(path) + ", which is not supported; expected " + expected);
    }
  }

  /// Refuses anything at a path but one value, null, or nothing.
  void mayBe(Object expected, Object... path) {
    if (at(path) != null) {
      mustBe(expected, path);
    }
  }

  /// Refuses anything at a path.
  void mustBeAbsent(Object... path) {
    if (at(path) != null) {
      throw error(name(path) + " is " + at(path) + ", which is not supported; expected null");
    }
  }

  /// An error that names the file.
  TokenizerException error(String what) {
    return new TokenizerException(file + ": " + what);
  }

  private static String name(Object... path) {
    StringBuilder name = new StringBuilder();
    for (Object step : path) {
      name.append(step instanceof Integer i ? "[" + i + "]" : name.isEmpty() ? step : "." + step);
    }
    return name.toString();
  }
}
