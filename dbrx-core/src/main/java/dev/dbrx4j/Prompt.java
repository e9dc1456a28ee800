package dev.dbrx4j;

import dev.dbrx4j.tokenizer.ChatMessage;
import java.util.List;

/// What a generation starts from.
public sealed interface Prompt {
  /// {@return plain text, to be continued; what looks like a control token in it stays text}
  ///
  /// @param text not empty
  static Prompt text(String text) {
    return new Text(text);
  }

  /// {@return a conversation, to be answered, written out by the model's chat template}
  ///
  /// @param messages the turns so far, the last one the user's
  static Prompt chat(List<ChatMessage> messages) {
    return new Chat(List.copyOf(messages));
  }

  /// {@return token ids, to be continued; control tokens among them act as such}
  ///
  /// @param ids at least one, each below the vocabulary's size
  static Prompt ids(int... ids) {
    return new Ids(ids.clone());
  }

  /// Text to continue.
  ///
  /// @param text the text
  record Text(String text) implements Prompt {}

  /// A conversation to answer.
  ///
  /// @param messages its turns
  record Chat(List<ChatMessage> messages) implements Prompt {}

  /// Token ids to continue.
  ///
  /// @param ids the token ids, not to be changed
  @SuppressWarnings("ArrayRecordComponent") // copied on the way in; a prompt is no map key
  record Ids(int[] ids) implements Prompt {}
}
