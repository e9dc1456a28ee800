package dev.dbrx4j.bench.gpu;

import dev.dbrx4j.bench.BenchReport;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// What was done, in words and rows: printed as it comes, and kept for a file.
final class GpuReport {
  private final PrintStream out;
  private final StringBuilder markdown = new StringBuilder("# DBRX on NVIDIA GPUs\n");
  private final BenchReport rows = new BenchReport();

  GpuReport(PrintStream out) {
    this.out = out;
  }

  void section(String title) {
    out.println("\n== " + title);
    markdown.append("\n## ").append(title).append("\n\n");
  }

  void say(String text) {
    out.println(text);
    for (String line : text.lines().toList()) {
      markdown.append(line.startsWith(" ") ? "  - " : "- ").append(line.strip()).append('\n');
    }
  }

  void add(BenchReport.Row row) {
    rows.add(row);
    say(
        row.peer() == null
            ? String.format(Locale.ROOT, "%s: %.1f %s", row.name(), row.value(), row.unit())
            : String.format(
                Locale.ROOT,
                "%s: %.1f %s, %.2f of the %s of %.1f (%.2f to %.2f)",
                row.name(),
                row.value(),
                row.unit(),
                row.ratio(),
                row.peer(),
                row.peerValue(),
                row.min(),
                row.max()));
  }

  BenchReport rows() {
    return rows;
  }

  void write(Path file) throws IOException {
    Files.writeString(file, markdown);
  }
}
