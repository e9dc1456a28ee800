package dev.dbrx4j.grammar;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Puts single characters together to words, and words to dictionaries, which take less memory and
/// time than sequences and alternatives of characters.
final class Literals {
  private Literals() {}

  /// Any of several; those that are words become one dictionary.
  static Expression either(Expressions expressions, List<Expression> alternatives) {
    List<byte[]> words = new ArrayList<>();
    List<Expression> others = new ArrayList<>();
    for (Expression alternative : alternatives) {
      Optional<byte[]> word = word(alternative).filter(each -> each.length > 1);
      if (word.isPresent()) {
        words.add(word.get());
      } else {
        others.add(alternative);
      }
    }
    others.add(expressions.anyOf(words));
    return expressions.either(others);
  }

  /// One after the other; neighbours that are words become one.
  static Expression sequence(Expressions expressions, List<Expression> parts) {
    List<Expression> joined = new ArrayList<>();
    ByteArrayOutputStream word = new ByteArrayOutputStream();
    for (Expression part : parts) {
      Optional<byte[]> literal = word(part);
      if (literal.isPresent()) {
        word.writeBytes(literal.get());
      } else {
        joined.add(expressions.text(word.toByteArray()));
        word.reset();
        joined.add(part);
      }
    }
    joined.add(expressions.text(word.toByteArray()));
    return expressions.sequence(joined.toArray(Expression[]::new));
  }

  private static Optional<byte[]> word(Expression expression) {
    return switch (expression.form()) {
      case Form.Empty _ -> Optional.of(new byte[0]);
      case Form.Bytes(var set) -> single(set);
      case Form.Words words
          when words.to() - words.from() == 1
              && words.dictionary().follower(words.from()) == Expression.EMPTY -> {
        byte[] word = words.dictionary().word(words.from());
        yield Optional.of(Arrays.copyOfRange(word, words.depth(), word.length));
      }
      case Form.Sequence(var head, var tail) -> {
        Optional<byte[]> first = word(head);
        Optional<byte[]> rest = first.isPresent() ? word(tail) : first;
        yield rest.map(end -> joined(first.get(), end));
      }
      default -> Optional.empty();
    };
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private static Optional<byte[]> single(ByteSet set) {
    int found = -1;
    for (int value = 0; value < 256; value++) {
      if (set.has(value)) {
        if (found >= 0) {
          return Optional.empty();
        }
        found = value;
      }
    }
    return Optional.of(new byte[] {(byte) found});
  }
}
