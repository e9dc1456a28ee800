package dev.dbrx4j.grammar;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What must hold of a value: the keywords of several schemas, put together.
final class SchemaFacts {
  final EnumSet<JsonType> types;

  /// Whether some schema says which types there are.
  boolean typed;

  boolean integer;

  /// The only values, if some schema lists them.
  @Nullable List<JsonNode> values;

  JsonNumbers.@Nullable Bound min;
  JsonNumbers.@Nullable Bound max;
  @Nullable BigDecimal multipleOf;
  int minLength;
  int maxLength = Expressions.UNBOUNDED;
  final List<SchemaPart> patterns;
  final Set<String> formats;

  /// Schemas that speak of members, and of elements.
  final List<SchemaPart> objects;

  final List<SchemaPart> arrays;
  final Set<String> required;
  int minProperties;
  int maxProperties = Expressions.UNBOUNDED;
  int minItems;
  int maxItems = Expressions.UNBOUNDED;

  /// Types of which some schema says more than that they are allowed.
  final EnumSet<JsonType> described;

  SchemaFacts() {
    types = EnumSet.allOf(JsonType.class);
    described = EnumSet.noneOf(JsonType.class);
    patterns = new ArrayList<>();
    formats = new LinkedHashSet<>();
    objects = new ArrayList<>();
    arrays = new ArrayList<>();
    required = new LinkedHashSet<>();
  }

  SchemaFacts(SchemaFacts other) {
    types = EnumSet.copyOf(other.types);
    described = EnumSet.copyOf(other.described);
    typed = other.typed;
    integer = other.integer;
    values = other.values;
    min = other.min;
    max = other.max;
    multipleOf = other.multipleOf;
    minLength = other.minLength;
    maxLength = other.maxLength;
    patterns = new ArrayList<>(other.patterns);
    formats = new LinkedHashSet<>(other.formats);
    objects = new ArrayList<>(other.objects);
    arrays = new ArrayList<>(other.arrays);
    required = new LinkedHashSet<>(other.required);
    minProperties = other.minProperties;
    maxProperties = other.maxProperties;
    minItems = other.minItems;
    maxItems = other.maxItems;
  }

  void raiseMin(BigDecimal value, boolean exclusive) {
    if (min == null || value.compareTo(min.value()) > 0) {
      min = new JsonNumbers.Bound(value, exclusive);
    } else if (value.compareTo(min.value()) == 0) {
      min = new JsonNumbers.Bound(value, exclusive || min.exclusive());
    }
  }

  void lowerMax(BigDecimal value, boolean exclusive) {
    if (max == null || value.compareTo(max.value()) < 0) {
      max = new JsonNumbers.Bound(value, exclusive);
    } else if (value.compareTo(max.value()) == 0) {
      max = new JsonNumbers.Bound(value, exclusive || max.exclusive());
    }
  }

  void keepValues(List<JsonNode> only) {
    List<JsonNode> before = values;
    values =
        before == null
            ? only
            : only.stream()
                .filter(value -> before.stream().anyMatch(b -> equal(b, value)))
                .toList();
  }

  /// The types that values may have: the allowed ones, or where none are named those that are
  /// described.
  EnumSet<JsonType> usedTypes() {
    EnumSet<JsonType> used = EnumSet.copyOf(types);
    if (!typed && !described.isEmpty()) {
      used.retainAll(described);
    }
    return used;
  }

  boolean admitsNumber(BigDecimal number) {
    JsonNumbers.Bound low = min;
    JsonNumbers.Bound high = max;
    BigDecimal unit = multipleOf;
    return !(integer && number.stripTrailingZeros().scale() > 0)
        && (low == null || number.compareTo(low.value()) >= (low.exclusive() ? 1 : 0))
        && (high == null || number.compareTo(high.value()) <= (high.exclusive() ? -1 : 0))
        && (unit == null || number.remainder(unit).signum() == 0);
  }

  Range<JsonNumbers.Bound> range() {
    return new Range<>(Optional.ofNullable(min), Optional.ofNullable(max));
  }

  /// Equality of JSON values, where 1 and 1.0 are the same.
  static boolean equal(JsonNode one, JsonNode other) {
    return one.equals(
        (a, b) ->
            a.isNumber() && b.isNumber()
                ? a.decimalValue().compareTo(b.decimalValue())
                : a.equals(b) ? 0 : 1,
        other);
  }
}
