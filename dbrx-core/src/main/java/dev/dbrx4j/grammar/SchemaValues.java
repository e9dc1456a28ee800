package dev.dbrx4j.grammar;

import dev.dbrx4j.InvalidRequestException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Makes expressions of facts about values.
final class SchemaValues {
  private static final int MAX_MODULUS = 10_000;

  private final SchemaCompiler compiler;
  private final Expressions expressions;
  private final JsonText json;
  private final JsonNumbers numbers;

  SchemaValues(SchemaCompiler compiler, Expressions expressions, JsonText json) {
    this.compiler = compiler;
    this.expressions = expressions;
    this.json = json;
    this.numbers = new JsonNumbers(expressions);
  }

  /// Values that the facts hold for.
  Expression of(SchemaFacts facts) {
    if (facts.values != null) {
      return listed(facts, facts.values);
    }
    if (!facts.typed && facts.described.isEmpty()) {
      return json.anyValue();
    }
    List<Expression> found = new ArrayList<>();
    for (JsonType type : facts.usedTypes()) {
      found.add(of(type, facts));
    }
    return Literals.either(expressions, found);
  }

  private Expression of(JsonType type, SchemaFacts facts) {
    return switch (type) {
      case NULL -> expressions.text("null");
      case BOOLEAN -> expressions.either(expressions.text("true"), expressions.text("false"));
      case NUMBER -> number(facts);
      case STRING -> string(facts);
      case ARRAY -> array(facts);
      case OBJECT -> object(facts);
    };
  }

