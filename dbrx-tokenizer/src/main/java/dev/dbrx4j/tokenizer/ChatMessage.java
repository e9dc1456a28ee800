package dev.dbrx4j.tokenizer;

/// One message of a conversation.
///
/// @param role who speaks: `system`, `user`, `assistant`, or what else the template knows
/// @param content what is said
public record ChatMessage(String role, String content) {
  /// A message that instructs the model.
  ///
  /// @param content the instructions
  /// @return the message
  public static ChatMessage system(String content) {
    return new ChatMessage("system", content);
  }

  /// A message of the user.
  ///
  /// @param content what the user said
  /// @return the message
  public static ChatMessage user(String content) {
    return new ChatMessage("user", content);
  }

  /// A message of the model.
  ///
  /// @param content what the model said
  /// @return the message
  public static ChatMessage assistant(String content) {
    return new ChatMessage("assistant", content);
  }
}
