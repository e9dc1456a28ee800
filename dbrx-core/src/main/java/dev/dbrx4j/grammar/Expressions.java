package dev.dbrx4j.grammar;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// Makes expressions, each only once, in a simple form. Not for several threads.
final class Expressions {
  static final int UNBOUNDED = Integer.MAX_VALUE;

  /// Bounds the work of a step: beyond, a text can be read in too many ways at once.
  static final int MAX_ALTERNATIVES = 2_000;

  /// Bounds a grammar's memory, and what is remembered of its states.
  private static final int MAX_EXPRESSIONS = 400_000;

  private final @Nullable Expressions common;
  private final ToIntFunction<byte[]> tokensOf;
  private final Map<Form, Expression> known = new HashMap<>();
  private final List<Expression> made = new ArrayList<>();
  private final int firstId;
  private int compiled;
  private final Intersection intersection = new Intersection(this);

  /// @param common expressions to share, which do not change any more; null for none
  /// @param tokensOf a number of tokens that spell some bytes, all of which spell also every end of
  ///   them that starts at a token
  Expressions(@Nullable Expressions common, ToIntFunction<byte[]> tokensOf) {
    this.common = common;
    this.tokensOf = tokensOf;
    this.firstId = common == null ? 2 : common.firstId + common.made.size();
  }

  Expression bytes(ByteSet set) {
    return set.equals(ByteSet.NONE) ? Expression.NOTHING : intern(new Form.Bytes(set));
  }

  Expression text(String text) {
    return text(text.getBytes(UTF_8));
  }

  Expression text(byte[] text) {
    return switch (text.length) {
      case 0 -> Expression.EMPTY;
      case 1 -> bytes(ByteSet.of(text[0] & 0xFF));
      default -> words(new Dictionary(List.of(text), true), 0, 0);
    };
  }

  /// One of some texts.
  Expression anyOf(Collection<byte[]> texts) {
    TreeSet<byte[]> different = new TreeSet<>(java.util.Arrays::compareUnsigned);
    different.addAll(texts);
    return different.isEmpty()
        ? Expression.NOTHING
        : words(new Dictionary(List.copyOf(different), true), 0, different.size() - 1);
  }

  /// One of a dictionary's words whose ranks are between two, both included.
  Expression words(Dictionary dictionary, int first, int last) {
    return words(dictionary, 0, dictionary.size(), 0, first, last);
  }

  Expression words(Dictionary dictionary, int from, int to, int depth, int first, int last) {
    int low = from;
    int high = to;
    while (low < high && !within(dictionary.rank(low), first, last)) {
      low++;
    }
    while (low < high && !within(dictionary.rank(high - 1), first, last)) {
      high--;
    }
    if (low == high) {
      return Expression.NOTHING;
    }
    if (high - low > 1) {
      return intern(new Form.Words(dictionary, low, high, depth, first, last));
    }
    return dictionary.word(low).length == depth
        ? dictionary.follower(low)
        : intern(new Form.Words(dictionary, low, high, depth, 0, dictionary.size() - 1));
  }

  static boolean within(int rank, int first, int last) {
    return rank >= first && rank <= last;
  }

  Expression sequence(Expression... parts) {
    Expression all = Expression.EMPTY;
    for (int i = parts.length - 1; i >= 0; i--) {
      all = then(parts[i], all);
    }
    return all;
  }

  /// One after the other. A first part that calls rules is opened, so that nesting does not grow to
  /// the left; a regular one stays whole, so that what is known of it serves wherever it occurs.
  Expression then(Expression first, Expression second) {
    if (!first.isRegular() && first.form() instanceof Form.Sequence(var head, var tail)) {
      return join(head, join(tail, second));
    }
    return join(first, second);
  }

  private Expression join(Expression first, Expression second) {
    if (first == Expression.NOTHING || second == Expression.NOTHING) {
      return Expression.NOTHING;
    }
    if (first == Expression.EMPTY) {
      return second;
    }
    if (second == Expression.EMPTY) {
      return first;
    }
    Expression merged = mergedRepeat(first, second);
    return merged != null ? merged : intern(new Form.Sequence(first, second));
  }

  /// Repetitions of the same in a row are one.
  private @Nullable Expression mergedRepeat(Expression first, Expression second) {
    Expression next = second.form() instanceof Form.Sequence(var head, var _) ? head : second;
    if (first.form() instanceof Form.Repeat(var element, int min, int max)
        && next.form() instanceof Form.Repeat(var sameElement, int nextMin, int nextMax)
        && element == sameElement) {
      Expression both = repeat(element, sum(min, nextMin), sum(max, nextMax));
      return second.form() instanceof Form.Sequence(var _, var rest) ? join(both, rest) : both;
    }
    return null;
  }

  private static int sum(int a, int b) {
    return (int) Math.min(UNBOUNDED, (long) a + b);
  }

  /// The head of a sequence and what follows it, with a head that is no sequence unless regular.
  Form.Sequence opened(Form.Sequence sequence) {
    Form.Sequence open = sequence;
    while (!open.head().isRegular()
        && open.head().form() instanceof Form.Sequence(var head, var tail)) {
      open = new Form.Sequence(head, join(tail, open.tail()));
    }
    return open;
  }