  private Expression listed(SchemaFacts facts, List<JsonNode> values) {
    Expression strings = null;
    List<byte[]> texts = new ArrayList<>();
    for (JsonNode value : values) {
      JsonType type = JsonType.of(value);
      boolean admitted = facts.types.contains(type);
      if (admitted && type == JsonType.NUMBER) {
        admitted = facts.admitsNumber(value.decimalValue());
      } else if (admitted && type == JsonType.STRING && facts.described.contains(type)) {
        strings = strings == null ? string(facts) : strings;
        admitted = matches(strings, value.toString());
      } else if (admitted && facts.described.contains(type)) {
        throw facts.objects.stream()
            .findFirst()
            .or(() -> facts.arrays.stream().findFirst())
            .orElse(new SchemaPart(value, "#"))
            .refused("objects and arrays in an enum beside keywords about them are not supported");
      }
      if (admitted) {
        texts.add(value.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
      }
    }
    return expressions.anyOf(texts);
  }

  private boolean matches(Expression expression, String text) {
    Derivatives derivatives = new Derivatives(expressions);
    Expression rest = expression;
    for (byte each : text.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
      rest = derivatives.next(rest, each & 0xFF);
    }
    return rest.accepts();
  }

  private Expression number(SchemaFacts facts) {
    BigDecimal unit = facts.multipleOf;
    if (unit != null && unit.stripTrailingZeros().scale() > 0) {
      if (!facts.integer) {
        return fractions(facts, unit.stripTrailingZeros());
      }
      unit = integerUnit(unit);
    }
    if (facts.integer || unit != null) {
      return unit == null
          ? numbers.integers(integerRange(facts))
          : multiples(facts, unit.toBigIntegerExact());
    }
    return facts.min == null && facts.max == null
        ? numbers.any()
        : numbers.decimals(facts.range(), Integer.MAX_VALUE);
  }

  private static BigDecimal integerUnit(BigDecimal unit) {
    BigDecimal plain = unit.stripTrailingZeros();
    BigInteger scale = BigInteger.TEN.pow(plain.scale());
    BigInteger common = plain.unscaledValue().gcd(scale);
    return new BigDecimal(plain.unscaledValue().divide(common));
  }

  private Expression fractions(SchemaFacts facts, BigDecimal unit) {
    if (!unit.unscaledValue().equals(BigInteger.ONE)) {
      throw new GrammarTooLargeException(
          "multipleOf " + unit + " is not supported; whole numbers, 0.1, 0.01 and so on are");
    }
    JsonNumbers.Bound far = new JsonNumbers.Bound(BigDecimal.TEN.pow(10), false);
    Range<JsonNumbers.Bound> range =
        facts.min == null && facts.max == null
            ? new Range<>(Optional.of(far.negated()), Optional.of(far))
            : facts.range();
    return numbers.decimals(range, unit.scale());
  }

  private Expression multiples(SchemaFacts facts, BigInteger unit) {
    if (unit.compareTo(BigInteger.valueOf(MAX_MODULUS)) > 0) {
      throw new GrammarTooLargeException("multipleOf above " + MAX_MODULUS + " is not supported");
    }
    Range<BigInteger> given = integerRange(facts);
    BigInteger usual = unit.multiply(BigInteger.valueOf(1_000));
    Range<BigInteger> range =
        new Range<>(
            given
                .min()
                .or(() ->
                    Optional.of(given.max().orElse(usual).min(usual).subtract(usual.shiftLeft(1)))),
            given
                .max()
                .or(() ->
                    Optional.of(
                        given
                            .min()
                            .orElse(usual.negate())
                            .max(usual.negate())
                            .add(usual.shiftLeft(1)))));
    Expression multiple =
        expressions.sequence(
            numbers.minus(), expressions.multiple(new Modulus(unit.intValueExact()), 0));
    return expressions.both(numbers.integers(range), multiple);
  }

  private static Range<BigInteger> integerRange(SchemaFacts facts) {
    Range<JsonNumbers.Bound> range = facts.range();
    return new Range<>(
        range
            .min()
            .map(bound ->
                bound.exclusive()
                    ? whole(bound.value(), RoundingMode.FLOOR).add(BigInteger.ONE)
                    : whole(bound.value(), RoundingMode.CEILING)),
        range
            .max()
            .map(bound ->
                bound.exclusive()
                    ? whole(bound.value(), RoundingMode.CEILING).subtract(BigInteger.ONE)
                    : whole(bound.value(), RoundingMode.FLOOR)));
  }

  private static BigInteger whole(BigDecimal value, RoundingMode mode) {
    return value.setScale(0, mode).toBigInteger();
  }

  private Expression string(SchemaFacts facts) {
    if (facts.minLength > facts.maxLength) {
      return Expression.NOTHING;
    }
    if (facts.patterns.isEmpty() && facts.formats.isEmpty()) {
      return json.string(facts.minLength, facts.maxLength);
    }
    JsonCharacters characters = json.characters();
    List<Expression> contents = new ArrayList<>();
    for (String format : facts.formats) {
      contents.add(StringFormats.of(format, expressions, characters));
    }
    for (SchemaPart pattern : facts.patterns) {
      contents.add(pattern(pattern, characters));
    }
    if (facts.minLength > 0 || facts.maxLength < Expressions.UNBOUNDED) {
      contents.add(expressions.repeat(characters.any(), facts.minLength, facts.maxLength));
    }
    Expression content = contents.getFirst();
    for (Expression other : contents.subList(1, contents.size())) {
      content = expressions.both(content, other);
    }
    return json.quoted(content);
  }

  private Expression pattern(SchemaPart pattern, CharacterText characters) {
    try {
      return RegexParser.anywhere(pattern.string(), expressions, characters);
    } catch (InvalidRequestException e) {
      throw pattern.refused(Objects.requireNonNullElse(e.getMessage(), ""));
    }
  }

  private Expression array(SchemaFacts facts) {
    List<List<SchemaPart>> first = new ArrayList<>();
    List<SchemaPart> rest = new ArrayList<>();
    for (SchemaPart schema : facts.arrays) {
      SchemaItems items = SchemaItems.of(schema);
      items.rest().ifPresent(rest::add);
      for (int i = 0; i < items.first().size(); i++) {
        if (i == first.size()) {
          first.add(new ArrayList<>());
        }
      }
    }
    for (SchemaPart schema : facts.arrays) {
      SchemaItems items = SchemaItems.of(schema);
      for (int i = 0; i < first.size(); i++) {
        items.at(i).ifPresent(first.get(i)::add);
      }
    }
    boolean free = rest.isEmpty() && (first.isEmpty() || facts.minItems > first.size());
    boolean none =
        rest.stream().anyMatch(schema -> isFalse(schema)) || facts.maxItems <= first.size();
    Optional<Expression> others =
        none || (rest.isEmpty() && !free)
            ? Optional.empty()
            : Optional.of(free ? json.anyValue() : compiler.compile(rest));
    List<Expression> leading = new ArrayList<>();
    for (List<SchemaPart> each : first.subList(0, Math.min(first.size(), facts.maxItems))) {
      leading.add(compiler.compile(each));
    }
    return facts.minItems > facts.maxItems
        ? Expression.NOTHING
        : json.array(leading, others, facts.minItems, facts.maxItems);
  }

  private static boolean isFalse(SchemaPart schema) {
    return schema.json().isBoolean() && !schema.json().booleanValue();
  }

  private Expression object(SchemaFacts facts) {
    Set<String> names = new LinkedHashSet<>();
    List<SchemaPart> others = new ArrayList<>();
    for (SchemaPart schema : facts.objects) {
      if (schema.has("properties")) {
        names.addAll(schema.at("properties").json().propertyNames());
      }
      if (schema.has("additionalProperties")) {
        others.add(schema.at("additionalProperties"));
      }
    }
    names.addAll(facts.required);
    boolean closed = others.stream().anyMatch(SchemaValues::isFalse);
    boolean open = !closed && (!others.isEmpty() || names.isEmpty());
    if (names.isEmpty() && open) {
      return facts.minProperties > facts.maxProperties
          ? Expression.NOTHING
          : json.anyObject(anyOf(others), facts.minProperties, facts.maxProperties);
    }
    List<JsonText.Member> members = members(facts, names);
    if (facts.minProperties > facts.required.size()
        || (facts.maxProperties < members.size()
            || (open && facts.maxProperties < Expressions.UNBOUNDED))) {
      throw new GrammarTooLargeException(
          "minProperties above the number of required properties, or maxProperties below that of all,"
              + " is not supported beside properties");
    }
    return members.size() < facts.required.size()
        ? Expression.NOTHING
        : json.object(members, open ? Optional.of(anyOf(others)) : Optional.empty());
  }

  private Expression anyOf(List<SchemaPart> schemas) {
    return schemas.isEmpty() ? json.anyValue() : compiler.compile(schemas);
  }

  private List<JsonText.Member> members(SchemaFacts facts, Set<String> names) {
    List<JsonText.Member> members = new ArrayList<>();
    for (String name : names) {
      List<SchemaPart> schemas = member(facts.objects, name);
      boolean required = facts.required.contains(name);
      if (schemas.stream().noneMatch(SchemaValues::isFalse)) {
        members.add(new JsonText.Member(name, anyOf(schemas), required));
      } else if (required) {
        return List.of();
      }
    }
    return members;
  }

  /// What must hold of a member: in each schema what it says of that name, or else of all others.
  static List<SchemaPart> member(List<SchemaPart> objects, String name) {
    List<SchemaPart> found = new ArrayList<>();
    for (SchemaPart schema : objects) {
      if (schema.has("properties") && schema.at("properties").has(name)) {
        found.add(schema.at("properties").at(name));
      } else if (schema.has("additionalProperties")) {
        found.add(schema.at("additionalProperties"));
      }
    }
    return found;
  }
}
