package dev.dbrx4j.grammar;

/// A grammar is more than is handled in bounded time and memory. Compilers turn it into a refusal
/// that names the part.
final class GrammarTooLargeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String what;

  GrammarTooLargeException(String message) {
    super(message);
    what = message;
  }

  /// What is too much, or not supported.
  String what() {
    return what;
  }
}
