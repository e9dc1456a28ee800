package dev.dbrx4j;

import dev.dbrx4j.tokenizer.ChatMessage;
import java.util.ArrayList;
import java.util.List;

/// A conversation to be answered, turn by turn:
///
/// ```java
/// model.chat().system("Answer in one word.").user("The capital of France?").generate();
/// ```
///
/// Without a system turn the model's default system prompt applies, if its template has one. The
/// answer is not added: call [#assistant(String)] with it to go on, or use a [Session]. For one
/// thread at a time.
public final class Chat {
  private final DbrxModel model;
  private final List<ChatMessage> messages = new ArrayList<>();

  Chat(DbrxModel model) {
    this.model = model;
  }

  /// Sets how the assistant is to behave; only as the first turn.
  ///
  /// @param content the system prompt
  /// @return this chat
  public Chat system(String content) {
    return turn("system", content);
  }

  /// Adds a turn of the user's.
  ///
  /// @param content what the user says; control tokens in it stay text
  /// @return this chat
  public Chat user(String content) {
    return turn("user", content);
  }

  /// Adds a turn of the assistant's.
  ///
  /// @param content what the assistant said
  /// @return this chat
  public Chat assistant(String content) {
    return turn("assistant", content);
  }

  private Chat turn(String role, String content) {
    messages.add(new ChatMessage(role, content));
    return this;
  }

  /// {@return the conversation so far as a prompt, for the model's other calls}
  public Prompt prompt() {
    return Prompt.chat(messages);
  }

  /// {@return the assistant's answer, with the model's default options}
  public GenerationResult generate() {
    return generate(GenerationOptions.defaults());
  }

  /// {@return the assistant's answer}
  ///
  /// @param options go over the model's defaults
  public GenerationResult generate(GenerationOptions options) {
    return model.generate(prompt(), options);
  }

  /// {@return the assistant's answer as a record, with the model's default options}
  ///
  /// @param <T> the record
  /// @param record what to read; see [StructuredOutput#json(Class)]
  public <T> T callAs(Class<T> record) {
    return callAs(record, GenerationOptions.defaults());
  }

  /// {@return the assistant's answer as a record}
  ///
  /// @param <T> the record
  /// @param record what to read; see [StructuredOutput#json(Class)]
  /// @param options go over the model's defaults; all but `structuredOutput`
  public <T> T callAs(Class<T> record, GenerationOptions options) {
    return model.callAs(record, prompt(), options);
  }

  /// {@return the assistant's answer as it comes, with the model's default options}
  public TokenStream stream() {
    return stream(GenerationOptions.defaults());
  }

  /// {@return the assistant's answer as it comes}
  ///
  /// @param options go over the model's defaults
  public TokenStream stream(GenerationOptions options) {
    return model.stream(prompt(), options);
  }
}
