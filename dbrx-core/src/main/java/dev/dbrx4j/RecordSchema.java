package dev.dbrx4j;

import static java.util.Objects.requireNonNull;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Derives a JSON schema from a record: its components are the properties, in their order, all
/// required but those of type [Optional]. Records may be nested, and contain themselves in optional
/// components and collections.
final class RecordSchema {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Map<Class<?>, String> FORMATS =
      Map.of(
          LocalDate.class, "date",
          Instant.class, "date-time",
          OffsetDateTime.class, "date-time",
          UUID.class, "uuid",
          URI.class, "uri");
  private static final Map<Class<?>, long[]> INTEGERS =
      Map.of(
          byte.class, new long[] {Byte.MIN_VALUE, Byte.MAX_VALUE},
          short.class, new long[] {Short.MIN_VALUE, Short.MAX_VALUE},
          int.class, new long[] {Integer.MIN_VALUE, Integer.MAX_VALUE},
          long.class, new long[] {Long.MIN_VALUE, Long.MAX_VALUE},
          Byte.class, new long[] {Byte.MIN_VALUE, Byte.MAX_VALUE},
          Short.class, new long[] {Short.MIN_VALUE, Short.MAX_VALUE},
          Integer.class, new long[] {Integer.MIN_VALUE, Integer.MAX_VALUE},
          Long.class, new long[] {Long.MIN_VALUE, Long.MAX_VALUE});
  private static final List<Class<?>> NUMBERS =
      List.of(double.class, Double.class, float.class, Float.class, BigDecimal.class);

  private final ObjectNode definitions = JSON.createObjectNode();

  private RecordSchema() {}

  /// {@return the schema of a record's JSON}
  ///
  /// @throws InvalidRequestException if a component is of a type that has none; it names the
  ///   component
  static String of(Class<?> record) {
    if (!record.isRecord()) {
      throw new InvalidRequestException(record.getName() + " is no record");
    }
    RecordSchema schemas = new RecordSchema();
    ObjectNode schema = schemas.schema(record, record.getSimpleName());
    schema.set("$defs", schemas.definitions);
    return schema.toString();
  }

  private ObjectNode schema(Type type, String where) {
    return switch (type) {
      case Class<?> plain -> ofClass(plain, where);
      case ParameterizedType generic -> ofGeneric(generic, where);
      case GenericArrayType array -> array(array.getGenericComponentType(), where);
      default -> throw unsupported(type, where);
    };
  }

  private ObjectNode ofClass(Class<?> type, String where) {
    ObjectNode schema = JSON.createObjectNode();
    if (type.isRecord()) {
      return schema.put("$ref", "#/$defs/" + defined(type));
    }
    if (type.isEnum()) {
      ArrayNode names = schema.putArray("enum");
      Arrays.stream(requireNonNull(type.getEnumConstants()))
          .forEach(each -> names.add(((Enum<?>) each).name()));
      return schema;
    }
    if (type.isArray()) {
      return array(requireNonNull(type.getComponentType()), where);
    }
    long[] bounds = INTEGERS.get(type);
    if (bounds != null) {
      return schema.put("type", "integer").put("minimum", bounds[0]).put("maximum", bounds[1]);
    }
    String format = FORMATS.get(type);
    if (format != null) {
      return schema.put("type", "string").put("format", format);
    }
    if (NUMBERS.contains(type)) {
      return schema.put("type", "number");
    }
    if (type == BigInteger.class) {
      return schema.put("type", "integer");
    }
    if (type == String.class) {
      return schema.put("type", "string");
    }
    if (type == boolean.class || type == Boolean.class) {
      return schema.put("type", "boolean");
    }
    throw unsupported(type, where);
  }

  private ObjectNode ofGeneric(ParameterizedType type, String where) {
    Class<?> raw = (Class<?>) type.getRawType();
    Type[] arguments = type.getActualTypeArguments();
    if (raw == Optional.class) {
      return schema(arguments[0], where);
    }
    if (Collection.class.isAssignableFrom(raw)) {
      return array(arguments[0], where);
    }
    if (Map.class.isAssignableFrom(raw) && arguments[0] == String.class) {
      ObjectNode schema = JSON.createObjectNode().put("type", "object");
      schema.set("additionalProperties", schema(arguments[1], where));
      return schema;
    }
    throw unsupported(type, where);
  }

  private ObjectNode array(Type element, String where) {
    ObjectNode schema = JSON.createObjectNode().put("type", "array");
    schema.set("items", schema(element, where));
    return schema;
  }

  /// Defines a record's schema, if that was not done yet, and returns its name.
  private String defined(Class<?> record) {
    String name = record.getName().replace('/', '.');
    if (!definitions.has(name)) {
      ObjectNode schema = definitions.putObject(name).put("type", "object");
      ObjectNode properties = schema.putObject("properties");
      ArrayNode required = schema.putArray("required");
      for (RecordComponent component : record.getRecordComponents()) {
        String where = record.getSimpleName() + "." + component.getName();
        properties.set(component.getName(), schema(component.getGenericType(), where));
        if (component.getType() != Optional.class) {
          required.add(component.getName());
        }
      }
    }
    return name;
  }

  private static InvalidRequestException unsupported(Type type, String where) {
    return new InvalidRequestException(
        ("%s is a %s, which has no JSON schema; allowed: strings, numbers, booleans, enums, dates, "
                + "UUID, URI, records, and collections, arrays, Optionals and maps by strings of these")
            .formatted(where, type.getTypeName()));
  }
}
