package dev.dbrx4j.grammar;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is left of an expression after a byte.
final class Derivatives {
  private final Expressions expressions;

  Derivatives(Expressions expressions) {
    this.expressions = expressions;
  }

  /// The texts that follow a byte; [Expression#NOTHING] if none does.
  Expression next(Expression expression, int value) {
    return switch (expression.form()) {
      case Form.Nothing _, Form.Empty _ -> Expression.NOTHING;
      case Form.Bytes(var set) -> set.has(value) ? Expression.EMPTY : Expression.NOTHING;
      case Form.Words words -> alive(next(words, value));
      case Form.Multiple multiple -> next(multiple, value);
      case Form.Call(var rule) -> next(rule.body, value);
      case Form.Sequence sequence when !expression.isRegular() -> alive(next(sequence, value));
      default -> remembered(expression, value);
    };
  }

  /// A sequence whose head is no sequence unless regular.
  Form.Sequence opened(Form.Sequence sequence) {
    return expressions.opened(sequence);
  }

  private Expression remembered(Expression expression, int value) {
    @Nullable Expression[] known = expression.derivatives;
    if (known == null) {
      known = new Expression[256];
      expression.derivatives = known;
    }
    Expression next = known[value];
    if (next == null) {
      next = alive(computed(expression.form(), value));
      known[value] = next;
    }
    return next;
  }

  private static Expression alive(Expression expression) {
    return expression.shortest == Expression.NEVER ? Expression.NOTHING : expression;
  }

  private Expression computed(Form form, int value) {
    return switch (form) {
      case Form.Sequence sequence -> next(sequence, value);
      case Form.Alternatives(var of) -> next(of, value);
      case Form.Repeat(var element, int min, int max) -> {
        Expression rest = expressions.repeat(element, less(least(element, min)), less(max));
        yield expressions.then(next(element, value), rest);
      }
      case Form.Both(var left, var right) -> {
        Expression first = next(left, value);
        yield first == Expression.NOTHING ? first : expressions.both(first, next(right, value));
      }
      default -> throw new IllegalArgumentException("not to be remembered: " + form);
    };
  }

  /// An element that may be empty can be left out, so that no repetition is required.
  private static int least(Expression element, int min) {
    return element.accepts() ? 0 : min;
  }

  private static int less(int count) {
    return count == Expressions.UNBOUNDED ? count : Math.max(0, count - 1);
  }

  private Expression next(List<Expression> of, int value) {
    List<Expression> found = new ArrayList<>();
    for (Expression part : of) {
      add(found, next(part, value));
    }
    return expressions.either(found);
  }

  private Expression next(Form.Sequence sequence, int value) {
    List<Expression> found = new ArrayList<>(2);
    Form.Sequence rest = expressions.opened(sequence);
    while (true) {
      Expression head = next(rest.head(), value);
      if (head != Expression.NOTHING) {
        found.add(expressions.then(head, rest.tail()));
      }
      if (!rest.head().accepts()) {
        return joined(found);
      }
      if (!(rest.tail().form() instanceof Form.Sequence further)) {
        add(found, next(rest.tail(), value));
        return joined(found);
      }
      rest = expressions.opened(further);
    }
  }

  private Expression joined(List<Expression> found) {
    return found.size() == 1 ? found.getFirst() : expressions.either(found);
  }

  private Expression next(Form.Words words, int value) {
    Dictionary dictionary = words.dictionary();
    int depth = words.depth();
    int from = dictionary.bound(words.from(), words.to(), depth, value);
    int to = dictionary.bound(from, words.to(), depth, value + 1);
    Expression longer =
        from == to
            ? Expression.NOTHING
            : expressions.words(dictionary, from, to, depth + 1, words.first(), words.last());
    int place = words.from();
    boolean ends =
        dictionary.word(place).length == depth
            && Expressions.within(dictionary.rank(place), words.first(), words.last());
    return ends ? expressions.either(longer, next(dictionary.follower(place), value)) : longer;
  }

  private Expression next(Form.Multiple multiple, int value) {
    return value >= '0' && value <= '9'
        ? expressions.multiple(
            multiple.modulus(), multiple.modulus().after(multiple.remainder(), value - '0'))
        : Expression.NOTHING;
  }

  private static void add(List<Expression> found, Expression next) {
    if (next != Expression.NOTHING) {
      found.add(next);
    }
  }
}
