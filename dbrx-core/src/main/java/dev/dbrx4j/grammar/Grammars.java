package dev.dbrx4j.grammar;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.dbrx4j.InvalidRequestException;
import dev.dbrx4j.StructuredOutput;
import dev.dbrx4j.StructuredOutput.Kind;
import dev.dbrx4j.StructuredOutput.Whitespace;
import dev.dbrx4j.tokenizer.DbrxTokenizer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Compiles structured outputs for one vocabulary and keeps the latest, so that what one request
/// has found serves those that come after it. For any number of threads.
public final class Grammars {
  private static final int KEPT = 64;

  private final DbrxTokenizer tokenizer;
  private final int vocabSize;
  private final Map<Content, TokenGrammar> latest = new LinkedHashMap<>(16, 0.75f, true);
  private @Nullable CommonGrammar common;

  /// What a grammar depends on.
  private record Content(Kind kind, List<String> texts, Whitespace whitespace) {}

  /// Prepares for a vocabulary; nothing is done before the first grammar.
  ///
  /// @param tokenizer whose tokens there are
  /// @param vocabSize logits a row
  public Grammars(DbrxTokenizer tokenizer, int vocabSize) {
    this.tokenizer = tokenizer;
    this.vocabSize = vocabSize;
  }

  /// {@return a grammar for an output}
  ///
  /// @param output what the text must be
  /// @throws InvalidRequestException if tokens cannot spell every text
  public synchronized TokenGrammar of(StructuredOutput output) {
    Content content = new Content(output.kind(), output.content(), output.whitespace());
    TokenGrammar known = latest.get(content);
    if (known == null) {
      known =
          new TokenGrammar(
              common(),
              expressions -> compile(content.kind, content.texts, content.whitespace, expressions));
      latest.put(content, known);
      if (latest.size() > KEPT) {
        latest.remove(latest.keySet().iterator().next());
      }
    }
    return known;
  }

  private CommonGrammar common() {
    CommonGrammar made = common;
    if (made == null) {
      TokenTrie trie = TokenTrie.of(tokenizer, vocabSize);
      if (!trie.spellsAll()) {
        throw new InvalidRequestException(
            "structured output needs a vocabulary in which every byte is a token");
      }
      made = new CommonGrammar(trie);
      common = made;
    }
    return made;
  }

  /// Checks what a text must be.
  ///
  /// @param kind what the texts are
  /// @param texts the content
  /// @param whitespace what is between the tokens of JSON
  /// @throws InvalidRequestException if it is malformed, not supported, or no text satisfies it
  public static void check(Kind kind, List<String> texts, Whitespace whitespace) {
    Expression _ = compile(kind, texts, whitespace, new Expressions(null, bytes -> bytes.length));
  }

  static Expression compile(
      Kind kind, List<String> texts, Whitespace whitespace, Expressions expressions) {
    Content content = new Content(kind, texts, whitespace);
    try {
      Expression start = parse(content, expressions);
      expressions.solve();
      expressions
          .leftRecursion()
          .ifPresent(rule -> {
            throw new InvalidRequestException(
                "%s %s begins by calling itself, which is not supported: put something before the call, or use a repetition"
                    .formatted(
                        content.kind == Kind.GRAMMAR ? "the grammar's rule" : "JSON schema at",
                        rule.name));
          });
      if (start.isNothing()) {
        throw new InvalidRequestException(nothing(content, expressions));
      }
      return start;
    } catch (GrammarTooLargeException e) {
      throw new InvalidRequestException("structured output: " + e.getMessage(), e);
    }
  }

  private static Expression parse(Content content, Expressions expressions) {
    String first = content.texts.getFirst();
    return switch (content.kind) {
      case JSON_SCHEMA ->
          SchemaCompiler.compile(first, expressions, content.whitespace == Whitespace.FLEXIBLE);
      case REGEX -> RegexParser.whole(first, expressions, new Utf8(expressions));
      case GRAMMAR -> EbnfParser.parse(first, expressions);
      case CHOICE ->
          expressions.anyOf(content.texts.stream().map(text -> text.getBytes(UTF_8)).toList());
    };
  }

  private static String nothing(Content content, Expressions expressions) {
    String where =
        expressions
            .endlessRule()
            .map(rule -> ": what is at " + rule.name + " never ends")
            .orElse("");
    return switch (content.kind) {
      case JSON_SCHEMA -> "no finite value keeps to the JSON schema" + where;
      case GRAMMAR -> "no finite text matches the grammar" + where;
      case REGEX -> "no text matches the regular expression " + content.texts.getFirst();
      case CHOICE -> "no text to choose";
    };
  }
}
