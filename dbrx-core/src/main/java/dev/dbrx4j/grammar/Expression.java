package dev.dbrx4j.grammar;

import org.jspecify.annotations.Nullable;

/// Texts that may follow: a grammar, and equally a state while matching, since what is left of a
/// grammar after a byte, its derivative (Brzozowski 1964), is an expression again. A call of a rule
/// inside a sequence is what a pushdown automaton keeps on its stack.
public final class Expression {
  /// The length of the shortest text where there is none.
  static final int NEVER = 1 << 28;

  static final Expression NOTHING = new Expression(0, new Form.Nothing(), true, NEVER);
  static final Expression EMPTY = new Expression(1, new Form.Empty(), true, 0);

  private final int id;
  private final Form form;
  private final boolean regular;

  /// Tokens that complete it, at most: 0 if and only if it matches the empty text, [#NEVER] if it
  /// matches nothing.
  int shortest;

  /// Derivatives by byte, as far as they are known.
  @Nullable Expression @Nullable [] derivatives;

  /// Tokens that may come next, if they are known.
  @Nullable TokenSet tokens;

  Expression(int id, Form form, boolean regular, int shortest) {
    this.id = id;
    this.form = form;
    this.regular = regular;
    this.shortest = shortest;
  }

  int id() {
    return id;
  }

  Form form() {
    return form;
  }

  /// Whether it calls no rule, so that it has finitely many derivatives.
  boolean isRegular() {
    return regular;
  }

  boolean isNothing() {
    return shortest >= NEVER;
  }

  /// {@return whether the text may end here}
  public boolean accepts() {
    return shortest == 0;
  }

  /// {@return whether the text must end here}
  public boolean isComplete() {
    return this == EMPTY;
  }

  /// Quick, and the same in every run.
  @Override
  public int hashCode() {
    return id;
  }
}
