package dev.dbrx4j.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "generate",
        "chat",
        "tokenize",
        "detokenize",
        "logits",
        "export",
        "verify",
        "batch",
        "inspect"
      })
  void everyCommandExplainsItselfWithAnExample(String command) {
    Run run = Run.of(command, "--help");
    assertThat(run.exit()).isZero();
    assertThat(run.text()).startsWith("Usage: dbrx " + command).contains("  dbrx " + command);
    assertThat(run.err()).isEmpty();
    assertThat(Run.of("--help").text()).contains("\n  " + command + " ");
  }

  @Test
  void versionsAreTold() {
    assertThat(Run.of("--version").text())
        .startsWith("dbrx4j ")
        .contains("Java " + Runtime.version());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "fly",
        "generate --fly",
        "generate --temperature hot x",
        "generate --temperature -1 x",
        "generate --top-p 1.5 x",
        "generate --max-new-tokens 0 x",
        "generate --ids 1,two",
        "generate --ids 1 x",
        "generate --ids @no-such-file",
        "generate --threads 0 x",
        "generate --regex ( x",
        "generate --json --choice yes x",
        "generate --ids -1",
        "generate --ids 100352",
        "generate --context-length 2 --ids 1,2,3",
        "logits --ids 1",
        "logits --out x",
        "export",
        "export --precision fp3 --out x",
        "tokenize --special maybe x",
        "inspect here"
      })
  void wrongUsageIsOneLineAndAHint(String line) {
    Run run = Run.of(line.isEmpty() ? new String[0] : line.split(" "));
    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines().filter(text -> !text.contains("no --model given")))
        .hasSizeBetween(1, 2)
        .first()
        .asString()
        .startsWith("dbrx: ");
  }

  @Test
  void aBadOptionValueIsNamedWithItsRange() {
    assertThat(Run.of("generate", "--temperature", "-1", "x").err())
        .startsWith("dbrx: option temperature is -1.0, allowed: ")
        .contains("Try 'dbrx generate --help'.");
  }

  @Test
  void failuresAreOneLineAndExitOne(@TempDir Path empty) {
    Run run = Run.of("generate", "--model", empty.toString(), "x");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err().lines())
        .singleElement()
        .asString()
        .startsWith("dbrx: ")
        .contains("config.json");
  }

  @Test
  void debugAddsTheStackTrace(@TempDir Path empty) {
    assertThat(Run.of("generate", "--debug", "--model", empty.toString(), "x").err())
        .contains("InvalidModelException")
        .contains("\tat ");
  }
}
