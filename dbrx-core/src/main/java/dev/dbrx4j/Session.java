package dev.dbrx4j;

import dev.dbrx4j.tokenizer.ChatMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A conversation that goes on, turn after turn:
///
/// ```java
/// Session session = model.newSession();
/// session.send("Name a river.").text();
/// Session other = session.fork();
/// session.send("And where does it end?");
/// other.send("And where does it begin?");
/// ```
///
/// A turn prefills only what is new, as long as the KV cache still holds what came before, and it
/// does so exactly: the model sees its own answers as the tokens that it generated. A session that
/// was pushed out of the cache by others is prefilled again as a whole. For one thread at a time.
public final class Session {
  private final DbrxModel model;
  private final PromptEncoder encoder;
  private final List<ChatMessage> messages;
  private int[] ids;
  private @Nullable Turn unsettled;

  /// A turn whose answer may still be on its way.
  ///
  /// @param message what the user said; null for bare ids
  /// @param prompt ids that the model was given
  /// @param answer what it makes of them
  @SuppressWarnings("ArrayRecordComponent") // never compared, never written to
  private record Turn(@Nullable ChatMessage message, int[] prompt, TokenStream answer) {}

  Session(DbrxModel model, PromptEncoder encoder, List<ChatMessage> messages, int[] ids) {
    this.model = model;
    this.encoder = encoder;
    this.messages = new ArrayList<>(messages);
    this.ids = ids;
  }

  /// Says how the assistant is to behave; only before the first turn.
  ///
  /// @param content the system prompt
  /// @return this session
  public Session system(String content) {
    settle();
    if (ids.length > 0 || !messages.isEmpty()) {
      throw new InvalidRequestException("a system prompt can only begin a session");
    }
    messages.add(ChatMessage.system(content));
    return this;
  }

  /// Says something and waits for the answer, with the model's default options.
  ///
  /// @param message what the user says
  /// @return the answer
  public GenerationResult send(String message) {
    return send(message, GenerationOptions.defaults());
  }

  /// Says something and waits for the answer.
  ///
  /// @param message what the user says
  /// @param options go over the model's defaults
  /// @return the answer; an unfinished one (cancelled, or cut off at a limit) counts as said
  public GenerationResult send(String message, GenerationOptions options) {
    settle();
    ChatMessage said = ChatMessage.user(message);
    return settle(start(said, promptFor(said), options));
  }

  /// Says something and hands over the answer as it comes.
  ///
  /// @param message what the user says
  /// @param options go over the model's defaults
  /// @return the answer; the session's next call waits for its end, and fails if it failed
  public TokenStream stream(String message, GenerationOptions options) {
    settle();
    ChatMessage said = ChatMessage.user(message);
    unsettled = start(said, promptFor(said), options);
    return unsettled.answer();
  }

  /// Appends token ids as they are and generates what follows; for models without a tokenizer.
  ///
  /// @param more token ids
  /// @param options go over the model's defaults
  /// @return what follows
  public GenerationResult sendIds(int[] more, GenerationOptions options) {
    settle();
    return settle(start(null, concat(ids, more), options));
  }

  private Turn start(@Nullable ChatMessage said, int[] prompt, GenerationOptions options) {
    List<ChatMessage> all = new ArrayList<>(messages);
    Optional.ofNullable(said).ifPresent(all::add);
    int[] fitted = encoder.fit(prompt, all, model.merged(options).maxNewTokens());
    return new Turn(said, fitted, model.stream(Prompt.ids(fitted), options));
  }

  /// The whole conversation with one message more, in ids: what the model saw and said so far, and
  /// what is new.
  private int[] promptFor(ChatMessage said) {
    Optional<int[]> next = Optional.empty();
    if (answersLast()) {
      next = encoder.afterAnswer(messages.subList(0, messages.size() - 1), said);
    }
    return next.map(this::append).orElseGet(() -> encodeWith(said));
  }

  private boolean answersLast() {
    return !messages.isEmpty() && messages.getLast().role().equals("assistant");
  }

  private int[] encodeWith(ChatMessage said) {
    List<ChatMessage> all = new ArrayList<>(messages);
    all.add(said);
    return encoder.encodeWhole(all);
  }

  /// Appends ids that begin with the end of the answer, which the model may have said itself.
  private int[] append(int[] next) {
    boolean ended = ids[ids.length - 1] == next[0];
    return concat(ended ? Arrays.copyOf(ids, ids.length - 1) : ids, next);
  }

  /// Takes in the answer of a turn that was streamed.
  private void settle() {
    Turn turn = unsettled;
    unsettled = null;
    if (turn != null) {
      settle(turn);
    }
  }

  /// Takes in a turn's answer, waiting for it if need be. A turn that failed never was.
  private GenerationResult settle(Turn turn) {
    GenerationResult answer = turn.answer().result();
    ids = concat(turn.prompt(), said(answer));
    if (turn.message() != null) {
      messages.add(turn.message());
      messages.add(ChatMessage.assistant(answer.text()));
    }
    return answer;
  }

  /// The tokens that the model remembers to have said: without a stop string.
  private int[] said(GenerationResult answer) {
    boolean cut = answer.finishReason() == FinishReason.STOP && model.tokenizer().isPresent();
    return cut ? model.tokenizer().get().encode(answer.text()) : answer.tokenIds();
  }

  /// {@return the conversation so far, answers included}
  public List<ChatMessage> messages() {
    settle();
    return List.copyOf(messages);
  }

  /// {@return the conversation so far as the model knows it}
  public int[] tokenIds() {
    settle();
    return ids.clone();
  }

  /// {@return a second session that begins with this one's past; it costs no prefill while the
  /// cache holds that}
  public Session fork() {
    settle();
    return new Session(model, encoder, messages, ids);
  }

  /// Saves the session, with its part of the KV cache as far as that is still there. For
  /// [DbrxModel#restoreSession(Path)] of the same model, also in another process.
  ///
  /// @param file is replaced as a whole once everything is written
  /// @throws ModelIoException if it cannot be written
  public void save(Path file) {
    settle();
    model.sessionFile(file).write(new SessionFile.Content(messages, ids));
  }

  private static int[] concat(int[] first, int[] second) {
    return IntStream.concat(Arrays.stream(first), Arrays.stream(second)).toArray();
  }
}
