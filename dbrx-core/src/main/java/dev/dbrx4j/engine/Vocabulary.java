package dev.dbrx4j.engine;

import dev.dbrx4j.GenerationOptions;
import dev.dbrx4j.InvalidRequestException;
import dev.dbrx4j.StructuredOutput;
import dev.dbrx4j.StructuredOutput.LengthLimit;
import dev.dbrx4j.grammar.Grammars;
import dev.dbrx4j.grammar.TokenGrammar;
import dev.dbrx4j.sampling.Constraint;
import dev.dbrx4j.tokenizer.DbrxTokenizer;
import dev.dbrx4j.tokenizer.IncrementalDecoder;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What token ids mean to one model.
///
/// @param size scores a row of logits has
/// @param eosIds tokens that end a sequence
/// @param tokenizer turns ids into text, unless the model has none
/// @param grammars says which ids keep to a structured output, unless the model has no tokenizer
@SuppressWarnings("ArrayRecordComponent") // internal; nobody compares these or writes to the array
public record Vocabulary(
    int size, int[] eosIds, Optional<DbrxTokenizer> tokenizer, Optional<Grammars> grammars) {
  /// Creates a vocabulary.
  ///
  /// @param size scores a row of logits has
  /// @param eosIds tokens that end a sequence
  /// @param tokenizer turns ids into text, unless the model has none
  public Vocabulary(int size, int[] eosIds, Optional<DbrxTokenizer> tokenizer) {
    this(size, eosIds, tokenizer, tokenizer.map(each -> new Grammars(each, size)));
  }

  boolean hasText() {
    return tokenizer.isPresent();
  }

  @Nullable IncrementalDecoder newDecoder() {
    return tokenizer.isPresent() ? tokenizer.get().newDecoder() : null;
  }

  /// {@return what a text must be, or null if the options leave it free; compiled when it is asked
  /// for first}
  ///
  /// @param options how to generate
  /// @param room tokens that fit into the context
  /// @throws InvalidRequestException if it cannot be kept to
  public @Nullable Constraint constraint(GenerationOptions options, int room) {
    if (options.structuredOutput().isEmpty()) {
      return null;
    }
    StructuredOutput output = options.structuredOutput().get();
    TokenGrammar grammar =
        grammars
            .orElseThrow(() ->
                new InvalidRequestException(
                    "option structuredOutput needs a model with a tokenizer, which this one lacks"))
            .of(output);
    boolean closes = output.lengthLimit() == LengthLimit.CLOSE;
    int maxNewTokens = Math.min(options.maxNewTokens(), room);
    if (closes && grammar.shortest() > maxNewTokens) {
      throw new InvalidRequestException(
          ("option structuredOutput: the shortest text takes up to %d tokens, and there may be only "
                  + "%d: raise maxNewTokens, shorten the prompt, or let the text be cut")
              .formatted(grammar.shortest(), maxNewTokens));
    }
    return new Constraint(grammar, closes, maxNewTokens);
  }
}
