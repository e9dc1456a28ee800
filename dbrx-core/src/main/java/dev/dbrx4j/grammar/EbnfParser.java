package dev.dbrx4j.grammar;

import dev.dbrx4j.InvalidRequestException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads context-free grammars in the notation that llama.cpp calls GBNF and vLLM takes too:
///
/// ```
/// root   ::= "[" ws (number (ws "," ws number)*)? ws "]"   # a comment
/// number ::= "-"? [0-9]{1,9} | "0x" [0-9a-fA-F]+
/// ws     ::= [ \t\n]*
/// ```
///
/// Strings and classes may hold the escapes n, r, t, `"`, `\`, `[`, `]`, `-` and `^`, and x, u and
/// U with 2, 4 and 8 hexadecimal digits; `[^...]` is any other character and `.` any at all. A rule
/// goes on over lines until the next one begins. The text is what `root` matches. A rule may call
/// itself anywhere but at its beginning.
final class EbnfParser {
  private static final int MAX_DEPTH = 200;
  private static final int MAX_COUNT = 1_000_000;

  private final String text;
  private final Expressions expressions;
  private final Utf8 characters;
  private final Map<String, Rule> rules = new LinkedHashMap<>();
  private final Map<String, Integer> firstUses = new LinkedHashMap<>();
  private final List<String> defined = new ArrayList<>();
  private int at;
  private int depth;

  private EbnfParser(String text, Expressions expressions) {
    this.text = text;
    this.expressions = expressions;
    characters = new Utf8(expressions);
  }

  static Expression parse(String text, Expressions expressions) {
    return new EbnfParser(text, expressions).grammar();
  }

  private Expression grammar() {
    skipSpace();
    while (at < text.length()) {
      int start = at;
      String name = name();
      if (!accept("::=")) {
        throw refused("a rule without ::=");
      }
      if (defined.contains(name)) {
        at = start;
        throw refused("a second rule " + name);
      }
      defined.add(name);
      rule(name).body = alternatives();
      if (at < text.length() && !beginsRule()) {
        throw refused("something unexpected");
      }
    }
    firstUses.forEach((name, place) -> {
      if (!defined.contains(name)) {
        at = place;
        throw refused("a call of " + name + ", which is no rule");
      }
    });
    if (!defined.contains("root")) {
      throw new InvalidRequestException("the grammar has no rule root to begin with");
    }
    return rule("root").body;
  }

  private Rule rule(String name) {
    return rules.computeIfAbsent(name, Rule::new);
  }

  private String name() {
    int start = at;
    while (at < text.length() && isNamePart(text.charAt(at))) {
      at++;
    }
    if (at == start) {
      throw refused("no name of a rule");
    }
    String name = text.substring(start, at);
    skipSpace();
    return name;
  }

  private static boolean isNamePart(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '_'
        || c == '-';
  }

  private boolean beginsRule() {
    int before = at;
    int end = at;
    while (end < text.length() && isNamePart(text.charAt(end))) {
      end++;
    }
    boolean named = end > at;
    at = end;
    skipSpace();
    boolean begins = named && text.startsWith("::=", at);
    at = before;
    return begins;
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
    while (at < text.length()
        && text.charAt(at) != '|'
        && text.charAt(at) != ')'
        && !beginsRule()) {
      parts.add(quantified(atom()));
    }
    return Literals.sequence(expressions, parts);
  }

  private Expression quantified(Expression atom) {
    Expression repeated = atom;
    boolean more = true;
    while (more) {
      if (accept("*")) {
        repeated = expressions.repeat(repeated, 0, Expressions.UNBOUNDED);
      } else if (accept("+")) {
        repeated = expressions.repeat(repeated, 1, Expressions.UNBOUNDED);
      } else if (accept("?")) {
        repeated = expressions.repeat(repeated, 0, 1);
      } else if (accept("{")) {
        repeated = counted(repeated);
      } else {
        more = false;
      }
    }
    return repeated;
  }

