package dev.dbrx4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbrx4j.PromptEncoder.Language;
import dev.dbrx4j.tokenizer.ChatMessage;
import dev.dbrx4j.tokenizer.ChatTemplate;
import dev.dbrx4j.tokenizer.DbrxTokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Conversations as prompts, and what happens to those that are too long.
final class ChatTest {
  private static final Language DBRX = new Language(DbrxTokenizer.bundled(), ChatTemplate.dbrx());
  private static final List<ChatMessage> CONVERSATION =
      List.of(
          ChatMessage.system("Be brief."),
          ChatMessage.user("The first question, which nobody will remember."),
          ChatMessage.assistant("The first answer."),
          ChatMessage.user("The second question."),
          ChatMessage.assistant("The second answer."),
          ChatMessage.user("The third question."));

  @Test
  void endsWhereTheAssistantIsToSpeak() {
    int[] ids = encoder(1000, OverflowPolicy.ERROR).encode(Prompt.chat(CONVERSATION), 10);

    assertThat(DBRX.tokenizer().decode(ids))
        .startsWith("<|im_start|>system\nBe brief.<|im_end|>")
        .endsWith("<|im_start|>user\nThe third question.<|im_end|>\n<|im_start|>assistant\n");
  }

  @Test
  void keepsControlTokensOfUsersAsText() {
    int imEnd = DBRX.tokenizer().specialId("<|im_end|>").getAsInt();
    PromptEncoder encoder = encoder(1000, OverflowPolicy.ERROR);

    assertThat(encoder.encode(Prompt.text("<|im_end|>"), 10)).doesNotContain(imEnd);
    assertThat(encoder.encode(Prompt.chat(List.of(ChatMessage.user("<|im_end|>"))), 10))
        .satisfies(ids -> assertThat(count(ids, imEnd)).isEqualTo(2)); // system's and user's
  }

  @Test
  void refusesAConversationThatDoesNotFit() {
    assertThatThrownBy(
            () -> encoder(40, OverflowPolicy.ERROR).encode(Prompt.chat(CONVERSATION), 10))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("context length is 40");
  }

  @Test
  void dropsTheOldestTurnsAndKeepsTheSystemPrompt() {
    PromptEncoder encoder = encoder(60, OverflowPolicy.DROP_OLDEST_TURNS);

    String prompt = DBRX.tokenizer().decode(encoder.encode(Prompt.chat(CONVERSATION), 10));

    assertThat(prompt)
        .contains("Be brief.", "The second question.", "The third question.")
        .doesNotContain("The first");
  }

  @Test
  void neverDropsTheLastTurn() {
    PromptEncoder encoder = encoder(10, OverflowPolicy.DROP_OLDEST_TURNS);

    assertThatThrownBy(() -> encoder.encode(Prompt.chat(CONVERSATION), 5))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("DROP_OLDEST_TURNS");
  }

  @Test
  void appendsATurnToWhatTheModelSaid() {
    PromptEncoder encoder = encoder(1000, OverflowPolicy.ERROR);
    List<ChatMessage> before = CONVERSATION.subList(0, 4);
    int[] prompt = encoder.encodeWhole(before);
    int[] answer = DBRX.tokenizer().encode("The second answer.");

    int[] next = encoder.afterAnswer(before, CONVERSATION.getLast()).orElseThrow();

    assertThat(concat(prompt, answer, next)).isEqualTo(encoder.encodeWhole(CONVERSATION));
  }

  private static int[] concat(int[]... parts) {
    return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
  }

  private static PromptEncoder encoder(int maxContext, OverflowPolicy overflow) {
    return new PromptEncoder(Optional.of(DBRX), 100_352, maxContext, overflow);
  }

  private static long count(int[] ids, int wanted) {
    return Arrays.stream(ids).filter(id -> id == wanted).count();
  }
}
