package dev.dbrx4j.grammar;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/// Numbers as text, between bounds, digit by digit. No leading zeros, no exponent where there are
/// bounds, and never more digits than a double tells apart.
final class JsonNumbers {
  private static final int INTEGER_DIGITS = 18;
  private static final int DOUBLE_DIGITS = 15;
  private static final int MOST_FRACTION_DIGITS = 10;

  private final Expressions expressions;
  private final Expression digit;
  private final Expression positiveDigit;

  /// A bound of a range.
  ///
  /// @param exclusive whether the value itself is out of range
  record Bound(BigDecimal value, boolean exclusive) {
    Bound negated() {
      return new Bound(value.negate(), exclusive);
    }
  }

  JsonNumbers(Expressions expressions) {
    this.expressions = expressions;
    digit = digits('0', '9');
    positiveDigit = digits('1', '9');
  }

  private Expression digits(int from, int to) {
    return from > to ? Expression.NOTHING : expressions.bytes(ByteSet.range(from, to));
  }

  /// Any number that a double can hold.
  Expression any() {
    ByteSet sign = ByteSet.of('+').or(ByteSet.of('-'));
    ByteSet e = ByteSet.of('e').or(ByteSet.of('E'));
    return expressions.sequence(
        minus(),
        expressions.either(
            expressions.text("0"),
            expressions.sequence(positiveDigit, expressions.repeat(digit, 0, DOUBLE_DIGITS))),
        fraction(DOUBLE_DIGITS + 1),
        expressions.optional(
            expressions.sequence(
                expressions.bytes(e),
                expressions.optional(expressions.bytes(sign)),
                expressions.repeat(digit, 1, 2))));
  }

  Expression minus() {
    return expressions.optional(expressions.text("-"));
  }

  /// Integers in a range; where a bound is missing, those of a usual size.
  Expression integers(Range<BigInteger> range) {
    BigInteger usual = BigInteger.TEN.pow(INTEGER_DIGITS).subtract(BigInteger.ONE);
    BigInteger min = range.min().orElse(below(range.max().orElse(BigInteger.ZERO), usual));
    BigInteger max = range.max().orElse(below(min.negate().min(BigInteger.ZERO), usual).negate());
    if (min.compareTo(max) > 0) {
      return Expression.NOTHING;
    }
    BigInteger one = BigInteger.ONE;
    Expression negative =
        min.signum() < 0
            ? expressions.sequence(
                expressions.text("-"), naturals(max.negate().max(one), min.negate()))
            : Expression.NOTHING;
    Expression natural =
        max.signum() >= 0 ? naturals(min.max(BigInteger.ZERO), max) : Expression.NOTHING;
    return expressions.either(negative, natural);
  }

  /// A lower bound that is usual, or in sight of an upper one that is far below.
  private static BigInteger below(BigInteger max, BigInteger usual) {
    return usual.negate().min(max.signum() < 0 ? max.multiply(BigInteger.TEN) : usual.negate());
  }

  private Expression naturals(BigInteger min, BigInteger max) {
    List<Expression> found = new ArrayList<>();
    int shortest = min.toString().length();
    int longest = max.toString().length();
    int fullFrom = min.equals(lowest(shortest)) ? shortest : shortest + 1;
    int fullTo = max.equals(lowest(longest + 1).subtract(BigInteger.ONE)) ? longest : longest - 1;
    if (fullFrom <= fullTo) {
      found.add(
          expressions.sequence(positiveDigit, expressions.repeat(digit, fullFrom - 1, fullTo - 1)));
      if (fullFrom == 1) {
        found.add(expressions.text("0"));
      }
    }
    for (int length : new int[] {shortest, longest}) {
      if (length < fullFrom || length > fullTo) {
        BigInteger from = min.max(lowest(length));
        BigInteger to = max.min(lowest(length + 1).subtract(BigInteger.ONE));
        found.add(between(from.toString(), to.toString()));
      }
    }
    return expressions.either(found);
  }

  private static BigInteger lowest(int digits) {
    return digits == 1 ? BigInteger.ZERO : BigInteger.TEN.pow(digits - 1);
  }

  /// Numbers between two of the same length.
  private Expression between(String min, String max) {
    Expression fromMin = Expression.EMPTY;
    Expression toMax = Expression.EMPTY;
    Expression both = Expression.EMPTY;
    for (int i = min.length() - 1; i >= 0; i--) {
      int low = min.charAt(i);
      int high = max.charAt(i);
      Expression rest = expressions.repeat(digit, min.length() - 1 - i, min.length() - 1 - i);
      both =
          low == high
              ? expressions.sequence(digits(low, low), both)
              : expressions.either(
                  expressions.sequence(digits(low, low), fromMin),
                  expressions.sequence(digits(low + 1, high - 1), rest),
                  expressions.sequence(digits(high, high), toMax));
      fromMin =
          expressions.either(
              expressions.sequence(digits(low, low), fromMin),
              expressions.sequence(digits(low + 1, '9'), rest));
      toMax =
          expressions.either(
              expressions.sequence(digits(high, high), toMax),
              expressions.sequence(digits('0', high - 1), rest));
    }
    return both;
  }

