package dev.dbrx4j.grammar;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.SplittableRandom;

/// Writes texts as a model with random logits would under a grammar.
final class RandomText {
  private final TokenGrammar grammar;
  private final TokenTrie trie;
  private final SplittableRandom random;

  RandomText(TokenGrammar grammar, TokenTrie trie, SplittableRandom random) {
    this.grammar = grammar;
    this.trie = trie;
    this.random = random;
  }

  /// Writes a text that is closed in time.
  ///
  /// @return the text; empty if it is not what the grammar says
  Optional<String> next(int maxTokens) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    Expression state = grammar.start();
    for (int i = 0; i < maxTokens && !ends(state); i++) {
      TokenSet allowed = grammar.allowed(state, maxTokens - 1 - i);
      if (allowed.isEmpty()) {
        break;
      }
      int token = draw(allowed);
      text.writeBytes(trie.bytes(token));
      state = grammar.next(state, token);
    }
    return state.accepts() ? Optional.of(text.toString(StandardCharsets.UTF_8)) : Optional.empty();
  }

  private boolean ends(Expression state) {
    return state.isComplete() || (state.accepts() && random.nextInt(3) == 0);
  }

  /// A token of a set, short ones as likely as all others, so that structure comes out too.
  private int draw(TokenSet allowed) {
    if (allowed.isFew()) {
      return allowed.ids()[random.nextInt(allowed.ids().length)];
    }
    if (random.nextBoolean()) {
      for (int tries = 0; tries < 300; tries++) {
        int token = random.nextInt(256);
        if (allowed.has(token)) {
          return token;
        }
      }
    }
    while (true) {
      int token = random.nextInt(trie.vocabSize());
      if (allowed.has(token)) {
        return token;
      }
    }
  }
}
