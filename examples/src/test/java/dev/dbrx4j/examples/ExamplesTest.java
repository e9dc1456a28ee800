package dev.dbrx4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// The programs to copy from run as they stand.
class ExamplesTest {
  private static final String[] MODEL = {"../models/dbrx-tiny"};

  @Test
  void eightStreamsAreServedAtOnce() {
    String printed = printed(() -> EightStreamsExample.main(MODEL));
    assertThat(printed.lines().filter(line -> line.contains("first token after"))).hasSize(8);
    assertThat(printed).contains("Once upon a time", "Nobody knew why", "tokens/s together");
  }

  @Test
  void aTextIsStreamed() {
    assertThat(printed(() -> StreamingExample.main(MODEL))).contains("tokens/s");
  }

  @Test
  void aConversationIsHeld() {
    assertThat(printed(() -> ChatExample.main(MODEL)).lines()).hasSizeGreaterThanOrEqualTo(4);
  }

  /// What a program does with standard output.
  private interface Program {
    void run() throws Exception;
  }

  private static String printed(Program program) {
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      program.run();
    } catch (Exception e) {
      throw new AssertionError(e);
    } finally {
      System.setOut(before);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
