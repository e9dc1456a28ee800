package dev.dbrx4j.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A few seconds of what the commands do for long.
class SoakTest {
  private static final String MODEL = "--model=../models/dbrx-tiny";

  @Test
  void everybodyGetsTheirAnswers(@TempDir Path folder) {
    Path json = folder.resolve("soak.json");
    int exitCode =
        new CommandLine(new SoakCommand())
            .execute("--minutes=0.1", "--requests=5", "--callers=8", "--json=" + json, MODEL);
    assertThat(exitCode).isZero();
    JsonNode rows = JsonMapper.shared().readTree(json);
    assertThat(rows.valueStream().map(row -> row.get("name").asString()))
        .contains("soak.answers", "soak.faults");
    assertThat(value(rows, "soak.answers")).isPositive();
    assertThat(value(rows, "soak.faults")).isZero();
  }

  private static double value(JsonNode rows, String name) {
    return rows.valueStream()
        .filter(row -> row.get("name").asString().equals(name))
        .findFirst()
        .orElseThrow()
        .get("value")
        .asDouble();
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void signalsEndItAsTheShellExpects() {
    assertThat(new CommandLine(new KillsCommand()).execute("--count=2", "--within=3", MODEL))
        .isZero();
  }
}
