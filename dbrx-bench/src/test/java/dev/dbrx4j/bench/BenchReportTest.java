package dev.dbrx4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbrx4j.bench.BenchReport.Better;
import dev.dbrx4j.bench.BenchReport.Row;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class BenchReportTest {
  @Test
  void aRowHasTheMedianAndTheSpread() {
    assertThat(Row.of("load", "ms", 5, 1, 3))
        .isEqualTo(new Row("load", 3, "ms", null, null, null, 1, 5));
    assertThat(Row.of("load", "ms", 4, 1).value()).isEqualTo(2.5);
  }

  @Test
  void ratiosArePairedAndOverOneWhereOursIsBetter() {
    double[] ours = {10, 20, 40};
    double[] theirs = {5, 20, 10};
    assertThat(Row.against("speed", "MB/s", Better.HIGHER, ours, "peer", theirs))
        .isEqualTo(new Row("speed", 20, "MB/s", "peer", 10.0, 2.0, 1, 4));
    assertThat(Row.against("time", "s", Better.LOWER, ours, "peer", theirs))
        .isEqualTo(new Row("time", 20, "s", "peer", 10.0, 0.5, 0.25, 1));
  }

  @Test
  void columnsAreAligned() {
    var bytes = new ByteArrayOutputStream();
    report().print(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .isEqualToNormalizingNewlines(
            """
            benchmark  value  unit  peer  peer value  ratio   min   max
            load        3.00  ms                             1.00  5.00
            speed        200  MB/s  peer        50.0   4.00  4.00  4.00
            """);
  }

  @Test
  void jsonHasAllKeysInEveryRow(@TempDir Path folder) {
    Path file = folder.resolve("report.json");
    report().writeJson(file);
    assertThat(JsonMapper.shared().readTree(file))
        .isEqualTo(
            JsonMapper.shared()
                .readTree(
                    """
                    [{"name": "load", "value": 3.0, "unit": "ms", "peer": null,
                      "peer_value": null, "ratio": null, "min": 1.0, "max": 5.0},
                     {"name": "speed", "value": 200.0, "unit": "MB/s", "peer": "peer",
                      "peer_value": 50.0, "ratio": 4.0, "min": 4.0, "max": 4.0}]
                    """));
  }

  private static BenchReport report() {
    BenchReport report = new BenchReport();
    report.add(Row.of("load", "ms", 5, 1, 3));
    report.add(
        Row.against("speed", "MB/s", Better.HIGHER, new double[] {200}, "peer", new double[] {50}));
    return report;
  }
}
