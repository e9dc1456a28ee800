package dev.dbrx4j.bench.load;

/// How one user was served. Milliseconds.
///
/// @param arrival from the start of the load to the user's request
/// @param timeToFirstToken from the request to the first token
/// @param timePerOutputToken mean of the gaps between tokens; 0 if there was only one
/// @param total from the request to the last token
/// @param tokens tokens that came
record UserTimes(
    double arrival, double timeToFirstToken, double timePerOutputToken, double total, int tokens) {

  static UserTimes of(long startNanos, long arrivalNanos, TokenClock clock, int tokens) {
    double afterFirst = millis(clock.lastNanos() - clock.firstNanos());
    return new UserTimes(
        millis(arrivalNanos - startNanos),
        millis(clock.firstNanos() - arrivalNanos),
        tokens > 1 ? afterFirst / (tokens - 1) : 0,
        millis(clock.lastNanos() - arrivalNanos),
        tokens);
  }

  private static double millis(long nanos) {
    return nanos / 1e6;
  }
}