  Expression either(Expression... of) {
    return either(List.of(of));
  }

  /// Any of several. Sets of bytes become one set.
  Expression either(List<Expression> of) {
    TreeSet<Expression> parts = new TreeSet<>(Comparator.comparingInt(Expression::id));
    for (Expression part : of) {
      if (part.form() instanceof Form.Alternatives(var inner)) {
        parts.addAll(inner);
      } else if (part != Expression.NOTHING) {
        parts.add(part);
      }
      if (parts.size() > MAX_ALTERNATIVES) {
        throw new GrammarTooLargeException(
            "a text can be read in more than " + MAX_ALTERNATIVES + " ways at once");
      }
    }
    mergeBytes(parts);
    return switch (parts.size()) {
      case 0 -> Expression.NOTHING;
      case 1 -> parts.first();
      default -> intern(new Form.Alternatives(List.copyOf(parts)));
    };
  }

  private void mergeBytes(Set<Expression> parts) {
    ByteSet union = ByteSet.NONE;
    int sets = 0;
    for (Expression part : parts) {
      if (part.form() instanceof Form.Bytes(var set)) {
        union = union.or(set);
        sets++;
      }
    }
    if (sets > 1) {
      parts.removeIf(part -> part.form() instanceof Form.Bytes);
      parts.add(bytes(union));
    }
  }

  Expression optional(Expression expression) {
    return either(expression, Expression.EMPTY);
  }

  /// The same between two numbers of times; [#UNBOUNDED] for no bound.
  Expression repeat(Expression element, int min, int max) {
    if (max == 0 || element == Expression.EMPTY || (element == Expression.NOTHING && min == 0)) {
      return Expression.EMPTY;
    }
    return element == Expression.NOTHING || (min == 1 && max == 1)
        ? element
        : intern(new Form.Repeat(element, min, max));
  }

  /// What both match; for regular expressions.
  Expression both(Expression left, Expression right) {
    return intersection.solved(unsolvedBoth(left, right));
  }

  /// What both match, or perhaps nothing.
  Expression unsolvedBoth(Expression left, Expression right) {
    if (left.isNothing() || right.isNothing()) {
      return Expression.NOTHING;
    }
    if (left == right) {
      return left;
    }
    if (left == Expression.EMPTY || right == Expression.EMPTY) {
      return left.accepts() && right.accepts() ? Expression.EMPTY : Expression.NOTHING;
    }
    return intern(new Form.Both(left, right));
  }

  Expression multiple(Modulus modulus, int remainder) {
    return intern(new Form.Multiple(modulus, remainder));
  }

  Expression call(Rule rule) {
    return intern(new Form.Call(rule));
  }

  private Expression intern(Form form) {
    Expression shared = common == null ? null : common.known.get(form);
    Expression expression = shared != null ? shared : known.get(form);
    if (expression == null) {
      if (made.size() >= MAX_EXPRESSIONS && compiled == 0) {
        throw new GrammarTooLargeException("it has more than " + MAX_EXPRESSIONS + " parts");
      }
      int shortest = Shortest.of(form, tokensOf);
      expression = new Expression(firstId + made.size(), form, isRegular(form), shortest);
      known.put(form, expression);
      made.add(expression);
    }
    return expression;
  }

  private static boolean isRegular(Form form) {
    return switch (form) {
      case Form.Call _ -> false;
      case Form.Words words -> words.dictionary().regular;
      case Form.Sequence(var head, var tail) -> head.isRegular() && tail.isRegular();
      case Form.Alternatives(var of) -> of.stream().allMatch(Expression::isRegular);
      case Form.Repeat repeat -> repeat.element().isRegular();
      default -> true;
    };
  }

  /// Ends compiling: finds the shortest texts of all that calls rules, as a least fixed point.
  void solve() {
    boolean changed = true;
    while (changed) {
      changed = false;
      for (Expression expression : made) {
        if (!expression.isRegular()) {
          int shortest = Shortest.of(expression.form(), tokensOf);
          changed |= shortest != expression.shortest;
          expression.shortest = shortest;
        }
      }
    }
    compiled = made.size();
  }

  /// {@return a rule that begins by calling itself}
  Optional<Rule> leftRecursion() {
    return LeftRecursion.in(made);
  }

  /// {@return a rule that no finite text matches}
  Optional<Rule> endlessRule() {
    return made.stream()
        .filter(expression -> expression.form() instanceof Form.Call && expression.isNothing())
        .map(expression -> ((Form.Call) expression.form()).rule())
        .findFirst();
  }

  /// {@return whether so many states were seen that it is time to forget them}
  boolean isFull() {
    return made.size() - compiled >= MAX_EXPRESSIONS;
  }

  /// Forgets states and what is known of them, but not the grammar.
  void forget() {
    for (Expression expression : made) {
      expression.derivatives = null;
      expression.tokens = null;
    }
    List<Expression> states = made.subList(compiled, made.size());
    states.forEach(state -> known.remove(state.form()));
    states.clear();
  }
}
