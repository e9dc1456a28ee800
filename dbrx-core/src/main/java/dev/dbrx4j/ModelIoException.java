package dev.dbrx4j;

import java.io.Serial;

/// Reading or writing a model failed for a reason outside the files: a full disk, missing
/// permission, a lock.
public final class ModelIoException extends DbrxException {
  @Serial private static final long serialVersionUID = 1L;

  /// Creates the exception.
  ///
  /// @param message what was wrong, where, and what to do
  public ModelIoException(String message) {
    super(message, null);
  }

  /// Creates the exception with its cause.
  ///
  /// @param message what was wrong, where, and what to do
  /// @param cause what revealed it
  public ModelIoException(String message, Throwable cause) {
    super(message, cause);
  }
}
