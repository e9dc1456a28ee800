package dev.dbrx4j.bench.load;

import dev.dbrx4j.bench.BenchReport;
import dev.dbrx4j.bench.BenchReport.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/// What a load came to, in rows and as a drawing.
final class LoadReport {
  private static final List<Integer> PERCENTILES = List.of(50, 90, 99);

  private final Load.Outcome outcome;
  private final Distribution firstToken;
  private final Distribution perToken;
  private final Distribution total;

  LoadReport(Load.Outcome outcome) {
    this.outcome = outcome;
    firstToken = distribution(UserTimes::timeToFirstToken);
    perToken = distribution(UserTimes::timePerOutputToken);
    total = distribution(UserTimes::total);
  }

  private Distribution distribution(ToDoubleFunction<UserTimes> time) {
    return Distribution.of(outcome.users().stream().mapToDouble(time));
  }

  BenchReport rows() {
    BenchReport report = new BenchReport();
    report.add(Row.of("load.users", "users", outcome.users().size()));
    report.add(Row.of("load.failed", "users", outcome.failures().size()));
    report.add(Row.of("load.throughput", "tok/s", outcome.tokens() / outcome.seconds()));
    report.add(Row.of("load.requests", "1/s", outcome.users().size() / outcome.seconds()));
    addPercentiles(report, "load.time-to-first-token", firstToken);
    addPercentiles(report, "load.time-per-output-token", perToken);
    addPercentiles(report, "load.total-time", total);
    return report;
  }

  private static void addPercentiles(BenchReport report, String name, Distribution millis) {
    for (int hundredths : PERCENTILES) {
      report.add(Row.of(name + ".p" + hundredths, "ms", millis.percentile(hundredths)));
    }
  }

  /// Draws the distributions of both times, and the throughput over time.
  ///
  /// @param file overwritten
  void draw(Path file) throws IOException {
    double[][] bySecond =
        IntStream.range(0, outcome.tokensPerSecond().size())
            .mapToObj(second -> new double[] {second, outcome.tokensPerSecond().get(second)})
            .toArray(double[][]::new);
    List<SvgPanel> panels =
        List.of(
            new SvgPanel("time to first token", "ms", "% of users", firstToken.curve()),
            new SvgPanel("time per output token", "ms", "% of users", perToken.curve()),
            new SvgPanel("throughput", "s", "tokens/s", bySecond));
    StringBuilder svg = new StringBuilder();
    svg.append(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\">\n"
            .formatted(panels.size() * SvgPanel.WIDTH, SvgPanel.HEIGHT));
    svg.append(
        """
        <style>
          text { font: 11px sans-serif; fill: #333 }
          .grid { stroke: #ddd }
          .line { stroke: #1f6fb2; stroke-width: 1.5; fill: none }
        </style>
        <rect width="100%" height="100%" fill="#fff"/>
        """);
    for (int i = 0; i < panels.size(); i++) {
      svg.append(panels.get(i).at(i * SvgPanel.WIDTH));
    }
    Files.writeString(file, svg.append("</svg>\n"));
  }
}
