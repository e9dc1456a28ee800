package dev.dbrx4j.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ChatCommandTest {
  @Test
  void answersStreamAndHistoryShowsThem() {
    String[] lines = chat("Hello\n\nhistory\nquit\nnot read\n").split("\n");
    assertThat(lines).hasSize(3);
    assertThat(lines[1]).isEqualTo("user: Hello");
    assertThat(lines[2]).isEqualTo("assistant: " + lines[0]);
  }

  @Test
  void theWordsOfACommandAreAMessageWithinALongerLine() {
    assertThat(chat("the history\nhistory\n")).contains("user: the history");
  }

  @Test
  void clearForgetsTheTurnsAndKeepsTheSystemPrompt() {
    assertThat(chat("Hello\nsystem\nBe brief.\nclear\nhistory\n"))
        .endsWith("\nsystem: Be brief.\n");
  }

  @Test
  void formattedHistoryIsWhatTheModelReads() {
    assertThat(chat("system\nBe brief.\nHello\nhistory_fmt\n"))
        .contains(
            """
            <|im_start|>system
            Be brief.<|im_end|>
            <|im_start|>user
            Hello<|im_end|>
            <|im_start|>assistant
            """);
  }

  @Test
  void aBackslashContinuesTheLine() {
    assertThat(chat("one\\\ntwo\nhistory\n")).contains("user: one\ntwo\n");
  }

  @Test
  void anAnswerDependsOnWhatWasSaidBefore() {
    String question = "What is the capital of France?\n";
    assertThat(chat("system\nAnswer in JSON.\n" + question)).doesNotEndWith(chat(question));
  }

  @Test
  void helpNamesTheCommands() {
    assertThat(chat("help\n")).contains("history_fmt").contains("quit");
  }

  private static String chat(String input) {
    Run run = Run.withInput(input, "chat", "--model", Run.TINY, "-n", "6");
    assertThat(run.exit()).isZero();
    return run.text();
  }
}
