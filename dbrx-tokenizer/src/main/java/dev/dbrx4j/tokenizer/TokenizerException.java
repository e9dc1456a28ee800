package dev.dbrx4j.tokenizer;

/// A tokenizer file that cannot be used, or text that may not be encoded as asked. The message
/// names the file or the text's offset, and what to do.
public final class TokenizerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// Creates the exception.
  ///
  /// @param message what was wrong, where, and what to do
  public TokenizerException(String message) {
    super(message);
  }

  /// Creates the exception with its cause.
  ///
  /// @param message what was wrong, where, and what to do
  /// @param cause what revealed it
  public TokenizerException(String message, Throwable cause) {
    super(message, cause);
  }
}
