package dev.dbrx4j.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// JSON values as text.
final class JsonText {
  private static final int MAX_SPACE = 16;

  private final Expressions expressions;
  private final JsonCharacters characters;
  private final Expression space;
  private final Rule value = new Rule("value");

  /// A property of an object.
  ///
  /// @param required whether it cannot be left out
  record Member(String name, Expression value, boolean required) {}

  /// @param flexible whether there may be white space between tokens
  JsonText(Expressions expressions, boolean flexible) {
    this.expressions = expressions;
    characters = new JsonCharacters(expressions);
    ByteSet blanks = ByteSet.of(' ').or(ByteSet.of('\t')).or(ByteSet.of('\n')).or(ByteSet.of('\r'));
    space =
        flexible ? expressions.repeat(expressions.bytes(blanks), 0, MAX_SPACE) : Expression.EMPTY;
  }

  /// What follows the opening quote of a string.
  static Expression restOfString(Expressions expressions) {
    return rest(expressions, new JsonCharacters(expressions).any(), 0, Expressions.UNBOUNDED);
  }

  private static Expression rest(Expressions expressions, Expression character, int min, int max) {
    return expressions.sequence(expressions.repeat(character, min, max), expressions.text("\""));
  }

  JsonCharacters characters() {
    return characters;
  }

  Expression string() {
    return string(0, Expressions.UNBOUNDED);
  }

  /// A string of so many characters.
  Expression string(int min, int max) {
    return expressions.sequence(
        expressions.text("\""), rest(expressions, characters.any(), min, max));
  }

  /// A string with escaped content.
  Expression quoted(Expression content) {
    return expressions.sequence(expressions.text("\""), content, expressions.text("\""));
  }

  Expression literal(JsonNode node) {
    return expressions.text(node.toString());
  }

  /// Any value.
  Expression anyValue() {
    if (value.body == Expression.NOTHING) {
      value.body =
          expressions.either(
              string(),
              new JsonNumbers(expressions).any(),
              Literals.either(
                  expressions,
                  List.of(
                      expressions.text("true"),
                      expressions.text("false"),
                      expressions.text("null"))),
              anyObject(expressions.call(value), 0, Expressions.UNBOUNDED),
              array(List.of(), Optional.of(expressions.call(value)), 0, Expressions.UNBOUNDED));
    }
    return expressions.call(value);
  }

  /// An object with so many members of any names.
  Expression anyObject(Expression valueOfMember, int min, int max) {
    return enclosed("{", list(pair(string(), valueOfMember), min, max), "}");
  }

  private Expression pair(Expression name, Expression valueOfMember) {
    return expressions.sequence(name, space, expressions.text(":"), space, valueOfMember);
  }

  /// The same between two numbers of times, with commas between.
  private Expression list(Expression element, int min, int max) {
    if (max == 0) {
      return Expression.EMPTY;
    }
    Expression more = expressions.sequence(comma(), element);
    int others = max == Expressions.UNBOUNDED ? max : max - 1;
    Expression some =
        expressions.sequence(element, expressions.repeat(more, Math.max(0, min - 1), others));
    return min == 0 ? expressions.optional(some) : some;
  }

  private Expression comma() {
    return expressions.sequence(space, expressions.text(","), space);
  }

  private Expression enclosed(String open, Expression inside, String close) {
    return expressions.sequence(
        expressions.text(open), space, inside, space, expressions.text(close));
  }

  /// An array of so many elements.
  ///
  /// @param first what the first elements are, one by one
  /// @param rest what all others are; empty for no others
  Expression array(List<Expression> first, Optional<Expression> rest, int min, int max) {
    int most = rest.isPresent() ? max : Math.min(max, first.size());
    if (first.isEmpty()) {
      return enclosed("[", list(rest.orElse(Expression.NOTHING), min, most), "]");
    }
    Expression after = Expression.NOTHING;
    if (most >= first.size()) {
      after =
          rest.isEmpty()
              ? Expression.EMPTY
              : expressions.repeat(
                  expressions.sequence(comma(), rest.get()),
                  Math.max(0, min - first.size()),
                  most == Expressions.UNBOUNDED ? most : most - first.size());
    }
    for (int i = first.size() - 1; i >= 0; i--) {
      Expression separator = i == 0 ? Expression.EMPTY : comma();
      Expression next =
          i < most ? expressions.sequence(separator, first.get(i), after) : Expression.NOTHING;
      after = i >= min ? expressions.optional(next) : next;
    }
    return enclosed("[", after, "]");
  }

  /// An object with members in order, and perhaps others behind.
  ///
  /// @param others what the members of other names are; empty if there are none
  Expression object(List<Member> members, Optional<Expression> others) {
    List<byte[]> words =
        members.stream().map(member -> bytes(quote(member.name()) + colon())).toList();
    Dictionary names = new Dictionary(words, false);
    Expression other =
        others.map(each -> pair(quoted(otherNames(members)), each)).orElse(Expression.NOTHING);
    Expression end =
        expressions.sequence(
            expressions.repeat(expressions.sequence(comma(), other), 0, Expressions.UNBOUNDED),
            space,
            expressions.text("}"));
    int reach = members.size() - 1;
    Expression after = end;
    for (int i = members.size() - 1; i >= 0; i--) {
      Member member = members.get(i);
      names.follow(i, expressions.sequence(separated(), member.value(), after));
      if (member.required()) {
        reach = i;
      }
      Expression more = expressions.sequence(comma(), expressions.words(names, i, reach));
      after = members.get(reach).required() ? more : expressions.either(more, end);
    }
    Expression inside = expressions.words(names, 0, reach);
    Expression close = expressions.sequence(space, expressions.text("}"));
    boolean mayBeEmpty = members.isEmpty() || !members.get(reach).required();
    return expressions.sequence(
        expressions.text("{"),
        space,
        mayBeEmpty ? expressions.either(inside, close, expressions.sequence(other, end)) : inside);
  }

  private String colon() {
    return space == Expression.EMPTY ? ":" : "";
  }

  private Expression separated() {
    return space == Expression.EMPTY
        ? Expression.EMPTY
        : expressions.sequence(space, expressions.text(":"), space);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  private static String quote(String name) {
    return tools.jackson.databind.node.StringNode.valueOf(name).toString();
  }

  /// Names without escapes that no member has.
  private Expression otherNames(List<Member> members) {
    List<int[]> names = new ArrayList<>();
    for (Member member : members) {
      if (quote(member.name()).length() == member.name().length() + 2) {
        names.add(member.name().codePoints().toArray());
      }
    }
    return otherThan(names, 0);
  }

  private Expression otherThan(List<int[]> names, int depth) {
    CodePoints plain = JsonCharacters.PLAIN;
    Expression any = expressions.repeat(characters.oneOf(plain), 0, Expressions.UNBOUNDED);
    CodePoints taken = CodePoints.NONE;
    List<Expression> found = new ArrayList<>();
    if (names.stream().noneMatch(name -> name.length == depth)) {
      found.add(Expression.EMPTY);
    }
    var byNext =
        names.stream()
            .filter(name -> name.length > depth)
            .collect(java.util.stream.Collectors.groupingBy(name -> name[depth]));
    for (var entry : byNext.entrySet()) {
      CodePoints next = CodePoints.of(entry.getKey());
      taken = taken.or(next);
      found.add(
          expressions.sequence(characters.oneOf(next), otherThan(entry.getValue(), depth + 1)));
    }
    found.add(expressions.sequence(characters.oneOf(plain.minus(taken)), any));
    return expressions.either(found);
  }
}
