package dev.dbrx4j;

import java.io.Serial;

/// A checkpoint or bundle that cannot be used: a file is missing, damaged, contradictory or
/// unsupported.
public final class InvalidModelException extends DbrxException {
  @Serial private static final long serialVersionUID = 1L;

  /// Creates the exception.
  ///
  /// @param message what was wrong, where, and what to do
  public InvalidModelException(String message) {
    super(message, null);
  }

  /// Creates the exception with its cause.
  ///
  /// @param message what was wrong, where, and what to do
  /// @param cause what revealed it
  public InvalidModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
