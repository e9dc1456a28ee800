package dev.dbrx4j;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/// One generation option: its name, its value when not set, and which values it may have.
record Option<T>(String name, T defaultValue, String range, Predicate<T> allowed) {
  static final Option<Integer> MAX_NEW_TOKENS = atLeast(1, "maxNewTokens", 256);
  static final Option<Double> TEMPERATURE =
      real("temperature", 0.0, "0 (greedy) or more", x -> x >= 0);
  static final Option<Integer> TOP_K = atLeast(0, "topK", 50);
  static final Option<Double> TOP_P = fraction("topP", 1.0);
  static final Option<Double> MIN_P = fraction("minP", 0.0);
  static final Option<Double> REPETITION_PENALTY =
      real("repetitionPenalty", 1.0, "more than 0", x -> x > 0);
  static final Option<OptionalLong> SEED =
      new Option<>("seed", OptionalLong.empty(), "any", x -> true);
  static final Option<List<String>> STOP =
      new Option<>(
          "stop",
          List.of(),
          "strings of one character or more",
          l -> l.stream().noneMatch(String::isEmpty));
  static final Option<List<Integer>> STOP_TOKEN_IDS = tokens("stopTokenIds");
  static final Option<Boolean> IGNORE_EOS = new Option<>("ignoreEos", false, "any", x -> true);

  static final Option<Optional<Duration>> TIMEOUT =
      new Option<>(
          "timeout",
          Optional.empty(),
          "more than 0",
          t -> t.filter(Duration::isPositive).isPresent());

  private static Option<Integer> atLeast(int least, String name, int defaultValue) {
    return new Option<>(name, defaultValue, least + " or more", n -> n >= least);
  }

  private static Option<Double> real(
      String name, double defaultValue, String range, Predicate<Double> allowed) {
    return new Option<>(name, defaultValue, range, x -> Double.isFinite(x) && allowed.test(x));
  }

  private static Option<Double> fraction(String name, double defaultValue) {
    return real(name, defaultValue, "0 to 1", x -> x >= 0 && x <= 1);
  }

  private static Option<List<Integer>> tokens(String name) {
    return new Option<>(
        name, List.of(), "token ids of 0 or more", l -> l.stream().allMatch(id -> id >= 0));
  }

  T checked(T value) {
    if (!allowed.test(value)) {
      throw new InvalidRequestException("option " + name + " is " + value + ", allowed: " + range);
    }
    return value;
  }

  @Override
  public String toString() {
    return name;
  }
}
