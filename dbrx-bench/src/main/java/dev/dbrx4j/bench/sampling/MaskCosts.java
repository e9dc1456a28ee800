package dev.dbrx4j.bench.sampling;

import dev.dbrx4j.StructuredOutput;
import dev.dbrx4j.grammar.Expression;
import dev.dbrx4j.grammar.Grammars;
import dev.dbrx4j.grammar.TokenGrammar;
import dev.dbrx4j.grammar.TokenSet;
import dev.dbrx4j.tokenizer.DbrxTokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// How long it takes to find the tokens that a JSON schema allows next: on texts that random logits
/// write, each schema new to the grammar cache, so that nothing is known before its first text.
final class MaskCosts {
  private static final int MAX_TOKENS = 600;
  private static final int TEXTS = 4;

  private final Grammars grammars =
      new Grammars(DbrxTokenizer.bundled(), SamplingCommand.VOCAB_SIZE);
  private final SplittableRandom random = new SplittableRandom(1);
  private int variant;

  /// Milliseconds to compile a schema of 100 fields.
  double compileMillis() {
    StructuredOutput output = newSchema();
    long start = System.nanoTime();
    TokenGrammar grammar = grammars.of(output);
    double millis = (System.nanoTime() - start) / 1e6;
    return grammar.shortest() > 0 ? millis : Double.NaN;
  }

  private StructuredOutput newSchema() {
    return StructuredOutput.jsonSchema(SchemaOfManyFields.of(100, variant++));
  }

  /// Microseconds of each step of some texts, in ascending order.
  double[] stepMicros() {
    TokenGrammar grammar = grammars.of(newSchema());
    List<Double> times = new ArrayList<>();
    for (int text = 0; text < TEXTS; text++) {
      Expression state = grammar.start();
      for (int left = MAX_TOKENS - 1; left >= 0 && !state.isComplete(); left--) {
        long start = System.nanoTime();
        TokenSet allowed = grammar.allowed(state, left);
        times.add((System.nanoTime() - start) / 1e3);
        state = grammar.next(state, draw(allowed));
      }
    }
    double[] sorted = times.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return sorted;
  }

  /// A token of a set; strings end sooner than by chance.
  private int draw(TokenSet allowed) {
    if (allowed.isFew()) {
      return allowed.ids()[random.nextInt(allowed.ids().length)];
    }
    int quote = 1;
    if (allowed.has(quote) && random.nextInt(6) == 0) {
      return quote;
    }
    int token = random.nextInt(SamplingCommand.VOCAB_SIZE);
    while (!allowed.has(token)) {
      token = random.nextInt(SamplingCommand.VOCAB_SIZE);
    }
    return token;
  }
}
