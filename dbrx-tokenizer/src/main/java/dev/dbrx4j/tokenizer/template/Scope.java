package dev.dbrx4j.tokenizer.template;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The variables that a part of a template sees: its own, then those around it. A loop's body has
/// its own at each turn.
final class Scope {
  private final Map<String, Object> variables;
  private final @Nullable Scope outer;

  Scope(Map<String, ?> variables) {
    this.variables = new HashMap<>(variables);
    this.outer = null;
  }

  Scope(Scope outer) {
    this.variables = new HashMap<>();
    this.outer = outer;
  }

  Object get(String name) {
    Object value = variables.get(name);
    if (value != null) {
      return value;
    }
    return outer == null ? new Values.Undefined(name) : outer.get(name);
  }

  void set(String name, Object value) {
    variables.put(name, value);
  }
}
