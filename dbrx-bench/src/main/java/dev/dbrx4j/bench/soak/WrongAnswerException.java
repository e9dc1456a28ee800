package dev.dbrx4j.bench.soak;

import java.io.Serial;

/// A caller did not get what was theirs.
final class WrongAnswerException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  WrongAnswerException(String message) {
    super(message);
  }
}
