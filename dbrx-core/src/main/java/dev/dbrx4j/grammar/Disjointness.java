package dev.dbrx4j.grammar;

import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Proves that no value keeps to two alternatives of a `oneOf`, so that it can be treated as an
/// `anyOf`: they differ in type, in values, in the range of a number, or in a required member.
final class Disjointness {
  private static final int MAX_DEPTH = 4;

  private final SchemaCompiler compiler;

  Disjointness(SchemaCompiler compiler) {
    this.compiler = compiler;
  }

  void check(SchemaPart oneOf) {
    List<SchemaPart> alternatives = oneOf.elements();
    List<List<SchemaFacts>> facts =
        alternatives.stream().map(each -> compiler.facts(List.of(each))).toList();
    for (int i = 0; i < facts.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (!areDisjoint(facts.get(i), facts.get(j), 0)) {
          throw oneOf.refused(
              ("alternatives %d and %d may hold at once, as far as types, values, ranges and "
                      + "required properties tell; use anyOf, or a property whose const tells them "
                      + "apart")
                  .formatted(j, i));
        }
      }
    }
  }

  private boolean areDisjoint(List<SchemaFacts> some, List<SchemaFacts> others, int depth) {
    return some.stream()
        .allMatch(one -> others.stream().allMatch(other -> areDisjoint(one, other, depth)));
  }

  private boolean areDisjoint(SchemaFacts one, SchemaFacts other, int depth) {
    EnumSet<JsonType> common = EnumSet.copyOf(one.types);
    common.retainAll(other.types);
    return common.stream().allMatch(type -> areDisjoint(type, one, other, depth));
  }

  private boolean areDisjoint(JsonType type, SchemaFacts one, SchemaFacts other, int depth) {
    if (one.values != null || other.values != null) {
      return areValuesDisjoint(type, one, other);
    }
    return switch (type) {
      case NUMBER -> isBelow(one, other) || isBelow(other, one);
      case OBJECT -> depth < MAX_DEPTH && areObjectsDisjoint(one, other, depth);
      default -> false;
    };
  }

  private static boolean areValuesDisjoint(JsonType type, SchemaFacts one, SchemaFacts other) {
    SchemaFacts listing = one.values != null ? one : other;
    SchemaFacts against = listing == one ? other : one;
    for (JsonNode value : java.util.Objects.requireNonNull(listing.values)) {
      if (JsonType.of(value) == type && mayBe(value, against)) {
        return false;
      }
    }
    return true;
  }

  private static boolean mayBe(JsonNode value, SchemaFacts facts) {
    List<JsonNode> values = facts.values;
    if (values != null) {
      return values.stream().anyMatch(each -> SchemaFacts.equal(each, value));
    }
    return !value.isNumber() || facts.admitsNumber(value.decimalValue());
  }

  private static boolean isBelow(SchemaFacts one, SchemaFacts other) {
    JsonNumbers.Bound max = one.max;
    JsonNumbers.Bound min = other.min;
    if (max == null || min == null) {
      return false;
    }
    int order = max.value().compareTo(min.value());
    return order < 0 || (order == 0 && (max.exclusive() || min.exclusive()));
  }

  private boolean areObjectsDisjoint(SchemaFacts one, SchemaFacts other, int depth) {
    Set<String> required = new LinkedHashSet<>(one.required);
    required.addAll(other.required);
    for (String name : required) {
      List<SchemaPart> first = SchemaValues.member(one.objects, name);
      List<SchemaPart> second = SchemaValues.member(other.objects, name);
      if (areDisjoint(compiler.facts(first), compiler.facts(second), depth + 1)) {
        return true;
      }
    }
    return false;
  }
}
