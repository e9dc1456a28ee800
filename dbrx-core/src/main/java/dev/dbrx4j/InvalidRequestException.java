package dev.dbrx4j;

import java.io.Serial;

/// A call that cannot be served: an option out of range, a prompt beyond the context length, text
/// for a model without a tokenizer.
public final class InvalidRequestException extends DbrxException {
  @Serial private static final long serialVersionUID = 1L;

  /// Creates the exception.
  ///
  /// @param message what was wrong, where, and what to do
  public InvalidRequestException(String message) {
    super(message, null);
  }

  /// Creates the exception with its cause.
  ///
  /// @param message what was wrong, where, and what to do
  /// @param cause what revealed it
  public InvalidRequestException(String message, Throwable cause) {
    super(message, cause);
  }
}