  private Expression counted(Expression atom) {
    int min = peek() == ',' ? 0 : count();
    int max = min;
    if (accept(",")) {
      max = peek() == '}' ? Expressions.UNBOUNDED : count();
    }
    if (!accept("}") || max < min) {
      throw refused("a repetition that is not {n}, {n,}, {,m} or {n,m}");
    }
    return expressions.repeat(atom, min, max);
  }

  private int count() {
    int start = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    if (at == start || at - start > 7 || Integer.parseInt(text, start, at, 10) > MAX_COUNT) {
      throw refused("a count that is no number up to " + MAX_COUNT);
    }
    int count = Integer.parseInt(text, start, at, 10);
    skipSpace();
    return count;
  }

  private Expression atom() {
    Expression atom =
        switch (peek()) {
          case '"' -> string();
          case '[' -> characterClass();
          case '(' -> group();
          case '.' -> any();
          default -> call();
        };
    skipSpace();
    return atom;
  }

  private Expression any() {
    at++;
    return characters.oneOf(CodePoints.ALL);
  }

  private Expression group() {
    at++;
    skipSpace();
    Expression inside = alternatives();
    if (at == text.length() || text.charAt(at) != ')') {
      throw refused("a '(' without ')'");
    }
    at++;
    return inside;
  }

  private Expression call() {
    int start = at;
    String name = name();
    firstUses.putIfAbsent(name, start);
    return expressions.call(rule(name));
  }

  private Expression string() {
    at++;
    StringBuilder content = new StringBuilder();
    while (peek() != '"') {
      content.appendCodePoint(character());
    }
    at++;
    return expressions.text(content.toString());
  }

  private Expression characterClass() {
    at++;
    boolean negated = peek() == '^';
    at += negated ? 1 : 0;
    CodePoints all = CodePoints.NONE;
    while (peek() != ']') {
      int first = character();
      int last = first;
      if (peek() == '-' && at + 1 < text.length() && text.charAt(at + 1) != ']') {
        at++;
        last = character();
      }
      if (last < first) {
        throw refused("a range whose ends are not in order");
      }
      all = all.or(CodePoints.range(first, last));
    }
    at++;
    return characters.oneOf(negated ? all.complement() : all);
  }

  private int character() {
    int character = next();
    if (character != '\\') {
      return character;
    }
    int escape = next();
    return switch (escape) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case '"', '\\', '[', ']', '-', '^' -> escape;
      case 'x' -> hex(2);
      case 'u' -> hex(4);
      case 'U' -> hex(8);
      default -> throw refused("the escape \\" + Character.toString(escape));
    };
  }

  private int hex(int digits) {
    long value = 0;
    for (int i = 0; i < digits; i++) {
      int digit = Character.digit(next(), 16);
      if (digit < 0) {
        throw refused("an escape without " + digits + " hexadecimal digits");
      }
      value = 16 * value + digit;
    }
    if (value > CodePoints.MAX
        || (value >= Character.MIN_SURROGATE && value <= Character.MAX_SURROGATE)) {
      throw refused("an escape that is no character");
    }
    return (int) value;
  }

  private int next() {
    if (at == text.length()) {
      throw refused("an unfinished end");
    }
    int character = text.codePointAt(at);
    if (character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE) {
      throw refused("half a surrogate pair");
    }
    at += Character.charCount(character);
    return character;
  }

  private int peek() {
    if (at == text.length()) {
      throw refused("an unfinished end");
    }
    return text.charAt(at);
  }

  private boolean accept(String symbol) {
    boolean found = text.startsWith(symbol, at);
    if (found) {
      at += symbol.length();
      skipSpace();
    }
    return found;
  }

  private void skipSpace() {
    while (at < text.length()
        && (Character.isWhitespace(text.charAt(at)) || text.charAt(at) == '#')) {
      if (text.charAt(at) == '#') {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else {
        at++;
      }
    }
  }

  private InvalidRequestException refused(String what) {
    int line = 1 + (int) text.substring(0, at).chars().filter(c -> c == '\n').count();
    int column = at - text.lastIndexOf('\n', Math.max(0, at - 1));
    return new InvalidRequestException(
        "the grammar has, at line %d, column %d, %s".formatted(line, Math.max(1, column), what));
  }
}
