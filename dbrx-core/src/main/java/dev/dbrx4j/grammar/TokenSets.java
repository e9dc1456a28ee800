package dev.dbrx4j.grammar;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Finds the tokens that may come next: those whose bytes lead from an expression to another that
/// can still be completed.
///
/// The tokens of a sequence are those that stay within its head, which are found once and serve
/// wherever the head occurs, and those that run through the head's end into what follows, which are
/// few. All else is a walk over the trie of tokens, without the subtrees that nothing matches.
final class TokenSets {
  static final int UNLIMITED = Expression.NEVER;

  /// Alternatives up to so many are looked at one by one.
  private static final int FEW = 4;

  /// Nodes times alternatives after which a walk looks at tokens of one byte only. The set is then
  /// smaller than it could be, but what it allows is right, and every byte is a token.
  private static final int MAX_WORK = 2_000_000;

  private final TokenTrie trie;
  private final Derivatives derivatives;
  private final Optional<TokenSets> common;
  private final Expression[] states;
  private final Map<Expression, Optional<Runs>> runs = new HashMap<>();

  /// Sets held at once; each takes up to 13 KB.
  private int held;

  /// @param trie all tokens
  /// @param derivatives what follows
  /// @param common holds the runs of shared expressions, which do not change any more
  TokenSets(TokenTrie trie, Derivatives derivatives, Optional<TokenSets> common) {
    this.trie = trie;
    this.derivatives = derivatives;
    this.common = common;
    this.states = new Expression[trie.maxDepth() + 1];
  }

  int held() {
    return held;
  }

  /// Takes note that the sets held were let go of.
  void forget() {
    held = 0;
    runs.clear();
  }

  /// All tokens that may come next.
  TokenSet of(Expression expression) {
    TokenSet known = expression.tokens;
    if (known == null) {
      known = found(expression, UNLIMITED);
      expression.tokens = known;
      held++;
    }
    return known;
  }

  /// The tokens that may come next and after which at most so many are missing.
  TokenSet within(Expression expression, int limit) {
    TokenSet all = of(expression);
    return all.longest() <= limit ? all : found(expression, limit);
  }

  private TokenSet found(Expression expression, int limit) {
    TokenSet.Builder out = new TokenSet.Builder(trie.vocabSize());
    switch (expression.form()) {
      case Form.Call(var rule) -> addAll(rule.body, limit, out);
      case Form.Alternatives(var of) when of.size() <= FEW ->
          of.forEach(part -> addAll(part, limit, out));
      case Form.Sequence sequence -> addSequence(sequence, limit, out);
      default -> walk(expression, 0, limit, out);
    }
    return out.build();
  }

  private void addAll(Expression expression, int limit, TokenSet.Builder out) {
    TokenSet set = within(expression, limit);
    out.addAll(set, 0);
    for (int exit : set.exits()) {
      out.addExit(exit);
    }
  }

  private void addSequence(Form.Sequence sequence, int limit, TokenSet.Builder out) {
    Form.Sequence rest = derivatives.opened(sequence);
    while (true) {
      addHead(rest.head(), rest.tail(), limit, out);
      if (!rest.head().accepts()) {
        return;
      }
      if (!(rest.tail().form() instanceof Form.Sequence further)) {
        addAll(rest.tail(), limit, out);
        return;
      }
      rest = derivatives.opened(further);
    }
  }

  private void addHead(Expression head, Expression tail, int limit, TokenSet.Builder out) {
    if (head.form() instanceof Form.Repeat repeat
        && repeat.element().isRegular()
        && !tail.accepts()) {
      Optional<Runs> found = runs(repeat.element());
      if (found.isPresent() && areDisjoint(repeat.element(), tail)) {
        addRuns(repeat, found.get(), tail, limit, out);
        return;
      }
    }
    TokenSet inside = within(head, limit - tail.shortest);
    out.addAll(inside, tail.shortest);
    for (int exit : inside.exits()) {
      if (tail.accepts()) {
        out.addExit(exit);
      }
      walk(tail, exit, limit, out);
    }
  }

  private Optional<Runs> runs(Expression element) {
    Optional<Runs> known = common.flatMap(shared -> shared.known(element));
    return known.isPresent()
        ? known
        : runs.computeIfAbsent(
            element, each -> Optional.ofNullable(Runs.of(each, trie, derivatives)));
  }

  private Optional<Runs> known(Expression element) {
    Optional<Runs> found = runs.get(element);
    return found == null ? Optional.empty() : found;
  }

  /// Whether a byte tells which of two comes.
  private boolean areDisjoint(Expression one, Expression other) {
    for (int value = 0; value < 256; value++) {
      if (derivatives.next(other, value) != Expression.NOTHING
          && derivatives.next(one, value) != Expression.NOTHING) {
        return false;
      }
    }
    return true;
  }

  private void addRuns(
      Form.Repeat repeat, Runs found, Expression tail, int limit, TokenSet.Builder out) {
    found.addTo(out, repeat.element(), repeat.min(), repeat.max(), tail.shortest, limit);
    Expression[] after = new Expression[256];
    for (int i = 0; i < found.borders(); i++) {
      int before = found.elementsBefore(i);
      int node = found.border(i);
      if (before > 0 && before >= repeat.min() && before <= repeat.max()) {
        int label = trie.label(node);
        if (after[label] == null) {
          after[label] = derivatives.next(tail, label);
        }
        arrive(after[label], node, limit, out);
      }
    }
  }

  private void arrive(Expression state, int node, int limit, TokenSet.Builder out) {
    if (state != Expression.NOTHING) {
      take(state, node, limit, out);
      if (state != Expression.EMPTY) {
        walk(state, node, limit, out);
      }
    }
  }

  private void take(Expression state, int node, int limit, TokenSet.Builder out) {
    if (trie.isToken(node) && state.shortest <= limit) {
      out.add(trie.token(node), state.shortest);
    }
    if (state.accepts() && trie.hasChildren(node)) {
      out.addExit(node);
    }
  }

  /// Follows everything below a node.
  private void walk(Expression start, int root, int limit, TokenSet.Builder out) {
    states[trie.depth(root)] = start;
    int work = 0;
    for (int node = root + 1; node < trie.end(root); ) {
      int depth = trie.depth(node);
      Expression state = derivatives.next(states[depth - 1], trie.label(node));
      boolean descends = false;
      if (state != Expression.NOTHING) {
        take(state, node, limit, out);
        work += weight(state);
        descends = state != Expression.EMPTY && work < MAX_WORK;
        states[depth] = state;
      }
      node = descends ? node + 1 : trie.end(node);
    }
  }

  private static int weight(Expression state) {
    return state.form() instanceof Form.Alternatives(var of) ? of.size() : 1;
  }
}
