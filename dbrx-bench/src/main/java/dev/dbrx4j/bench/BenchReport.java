package dev.dbrx4j.bench;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// What a benchmark measured: rows, printed as a table and written as JSON. A row may stand against
/// a peer measured in the same run; then its ratio is over 1 where ours is better.
public final class BenchReport {
  private static final List<String> HEADINGS =
      List.of("benchmark", "value", "unit", "peer", "peer value", "ratio", "min", "max");

  private final List<Row> rows = new ArrayList<>();

  /// Starts a report without rows.
  public BenchReport() {}

  /// Which of two values is the better one.
  public enum Better {
    /// Speeds.
    HIGHER,
    /// Times and sizes.
    LOWER
  }

  /// One measurement.
  ///
  /// @param name what was measured, such as `encode.english`
  /// @param value ours, the median
  /// @param unit of both values, such as `MB/s`
  /// @param peer whom it is compared with, or null for nobody
  /// @param peerValue theirs, the median
  /// @param ratio median of the paired ratios, over 1 where ours is better
  /// @param min smallest ratio, or where there is no peer the smallest value
  /// @param max largest ratio, or where there is no peer the largest value
  @JsonInclude(JsonInclude.Include.ALWAYS)
  public record Row(
      String name,
      double value,
      String unit,
      @Nullable String peer,
      @JsonProperty("peer_value") @Nullable Double peerValue,
      @Nullable Double ratio,
      double min,
      double max) {
    /// {@return a row without a peer}
    ///
    /// @param name what was measured
    /// @param unit of the samples
    /// @param samples one or more measurements
    public static Row of(String name, String unit, double... samples) {
      double[] sorted = sorted(samples);
      return new Row(
          name, median(sorted), unit, null, null, null, sorted[0], sorted[sorted.length - 1]);
    }

    /// {@return a row against a peer}
    ///
    /// @param name what was measured
    /// @param unit of all samples
    /// @param better which of two samples is the better one
    /// @param samples ours, in the order of measurement
    /// @param peer whom it is compared with
    /// @param peerSamples theirs; sample i was measured next to our sample i
    public static Row against(
        String name,
        String unit,
        Better better,
        double[] samples,
        String peer,
        double[] peerSamples) {
      double[] ratios =
          IntStream.range(0, samples.length)
              .mapToDouble(i ->
                  better == Better.HIGHER
                      ? samples[i] / peerSamples[i]
                      : peerSamples[i] / samples[i])
              .sorted()
              .toArray();
      return new Row(
          name,
          median(sorted(samples)),
          unit,
          peer,
          median(sorted(peerSamples)),
          median(ratios),
          ratios[0],
          ratios[ratios.length - 1]);
    }

    private static double[] sorted(double[] samples) {
      double[] sorted = samples.clone();
      Arrays.sort(sorted);
      return sorted;
    }

    private static double median(double[] sorted) {
      int middle = sorted.length / 2;
      return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private List<String> cells() {
      return List.of(
          name,
          number(value),
          unit,
          peer == null ? "" : peer,
          number(peerValue),
          number(ratio),
          number(min),
          number(max));
    }

    private static String number(@Nullable Double value) {
      if (value == null) {
        return "";
      }
      int decimals = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
      return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
  }

  /// Adds a row.
  ///
  /// @param row what was measured
  public void add(Row row) {
    rows.add(row);
  }

  /// {@return the rows so far}
  public List<Row> rows() {
    return List.copyOf(rows);
  }

  /// Prints the rows as a table with aligned columns.
  ///
  /// @param out where to
  public void print(PrintStream out) {
    List<List<String>> lines = new ArrayList<>();
    lines.add(HEADINGS);
    rows.forEach(row -> lines.add(row.cells()));
    int[] widths =
        IntStream.range(0, HEADINGS.size())
            .map(column ->
                lines.stream().mapToInt(line -> line.get(column).length()).max().orElse(0))
            .toArray();
    lines.forEach(line -> out.println(aligned(line, widths)));
  }

  private static String aligned(List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < widths.length; column++) {
      String padding = " ".repeat(widths[column] - cells.get(column).length());
      boolean text = column == 0 || column == 2 || column == 3;
      line.append(text ? cells.get(column) + padding : padding + cells.get(column)).append("  ");
    }
    return line.toString().stripTrailing();
  }

  /// Writes the rows as a JSON array.
  ///
  /// @param file overwritten
  public void writeJson(Path file) {
    JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build().writeValue(file, rows);
  }
}
