package dev.dbrx4j.grammar;

import dev.dbrx4j.InvalidRequestException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Makes an expression of a JSON schema (2020-12, and of earlier drafts what means the same).
///
/// What must hold at once is put together before anything is made of it: `$ref` and `allOf` add to
/// the same [SchemaFacts], `anyOf` and `oneOf` multiply them.
final class SchemaCompiler {
  private static final int MAX_DEPTH = 150;
  private static final int MAX_COMBINATIONS = 500;
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .build();

  private final JsonNode document;
  private final Expressions expressions;
  private final SchemaValues values;

  /// Schemas by what must hold at once, as paths.
  private final Map<List<String>, Rule> rules = new HashMap<>();

  private final Map<List<String>, Expression> compiled = new HashMap<>();
  private int depth;

  private SchemaCompiler(JsonNode document, Expressions expressions, boolean flexible) {
    this.document = document;
    this.expressions = expressions;
    this.values = new SchemaValues(this, expressions, new JsonText(expressions, flexible));
  }

  /// Compiles a schema.
  ///
  /// @param flexible whether there may be white space between tokens
  static Expression compile(String schema, Expressions expressions, boolean flexible) {
    JsonNode document = parsed(schema);
    return new SchemaCompiler(document, expressions, flexible)
        .compile(List.of(new SchemaPart(document, "#")));
  }

  private static JsonNode parsed(String schema) {
    try {
      return JSON.readTree(schema);
    } catch (JacksonException e) {
      throw new InvalidRequestException("the JSON schema is no JSON: " + e.getMessage(), e);
    }
  }

  /// Values for which all of some schemas hold.
  Expression compile(List<SchemaPart> all) {
    List<String> key = all.stream().map(SchemaPart::path).distinct().sorted().toList();
    Expression known = compiled.get(key);
    if (known != null) {
      return known;
    }
    Rule begun = rules.get(key);
    if (begun != null) {
      return expressions.call(begun);
    }
    if (++depth > MAX_DEPTH) {
      throw all.getLast()
          .refused("schemas nested more than " + MAX_DEPTH + " deep are not supported");
    }
    Rule rule = new Rule(all.getLast().path());
    rules.put(key, rule);
    rule.body = compiled(all);
    depth--;
    compiled.put(key, rule.body);
    return rule.body;
  }

  private Expression compiled(List<SchemaPart> all) {
    SchemaPart blamed = all.getLast();
    List<Expression> found = new ArrayList<>();
    try {
      for (SchemaFacts facts : facts(all)) {
        found.add(values.of(facts));
      }
      Expression any = Literals.either(expressions, found);
      if (any == Expression.NOTHING) {
        throw blamed.refused(
            "no value is allowed" + (all.size() > 1 ? " that keeps to the other schemas too" : ""));
      }
      return any;
    } catch (GrammarTooLargeException e) {
      throw blamed.refused(e.what());
    }
  }

  /// What must hold, in one of several ways.
  List<SchemaFacts> facts(List<SchemaPart> all) {
    List<SchemaFacts> found = List.of(new SchemaFacts());
    for (SchemaPart schema : all) {
      found = added(schema, found, List.of());
    }
    return found;
  }

  private List<SchemaFacts> added(
      SchemaPart schema, List<SchemaFacts> before, List<String> expanding) {
    if (schema.json().isBoolean()) {
      return schema.json().booleanValue() ? before : List.of();
    }
    if (!schema.json().isObject()) {
      throw schema.refused("must be an object, true or false");
    }
    if (expanding.contains(schema.path()) || expanding.size() > MAX_DEPTH) {
      throw schema.refused("refers to itself without an object or array between");
    }
    List<String> path = new ArrayList<>(expanding);
    path.add(schema.path());
    List<SchemaFacts> found = new ArrayList<>();
    for (SchemaFacts facts : before) {
      SchemaFacts more = new SchemaFacts(facts);
      SchemaKeywords.add(schema, more);
      found.add(more);
    }
    return withOthers(schema, found, path);
  }

  private List<SchemaFacts> withOthers(
      SchemaPart schema, List<SchemaFacts> own, List<String> expanding) {
    List<SchemaFacts> found = own;
    if (schema.has("$ref")) {
      found = added(target(schema.at("$ref")), found, expanding);
    }
    if (schema.has("allOf")) {
      for (SchemaPart each : schema.at("allOf").elements()) {
        found = added(each, found, expanding);
      }
    }
    if (schema.has("anyOf")) {
      found = addedAny(schema.at("anyOf"), found, expanding);
    }
    if (schema.has("oneOf")) {
      SchemaPart one = schema.at("oneOf");
      new Disjointness(this).check(one);
      found = addedAny(one, found, expanding);
    }
    return found;
  }

  private List<SchemaFacts> addedAny(
      SchemaPart any, List<SchemaFacts> before, List<String> expanding) {
    List<SchemaFacts> found = new ArrayList<>();
    for (SchemaPart each : any.elements()) {
      found.addAll(added(each, before, expanding));
      if (found.size() > MAX_COMBINATIONS) {
        throw any.refused("more than " + MAX_COMBINATIONS + " combinations of alternatives");
      }
    }
    return found;
  }

  private SchemaPart target(SchemaPart reference) {
    String path = reference.string();
    Optional<JsonNode> found =
        path.equals("#")
            ? Optional.of(document)
            : path.startsWith("#/")
                ? Optional.of(document.at(path.substring(1))).filter(node -> !node.isMissingNode())
                : Optional.empty();
    return found
        .map(json -> new SchemaPart(json, path))
        .orElseThrow(() ->
            reference.refused(
                "there is no "
                    + path
                    + " in this document, and references to others are not supported"));
  }
}
