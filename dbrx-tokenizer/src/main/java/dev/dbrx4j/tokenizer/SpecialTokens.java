package dev.dbrx4j.tokenizer;

/// What encoding does with text that spells a special token, such as `<|im_end|>`.
///
/// Text from users should be encoded as [#TEXT], or [#REFUSE] to be told: a user who can write
/// control tokens can end a turn and begin another in somebody else's name.
public enum SpecialTokens {
  /// It is ordinary text: the ids of its characters.
  TEXT,

  /// It becomes the special token's id.
  ALLOW,

  /// It is an error: [TokenizerException] names the token and where it begins.
  REFUSE;

  /// Decides on one occurrence: true makes it a control token, false leaves it text.
  boolean accept(String token, int offset) {
    if (this == REFUSE) {
      throw new TokenizerException(
          "the text contains the special token "
              + token
              + " at character "
              + offset
              + "; remove it, or encode with SpecialTokens.TEXT or SpecialTokens.ALLOW");
    }
    return this == ALLOW;
  }
}
