package dev.dbrx4j.grammar;

import java.util.function.ToIntFunction;

/// How many tokens complete an expression, given that of its parts.
final class Shortest {
  private Shortest() {}

  static int of(Form form, ToIntFunction<byte[]> tokensOf) {
    return switch (form) {
      case Form.Nothing _ -> Expression.NEVER;
      case Form.Empty _ -> 0;
      case Form.Bytes _ -> 1;
      case Form.Words words -> ofWords(words, tokensOf);
      case Form.Sequence(var head, var tail) -> sum(head.shortest, tail.shortest);
      case Form.Alternatives(var of) ->
          of.stream().mapToInt(part -> part.shortest).min().orElse(Expression.NEVER);
      case Form.Repeat(var element, int min, int _) -> times(min, element.shortest);
      case Form.Both _ -> Intersection.UNSOLVED;
      case Form.Multiple(var modulus, int remainder) -> modulus.missing(remainder);
      case Form.Call(var rule) -> rule.body.shortest;
    };
  }

  private static int ofWords(Form.Words words, ToIntFunction<byte[]> tokensOf) {
    Dictionary dictionary = words.dictionary();
    int shortest = Expression.NEVER;
    for (int place = words.from(); place < words.to(); place++) {
      if (Expressions.within(dictionary.rank(place), words.first(), words.last())) {
        int follower = dictionary.follower(place).shortest;
        if (follower < shortest) {
          int word = dictionary.tokens(place, words.depth(), tokensOf);
          shortest = Math.min(shortest, sum(word, follower));
        }
      }
    }
    return shortest;
  }

  private static int sum(int a, int b) {
    return Math.min(Expression.NEVER, a + b);
  }

  private static int times(int count, int each) {
    return (int) Math.min(Expression.NEVER, (long) count * each);
  }
}
