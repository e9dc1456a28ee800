package dev.dbrx4j;

import dev.dbrx4j.tokenizer.ChatMessage;
import dev.dbrx4j.tokenizer.ChatTemplate;
import dev.dbrx4j.tokenizer.DbrxTokenizer;
import dev.dbrx4j.tokenizer.TokenizerException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Turns prompts into token ids that fit one model.
///
/// @param language how text becomes ids, unless the model has no tokenizer
/// @param vocabSize ids are below this
/// @param maxContext tokens of a prompt and what follows it
/// @param overflow what to do with prompts beyond that
record PromptEncoder(
    Optional<Language> language, int vocabSize, int maxContext, OverflowPolicy overflow) {

  /// What a model with a tokenizer speaks.
  record Language(DbrxTokenizer tokenizer, ChatTemplate template) {
    int[] encode(List<ChatMessage> messages) {
      try {
        return template.encode(messages, true, tokenizer);
      } catch (TokenizerException e) {
        throw new InvalidRequestException(
            "the chat template refuses this conversation: " + e.getMessage(), e);
      }
    }
  }

  /// Encodes a prompt, cut down if it is too long and the policy says so.
  ///
  /// @param maxNewTokens tokens to leave room for when cutting
  int[] encode(Prompt prompt, int maxNewTokens) {
    int keep = maxContext - Math.clamp(maxNewTokens, 1, Math.max(1, maxContext / 2));
    int[] ids =
        switch (prompt) {
          case Prompt.Text(String text) -> requireLanguage().tokenizer().encode(text);
          case Prompt.Ids(int[] given) -> checked(given);
          case Prompt.Chat(List<ChatMessage> messages) -> encode(messages, keep);
        };
    return fitted(ids, keep);
  }

  /// What follows the model's answer in the prompt of the next turn: the end of its own turn, the
  /// user's turn, and the beginning of the next answer. Empty if the template does not simply
  /// append turns.
  ///
  /// @param before the conversation, up to what the model answered to
  /// @param message what the user says next
  Optional<int[]> afterAnswer(List<ChatMessage> before, ChatMessage message) {
    int[] prompt = requireLanguage().encode(before);
    List<ChatMessage> after = new ArrayList<>(before);
    after.add(ChatMessage.assistant(""));
    after.add(message);
    int[] next = requireLanguage().encode(after);
    return Arrays.mismatch(prompt, next) == prompt.length
        ? Optional.of(Arrays.copyOfRange(next, prompt.length, next.length))
        : Optional.empty();
  }

  /// Encodes a conversation of whatever length.
  int[] encodeWhole(List<ChatMessage> messages) {
    return requireLanguage().encode(messages);
  }

  /// Makes a conversation fit whose ids are known, as the policy says.
  int[] fit(int[] ids, List<ChatMessage> messages, int maxNewTokens) {
    boolean drops = overflow == OverflowPolicy.DROP_OLDEST_TURNS && !messages.isEmpty();
    return encode(
        fits(ids) || !drops ? new Prompt.Ids(ids) : new Prompt.Chat(messages), maxNewTokens);
  }

  private Language requireLanguage() {
    return language.orElseThrow(() ->
        new InvalidRequestException(
            ("this model takes token ids only: its folder has no tokenizer files, and its "
                    + "vocabulary of %d tokens is not the one DBRX was trained with")
                .formatted(vocabSize)));
  }

  /// Checks token ids whose logits are wanted, which need no room for another token.
  void checkIds(int[] ids, int chunk) {
    if (ids.length == 0 || ids.length > maxContext || chunk < 1) {
      throw new InvalidRequestException(
          "logits of %d tokens in chunks of %d, allowed: 1 to %d tokens in chunks of 1 or more"
              .formatted(ids.length, chunk, maxContext));
    }
    checked(ids);
  }

  /// A prompt's tokens with those of a text behind them, for which the context has room.
  int[] appended(int[] prompt, String text) {
    int[] more = requireLanguage().tokenizer().encode(text);
    if (prompt.length + more.length > maxContext) {
      throw new InvalidRequestException(
          "a prompt of %d tokens and a continuation of %d are more than the context length, %d"
              .formatted(prompt.length, more.length, maxContext));
    }
    int[] both = Arrays.copyOf(prompt, prompt.length + more.length);
    System.arraycopy(more, 0, both, prompt.length, more.length);
    return both;
  }

  private int[] checked(int[] ids) {
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= vocabSize) {
        throw new InvalidRequestException(
            "token id %d at index %d of the prompt is not in 0..%d"
                .formatted(ids[i], i, vocabSize - 1));
      }
    }
    return ids;
  }

  private int[] encode(List<ChatMessage> messages, int keep) {
    int[] ids = requireLanguage().encode(messages);
    if (fits(ids) || overflow != OverflowPolicy.DROP_OLDEST_TURNS) {
      return ids;
    }
    List<ChatMessage> shorter = new ArrayList<>(messages);
    while (ids.length > keep && dropOldestTurn(shorter)) {
      ids = requireLanguage().encode(shorter);
    }
    return ids;
  }

  /// Removes the first user's message and what answers it, if another user's message follows.
  private static boolean dropOldestTurn(List<ChatMessage> messages) {
    int first = indexOfUser(messages, 0);
    int second = indexOfUser(messages, first + 1);
    if (first < 0 || second < 0) {
      return false;
    }
    messages.subList(first, second).clear();
    return true;
  }

  private static int indexOfUser(List<ChatMessage> messages, int from) {
    for (int i = from; i < messages.size(); i++) {
      if (messages.get(i).role().equals("user")) {
        return i;
      }
    }
    return -1;
  }

  private int[] fitted(int[] ids, int keep) {
    if (ids.length == 0) {
      throw new InvalidRequestException("the prompt is empty: it must have at least one token");
    }
    if (fits(ids)) {
      return ids;
    }
    if (overflow == OverflowPolicy.TRUNCATE_LEFT) {
      return Arrays.copyOfRange(ids, ids.length - keep, ids.length);
    }
    throw new InvalidRequestException(
        ("the prompt has %d tokens and the context length is %d, which leaves no room for a new "
                + "one: shorten it, raise contextLength, or choose another overflow policy than %s")
            .formatted(ids.length, maxContext, overflow));
  }

  private boolean fits(int[] ids) {
    return ids.length < maxContext;
  }
}
