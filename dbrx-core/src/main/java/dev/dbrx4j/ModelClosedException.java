package dev.dbrx4j;

import java.io.Serial;

/// The model was closed before or while the call ran.
public final class ModelClosedException extends DbrxException {
  @Serial private static final long serialVersionUID = 1L;

  /// Creates the exception.
  ///
  /// @param message what was wrong, where, and what to do
  public ModelClosedException(String message) {
    super(message, null);
  }

  /// Creates the exception with its cause.
  ///
  /// @param message what was wrong, where, and what to do
  /// @param cause what revealed it
  public ModelClosedException(String message, Throwable cause) {
    super(message, cause);
  }
}
