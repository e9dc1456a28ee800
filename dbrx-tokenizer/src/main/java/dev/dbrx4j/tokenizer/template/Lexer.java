package dev.dbrx4j.tokenizer.template;

import dev.dbrx4j.tokenizer.template.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Cuts a template into tokens, with white space around tags as Hugging Face's settings
/// (`trim_blocks`, `lstrip_blocks`) have it: a block or comment swallows the blanks before it on
/// its line and one newline after it.
final class Lexer {
  private static final Pattern WORD =
      Pattern.compile(
          "\\s*(?:(?<name>[A-Za-z_]\\w*)|(?<integer>\\d+)"
              + "|(?<string>'(?:[^'\\\\]|\\\\.)*+'|\"(?:[^\"\\\\]|\\\\.)*+\")"
              + "|(?<close>[-+]?(?:%}|}}))|(?<symbol>[=!<>]=|[-+*/%~|.,:<>=()\\[\\]{}]))",
          Pattern.DOTALL);

  private final TemplateSource origin;
  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private boolean lineStarts = true;

  private Lexer(TemplateSource origin) {
    this.origin = origin;
    this.source = origin.text();
  }

  static List<Token> tokens(TemplateSource source) {
    Lexer lexer = new Lexer(source);
    while (lexer.at < lexer.source.length()) {
      lexer.dataAndTag();
    }
    lexer.add(Kind.END, "end of template", lexer.at);
    return lexer.tokens;
  }

  private void dataAndTag() {
    int tag = nextTag();
    boolean atEnd = tag == source.length();
    String data = source.substring(at, tag);
    add(Kind.DATA, atEnd ? data : withoutBlanksBefore(tag, data), at);
    at = tag;
    if (!atEnd) {
      tag();
    }
  }

  private int nextTag() {
    for (int i = source.indexOf('{', at); i >= 0; i = source.indexOf('{', i + 1)) {
      if (i + 1 < source.length() && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
        return i;
      }
    }
    return source.length();
  }

  private String withoutBlanksBefore(int tag, String data) {
    char control = charAt(tag + 2);
    if (control == '-') {
      return data.substring(0, blanksStart(data, 0));
    }
    int line = data.lastIndexOf('\n') + 1;
    boolean strips = charAt(tag + 1) != '{' && control != '+' && (line > 0 || lineStarts);
    return strips && blanksStart(data, line) == line ? data.substring(0, line) : data;
  }

  /// Where the blanks at the end of a text begin, not before `from`.
  private static int blanksStart(String text, int from) {
    int start = text.length();
    while (start > from && TracedText.isPythonSpace(text.charAt(start - 1))) {
      start--;
    }
    return start;
  }

  private void tag() {
    char kind = source.charAt(at + 1);
    int open = at;
    at += charAt(at + 2) == '-' || charAt(at + 2) == '+' ? 3 : 2;
    if (kind == '#') {
      int close = source.indexOf("#}", at);
      if (close < 0) {
        throw origin.error("a comment is not closed", open);
      }
      at = close + 2;
      swallow(source.charAt(close - 1), true);
      return;
    }
    add(Kind.SYMBOL, "{" + kind, open);
    String close = kind == '{' ? "}}" : "%}";
    while (!word(open).endsWith(close)) {
      // Words are added as they are read.
    }
  }

  /// Reads one word of a tag, and returns it.
  private String word(int open) {
    Matcher matcher = WORD.matcher(source).region(at, source.length());
    if (!matcher.lookingAt()) {
      throw origin.error("a tag is not closed, or has something here that is not supported", open);
    }
    at = matcher.end();
    String close = matcher.group("close");
    String string = matcher.group("string");
    String word = matcher.group().strip();
    if (close != null) {
      add(Kind.SYMBOL, close.substring(close.length() - 2), at - 2);
      swallow(close.charAt(0), close.endsWith("%}"));
    } else if (string != null) {
      add(Kind.STRING, unescape(string.substring(1, string.length() - 1)), matcher.start("string"));
    } else if (matcher.group("name") != null) {
      add(Kind.NAME, word, matcher.start("name"));
    } else {
      add(matcher.group("integer") != null ? Kind.INTEGER : Kind.SYMBOL, word, at - word.length());
    }
    return word;
  }

  /// Skips what a tag swallows after itself.
  private void swallow(char control, boolean block) {
    int from = at;
    if (control == '-') {
      while (at < source.length() && TracedText.isPythonSpace(source.charAt(at))) {
        at++;
      }
    } else if (block && control != '+' && charAt(at) == '\n') {
      at++;
    }
    lineStarts = at > from && source.charAt(at - 1) == '\n';
  }

  private String unescape(String string) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      if (c != '\\') {
        text.append(c);
        continue;
      }
      int escape = "ntr\\'\"".indexOf(string.charAt(++i));
      if (escape < 0) {
        throw origin.error("the escape \\" + string.charAt(i) + " is not supported", at);
      }
      text.append("\n\t\r\\'\"".charAt(escape));
    }
    return text.toString();
  }

  private char charAt(int index) {
    return index < source.length() ? source.charAt(index) : ' ';
  }

  private void add(Kind kind, String text, int offset) {
    tokens.add(new Token(kind, text, offset));
  }
}
