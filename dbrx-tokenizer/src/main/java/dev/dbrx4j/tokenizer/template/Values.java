package dev.dbrx4j.tokenizer.template;

import java.util.List;
import java.util.Map;

/// What Jinja's operators make of values: [TracedText], Boolean, Integer, List, Map, [None] and
/// [Undefined]. What they are not given here to do is refused with [Unsupported].
final class Values {
  /// Jinja's `none`.
  enum None {
    NONE
  }

  /// What an unknown name stands for.
  record Undefined(String name) {}

  /// Something that this interpreter does not do; the message says what.
  static final class Unsupported extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String what;

    Unsupported(String what) {
      super(what);
      this.what = what;
    }

    String what() {
      return what;
    }
  }

  private Values() {}

  static boolean truth(Object value) {
    return switch (value) {
      case Boolean truth -> truth;
      case Integer number -> number != 0;
      case TracedText text -> !text.text().isEmpty();
      case List<?> list -> !list.isEmpty();
      case Map<?, ?> map -> !map.isEmpty();
      case None none -> false;
      default -> throw new Unsupported(name(value) + " as a condition");
    };
  }

  static boolean equal(Object a, Object b) {
    return switch (a) {
      case TracedText x when b instanceof TracedText y -> x.text().equals(y.text());
      case Boolean x when b instanceof Integer -> throw new Unsupported("truth == number");
      case Integer x when b instanceof Boolean -> throw new Unsupported("number == truth");
      case List<?> x -> throw new Unsupported("comparing a list");
      case Map<?, ?> x -> throw new Unsupported("comparing an object");
      case Undefined x -> throw new Unsupported("comparing " + name(x));
      default -> a.equals(b);
    };
  }

  static boolean less(Object a, Object b) {
    return integer(a) < integer(b);
  }

  static boolean contains(Object container, Object item) {
    return switch (container) {
      case TracedText text when item instanceof TracedText part ->
          text.text().contains(part.text());
      case List<?> list -> list.stream().anyMatch(each -> equal(each, item));
      case Map<?, ?> map when item instanceof TracedText key -> map.containsKey(key.text());
      default -> throw new Unsupported(name(item) + " in " + name(container));
    };
  }

  static Object plus(Object a, Object b) {
    return switch (a) {
      case TracedText x when b instanceof TracedText y -> x.plus(y);
      case Integer x when b instanceof Integer y -> Math.addExact(x, y);
      default -> throw new Unsupported(name(a) + " + " + name(b));
    };
  }

  static Object remainder(Object a, Object b) {
    if (integer(b) == 0) {
      throw new Unsupported("a remainder of division by zero");
    }
    return Math.floorMod(integer(a), integer(b));
  }

  static Object item(Object container, Object key) {
    return switch (container) {
      case List<?> list when key instanceof Integer index -> {
        int at = index < 0 ? index + list.size() : index;
        yield at >= 0 && at < list.size() ? list.get(at) : new Undefined("item " + index);
      }
      case Map<?, ?> map when key instanceof TracedText name -> {
        Object value = map.get(name.text());
        yield value == null ? new Undefined(name.text()) : value;
      }
      default -> throw new Unsupported(name(key) + " of " + name(container));
    };
  }

  static Object slice(Object container, int from, int to) {
    if (container instanceof List<?> list) {
      int start = bound(from, list.size());
      return list.subList(start, Math.max(start, bound(to, list.size())));
    }
    throw new Unsupported("a slice of " + name(container));
  }

  private static int bound(int index, int size) {
    return Math.clamp(index < 0 ? (long) index + size : index, 0, size);
  }

  static Object filter(String filter, Object value) {
    if (filter.equals("trim") && value instanceof TracedText text) {
      return text.trim();
    }
    if (filter.equals("length") && value instanceof List<?> list) {
      return list.size();
    }
    throw new Unsupported("the filter " + filter + " of " + name(value));
  }

  static TracedText printed(Object value) {
    return switch (value) {
      case TracedText text -> text;
      case Integer number -> TracedText.data(number.toString());
      default -> throw new Unsupported("printing " + name(value));
    };
  }

  static int integer(Object value) {
    if (value instanceof Integer integer) {
      return integer;
    }
    throw new Unsupported(name(value) + " where a number is expected");
  }

  static List<?> list(Object value) {
    if (value instanceof List<?> list) {
      return list;
    }
    throw new Unsupported("a loop over " + name(value));
  }

  private static String name(Object value) {
    return switch (value) {
      case TracedText text -> "a text";
      case Boolean truth -> "a truth value";
      case Integer number -> "a number";
      case List<?> list -> "a list";
      case Map<?, ?> map -> "an object";
      case Undefined undefined -> "the undefined '" + undefined.name() + "'";
      default -> "none";
    };
  }
}