  /// Decimal fractions in a range of which at least one bound is given.
  ///
  /// @param mostDigits after the point
  Expression decimals(Range<Bound> range, int mostDigits) {
    BigDecimal usual = BigDecimal.TEN.pow(DOUBLE_DIGITS);
    Bound min =
        range.min().orElseGet(() -> new Bound(farBelow(range.max().orElseThrow(), usual), false));
    Bound max =
        range.max().orElseGet(() -> new Bound(farBelow(min.negated(), usual).negate(), false));
    Bound zero = new Bound(BigDecimal.ZERO, false);
    Bound aboveZero = new Bound(BigDecimal.ZERO, true);
    int digitsLeft = Math.min(mostDigits, fractionDigits(min, max));
    Expression negative =
        min.value().signum() < 0
            ? expressions.sequence(
                expressions.text("-"),
                magnitudes(
                    max.value().signum() < 0 ? max.negated() : aboveZero,
                    min.negated(),
                    digitsLeft))
            : Expression.NOTHING;
    Expression positive =
        max.value().signum() >= 0
            ? magnitudes(min.value().signum() < 0 ? zero : min, max, digitsLeft)
            : Expression.NOTHING;
    return expressions.either(negative, positive);
  }

  private static BigDecimal farBelow(Bound max, BigDecimal usual) {
    BigDecimal value = max.value();
    return usual.negate().min(value.signum() < 0 ? value.multiply(BigDecimal.TEN) : value);
  }

  private static int fractionDigits(Bound min, Bound max) {
    BigDecimal larger = min.value().abs().max(max.value().abs());
    int given = Math.max(fraction(min.value()).length(), fraction(max.value()).length());
    int left = DOUBLE_DIGITS - larger.toBigInteger().toString().length();
    return Math.max(given + 1, Math.clamp(left, 1, MOST_FRACTION_DIGITS));
  }

  private static String fraction(BigDecimal value) {
    String text = value.abs().stripTrailingZeros().toPlainString();
    int point = text.indexOf('.');
    return point < 0 ? "" : text.substring(point + 1);
  }

  private Expression magnitudes(Bound min, Bound max, int digitsLeft) {
    if (min.value().compareTo(max.value()) > 0) {
      return Expression.NOTHING;
    }
    BigInteger low = min.value().setScale(0, RoundingMode.FLOOR).toBigInteger();
    BigInteger high = max.value().setScale(0, RoundingMode.FLOOR).toBigInteger();
    Expression fromMin = fractionFrom(fraction(min.value()), min.exclusive(), digitsLeft);
    Expression toMax = fractionTo(fraction(max.value()), max.exclusive(), digitsLeft);
    if (low.equals(high)) {
      return expressions.sequence(
          expressions.text(low.toString()), expressions.both(fromMin, toMax));
    }
    BigInteger one = BigInteger.ONE;
    Expression middle =
        high.subtract(low).compareTo(one) > 0
            ? naturals(low.add(one), high.subtract(one))
            : Expression.NOTHING;
    return expressions.either(
        expressions.sequence(expressions.text(low.toString()), fromMin),
        expressions.sequence(middle, fraction(digitsLeft)),
        expressions.sequence(expressions.text(high.toString()), toMax));
  }

  private Expression fraction(int mostDigits) {
    return expressions.optional(
        expressions.sequence(expressions.text("."), expressions.repeat(digit, 1, mostDigits)));
  }

  /// A point and digits, or nothing, that are worth at least what some digits are.
  private Expression fractionFrom(String digits, boolean exclusive, int most) {
    int left = most - digits.length();
    Expression more =
        expressions.sequence(
            expressions.repeat(expressions.text("0"), 0, left - 1),
            positiveDigit,
            expressions.repeat(digit, 0, left - 1));
    if (digits.isEmpty()) {
      return exclusive ? expressions.sequence(expressions.text("."), more) : fraction(most);
    }
    Expression rest = exclusive ? more : expressions.repeat(digit, 0, left);
    for (int i = digits.length() - 1; i >= 0; i--) {
      int each = digits.charAt(i);
      rest =
          expressions.either(
              expressions.sequence(digits(each, each), rest),
              expressions.sequence(
                  digits(each + 1, '9'), expressions.repeat(digit, 0, most - 1 - i)));
    }
    return expressions.sequence(expressions.text("."), rest);
  }

  /// A point and digits, or nothing, that are worth at most what some digits are.
  private Expression fractionTo(String digits, boolean exclusive, int most) {
    Expression zero = expressions.text("0");
    if (digits.isEmpty()) {
      return exclusive
          ? Expression.NOTHING
          : expressions.optional(
              expressions.sequence(expressions.text("."), expressions.repeat(zero, 1, most)));
    }
    Expression rest =
        exclusive ? Expression.NOTHING : expressions.repeat(zero, 0, most - digits.length());
    for (int i = digits.length() - 1; i >= 0; i--) {
      int each = digits.charAt(i);
      Expression next =
          expressions.either(
              expressions.sequence(digits(each, each), rest),
              expressions.sequence(
                  digits('0', each - 1), expressions.repeat(digit, 0, most - 1 - i)));
      rest = i > 0 ? expressions.optional(next) : next;
    }
    return expressions.optional(expressions.sequence(expressions.text("."), rest));
  }
}
