package dev.dbrx4j.examples.cli;

import dev.dbrx4j.DbrxModel;
import dev.dbrx4j.GenerationOptions;
import dev.dbrx4j.Prompt;
import dev.dbrx4j.TokenStream;
import dev.dbrx4j.tokenizer.ChatMessage;
import dev.dbrx4j.tokenizer.ChatTemplate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What was said so far, and the model that answers.
final class Talk {
  private final DbrxModel model;
  private final ChatTemplate template;
  private final GenerationOptions options;
  private final List<ChatMessage> turns = new ArrayList<>();
  private @Nullable String system;

  Talk(DbrxModel model, ChatTemplate template, GenerationOptions options, @Nullable String system) {
    this.model = model;
    this.template = template;
    this.options = options;
    this.system = system;
  }

  /// Begins an answer, which is to be told to [#answered].
  TokenStream ask(String question) {
    turns.add(ChatMessage.user(question));
    return model.stream(Prompt.chat(messages()), options);
  }

  void answered(String answer) {
    turns.add(ChatMessage.assistant(answer));
  }

  void clear() {
    turns.clear();
  }

  void system(String prompt) {
    system = prompt;
  }

  /// A line a turn.
  String history() {
    return messages().stream()
        .map(turn -> turn.role() + ": " + turn.content())
        .collect(Collectors.joining("\n"));
  }

  /// As the model reads it.
  String formatted() {
    return messages().isEmpty() ? "" : template.render(messages(), false);
  }

  private List<ChatMessage> messages() {
    List<ChatMessage> messages = new ArrayList<>(turns);
    if (system != null) {
      messages.addFirst(ChatMessage.system(system));
    }
    return messages;
  }
}
