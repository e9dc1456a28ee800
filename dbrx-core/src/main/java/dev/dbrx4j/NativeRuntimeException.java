package dev.dbrx4j;

import java.io.Serial;

/// The native runtime is missing, too old, or reported a failure.
public final class NativeRuntimeException extends DbrxException {
  @Serial private static final long serialVersionUID = 1L;

  /// Creates the exception.
  ///
  /// @param message what was wrong, where, and what to do
  public NativeRuntimeException(String message) {
    super(message, null);
  }

  /// Creates the exception with its cause.
  ///
  /// @param message what was wrong, where, and what to do
  /// @param cause what revealed it
  public NativeRuntimeException(String message, Throwable cause) {
    super(message, cause);
  }
}
