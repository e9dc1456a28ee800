package dev.dbrx4j.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.dbrx4j.tokenizer.template.Template;
import dev.dbrx4j.tokenizer.template.TracedText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Turns a conversation into the prompt that a model was trained on, as the checkpoint's own
/// template says.
///
/// ```java
/// List<ChatMessage> conversation = List.of(ChatMessage.user("What is a mixture of experts?"));
/// int[] prompt = ChatTemplate.dbrx().encode(conversation, true, tokenizer);
/// ```
///
/// Only what the template itself wrote becomes control tokens. A message that contains `<|im_end|>`
/// is a message about those ten characters, and cannot end its turn.
///
/// Immutable and safe for use by many threads.
public final class ChatTemplate {
  private static final String CONFIG = "tokenizer_config.json";
  private static final String CUSTOM_CODE_TOKENIZER = "TiktokenTokenizerWrapper";

  private final Template template;
  private final Map<String, ?> variables;

  private ChatTemplate(Template template, Map<String, ?> variables) {
    this.template = template;
    this.variables = variables;
  }

  /// DBRX Instruct's template, with the default system prompt of its last release.
  ///
  /// @return the template
  public static ChatTemplate dbrx() {
    return dbrx("default_system_prompt.txt", true);
  }

  static ChatTemplate dbrx(String systemPromptResource, boolean useDefaultSystemPrompt) {
    Template template =
        Template.parse("the library", new String(Resources.read("chat_template.jinja"), UTF_8));
    String systemPrompt = new String(Resources.read(systemPromptResource), UTF_8);
    return new ChatTemplate(
        template,
        Map.of(
            "default_system_prompt",
            TracedText.literal(systemPrompt),
            "use_default_system_prompt",
            useDefaultSystemPrompt));
  }

  /// Reads the template of a checkpoint: `chat_template.jinja`, else `chat_template` in
  /// `tokenizer_config.json`. The first release of DBRX kept its template in code that came with
  /// the tokenizer, and is given that one. A folder without any is given [#dbrx()].
  ///
  /// @param folder the folder
  /// @return its template
  /// @throws TokenizerException if the template uses something that cannot be rendered exactly; the
  ///   message names it and its line
  public static ChatTemplate load(Path folder) {
    Path config = folder.resolve(CONFIG);
    JsonFile json = Files.exists(config) ? JsonFile.read(config) : JsonFile.empty(config);
    Path jinja = folder.resolve("chat_template.jinja");
    if (Files.exists(jinja)) {
      return new ChatTemplate(Template.parse(jinja.toString(), read(jinja)), tokens(json));
    }
    String template = template(json);
    if (template != null) {
      return new ChatTemplate(Template.parse(config.toString(), template), tokens(json));
    }
    if (CUSTOM_CODE_TOKENIZER.equals(json.at("tokenizer_class"))) {
      boolean used = Boolean.TRUE.equals(json.at("use_default_system_prompt"));
      return dbrx("default_system_prompt_first.txt", used);
    }
    return dbrx();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new TokenizerException("cannot read " + file, e);
    }
  }

  /// The template of a tokenizer_config.json: a string, or the one named default of a list.
  private static @Nullable String template(JsonFile json) {
    if (!(json.at("chat_template") instanceof List<?> named)) {
      return json.at("chat_template") == null ? null : json.string("chat_template");
    }
    for (int i = 0; i < named.size(); i++) {
      if ("default".equals(json.at("chat_template", i, "name"))) {
        return json.string("chat_template", i, "template");
      }
    }
    throw json.error("chat_template is a list without a template named default");
  }

  /// The special tokens that templates may name.
  private static Map<String, TracedText> tokens(JsonFile json) {
    Map<String, TracedText> tokens = new HashMap<>();
    for (String name : List.of("bos_token", "eos_token", "pad_token", "unk_token")) {
      Object token = json.at(name) instanceof Map<?, ?> map ? map.get("content") : json.at(name);
      if (token instanceof String text) {
        tokens.put(name, TracedText.literal(text));
      }
    }
    return tokens;
  }

  /// The conversation as text.
  ///
  /// @param messages the messages, at least one
  /// @param addGenerationPrompt whether the model is to speak next: ends with the beginning of the
  ///   assistant's turn
  /// @return the prompt, control tokens spelled out
  /// @throws TokenizerException if the template refuses the conversation, or does something that
  ///   cannot be rendered exactly
  public String render(List<ChatMessage> messages, boolean addGenerationPrompt) {
    return trace(messages, addGenerationPrompt).text();
  }

  /// The conversation as token ids; messages yield no control tokens.
  ///
  /// @param messages the messages, at least one
  /// @param addGenerationPrompt whether the model is to speak next
  /// @param tokenizer the model's tokenizer
  /// @return the prompt's ids
  /// @throws TokenizerException as [#render] does
  public int[] encode(
      List<ChatMessage> messages, boolean addGenerationPrompt, DbrxTokenizer tokenizer) {
    return encode(messages, addGenerationPrompt, tokenizer, SpecialTokens.TEXT);
  }

  /// The conversation as token ids.
  ///
  /// @param messages the messages, at least one
  /// @param addGenerationPrompt whether the model is to speak next
  /// @param tokenizer the model's tokenizer
  /// @param inMessages what to do with messages that spell special tokens: [SpecialTokens#ALLOW]
  ///   makes control tokens of them, as DBRX's own code does, and lets whoever writes a message
  ///   forge the turns of others
  /// @return the prompt's ids
  /// @throws TokenizerException as [#render] does, and for a special token that is to be refused
  public int[] encode(
      List<ChatMessage> messages,
      boolean addGenerationPrompt,
      DbrxTokenizer tokenizer,
      SpecialTokens inMessages) {
    TracedText prompt = trace(messages, addGenerationPrompt);
    return tokenizer.encode(
        prompt.text(),
        (token, offset) ->
            prompt.isLiteral(offset, offset + token.length()) || inMessages.accept(token, offset));
  }

  private TracedText trace(List<ChatMessage> messages, boolean addGenerationPrompt) {
    if (messages.isEmpty()) {
      throw new TokenizerException("a conversation needs at least one message");
    }
    Map<String, Object> all = new HashMap<>(variables);
    all.put("add_generation_prompt", addGenerationPrompt);
    all.put("messages", messages.stream().map(ChatTemplate::variables).toList());
    return template.render(all);
  }

  private static Map<String, TracedText> variables(ChatMessage message) {
    return Map.of(
        "role", TracedText.data(message.role()), "content", TracedText.data(message.content()));
  }
}
