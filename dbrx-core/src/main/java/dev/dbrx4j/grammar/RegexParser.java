package dev.dbrx4j.grammar;

import dev.dbrx4j.InvalidRequestException;
import java.util.ArrayList;
import java.util.List;

/// Reads the part of regular expressions that Java and ECMAScript agree on. Where they differ in
/// what a class contains, only characters in both match.
///
/// ```
/// pattern      = [^] sequence [$] { "|" [^] sequence [$] }
/// sequence     = { atom [quantifier] }
/// atom         = character | . | [class] | \escape | ( [?: | ?<name>] sequence { "|" sequence } )
/// quantifier   = ( * | + | ? | {n} | {n,} | {n,m} ) [?]
/// ```
final class RegexParser {
  private static final int MAX_DEPTH = 200;
  private static final int MAX_COUNT = 1_000_000;

  private final String pattern;
  private final Expressions expressions;
  private final CharacterText characters;
  private int at;
  private int depth;

  private RegexParser(String pattern, Expressions expressions, CharacterText characters) {
    this.pattern = pattern;
    this.expressions = expressions;
    this.characters = characters;
  }

  /// Texts that match a pattern as a whole.
  static Expression whole(String pattern, Expressions expressions, CharacterText characters) {
    return new RegexParser(pattern, expressions, characters).pattern(Expression.EMPTY);
  }

  /// Texts in which a pattern occurs.
  static Expression anywhere(String pattern, Expressions expressions, CharacterText characters) {
    Expression any = expressions.repeat(characters.oneOf(CodePoints.ALL), 0, Expressions.UNBOUNDED);
    return new RegexParser(pattern, expressions, characters).pattern(any);
  }

  /// @param around what may stand on either side where there is no anchor
  private Expression pattern(Expression around) {
    List<Expression> alternatives = new ArrayList<>();
    do {
      Expression before = accept("^") ? Expression.EMPTY : around;
      Expression inside = sequence();
      Expression after = accept("$") ? Expression.EMPTY : around;
      alternatives.add(expressions.sequence(before, inside, after));
    } while (accept("|"));
    if (at < pattern.length()) {
      throw refused(peek() == ')' ? "a ')' without '('" : anchorMessage());
    }
    return Literals.either(expressions, alternatives);
  }

  private Expression alternatives() {
    if (++depth > MAX_DEPTH) {
      throw refused("groups nested more than " + MAX_DEPTH + " deep");
    }
    List<Expression> alternatives = new ArrayList<>(List.of(sequence()));
    while (accept("|")) {
      alternatives.add(sequence());
    }
    depth--;
    return Literals.either(expressions, alternatives);
  }

  private Expression sequence() {
    List<Expression> parts = new ArrayList<>();
    while (at < pattern.length() && "|)^$".indexOf(peek()) < 0) {
      parts.add(quantified(atom()));
    }
    return Literals.sequence(expressions, parts);
  }

  private Expression quantified(Expression atom) {
    Expression repeated = atom;
    while (at < pattern.length() && "*+?{".indexOf(peek()) >= 0) {
      if (repeated != atom) {
        throw refused("a quantifier after a quantifier");
      }
      repeated = repeated(atom);
      if (!accept("?") && at < pattern.length() && peek() == '+') {
        throw refused("a possessive quantifier");
      }
      if (repeated == atom) {
        break;
      }
    }
    return repeated;
  }

  private Expression repeated(Expression atom) {
    return switch (next()) {
      case '*' -> expressions.repeat(atom, 0, Expressions.UNBOUNDED);
      case '+' -> expressions.repeat(atom, 1, Expressions.UNBOUNDED);
      case '?' -> expressions.repeat(atom, 0, 1);
      default -> counted(atom);
    };
  }

  private Expression counted(Expression atom) {
    int min = count();
    int max = min;
    if (accept(",")) {
      max = at < pattern.length() && peek() == '}' ? Expressions.UNBOUNDED : count();
    }
    if (!accept("}") || max < min) {
      throw refused("a quantifier that is not {n}, {n,} or {n,m}");
    }
    return expressions.repeat(atom, min, max);
  }

  private int count() {
    int start = at;
    while (at < pattern.length() && peek() >= '0' && peek() <= '9') {
      at++;
    }
    if (at == start || at - start > 7 || Integer.parseInt(pattern, start, at, 10) > MAX_COUNT) {
      throw refused("a count that is no number up to " + MAX_COUNT);
    }
    return Integer.parseInt(pattern, start, at, 10);
  }

  private Expression atom() {
    int character = next();
    return switch (character) {
      case '(' -> group();
      case '[' -> characters.oneOf(new RegexClass(this).inside());
      case '.' -> characters.oneOf(RegexClass.DOT);
      case '\\' -> characters.oneOf(new RegexClass(this).escape(false));
      case '*', '+', '?', '{' -> throw refused("a quantifier after nothing");
      default -> characters.oneOf(CodePoints.of(character));
    };
  }

  private Expression group() {
    if (accept("?") && !accept(":") && !acceptName()) {
      throw refused("a group that looks around, sets flags, or is possessive");
    }
    Expression inside = alternatives();
    if (!accept(")")) {
      throw refused(at < pattern.length() ? anchorMessage() : "a '(' without ')'");
    }
    return inside;
  }

  private boolean acceptName() {
    int end = pattern.indexOf('>', at);
    boolean name = end > at && pattern.substring(at, end).matches("<[A-Za-z][A-Za-z0-9_]*");
    at = name ? end + 1 : at;
    return name;
  }

  private static String anchorMessage() {
    return "an anchor that is neither at the beginning nor at the end of the pattern or of one of"
        + " its alternatives";
  }

  int next() {
    if (at == pattern.length()) {
      throw refused("an unfinished end");
    }
    int character = pattern.codePointAt(at);
    at += Character.charCount(character);
    return character;
  }

  int peek() {
    if (at == pattern.length()) {
      throw refused("an unfinished end");
    }
    return pattern.codePointAt(at);
  }

  boolean accept(String text) {
    boolean found = pattern.startsWith(text, at);
    at += found ? text.length() : 0;
    return found;
  }

  InvalidRequestException refused(String what) {
    return new InvalidRequestException(
        "the regular expression %s has, before index %d, %s, which is not supported"
            .formatted(pattern, at, what));
  }
}
