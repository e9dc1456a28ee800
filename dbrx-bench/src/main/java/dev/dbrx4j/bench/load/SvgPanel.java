package dev.dbrx4j.bench.load;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// One line in a frame with scales from zero.
///
/// @param title what is shown
/// @param xUnit below the frame
/// @param yUnit beside the title
/// @param points x and y of each
@SuppressWarnings("ArrayRecordComponent") // never compared, never written to
record SvgPanel(String title, String xUnit, String yUnit, double[][] points) {
  static final int WIDTH = 360;
  static final int HEIGHT = 260;

  private static final int LEFT = 50;
  private static final int RIGHT = 15;
  private static final int TOP = 35;
  private static final int BOTTOM = 45;
  private static final int TICKS = 5;

  /// {@return an SVG group, moved to the right by so much}
  String at(int x) {
    double xEnd = end(0);
    double yEnd = end(1);
    StringBuilder svg = new StringBuilder("<g transform=\"translate(%d 0)\">\n".formatted(x));
    svg.append(text(LEFT, TOP - 12, "start", title + ", " + yUnit));
    svg.append(text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 8, "middle", xUnit));
    for (int tick = 0; tick <= TICKS; tick++) {
      double part = (double) tick / TICKS;
      svg.append(line(x(part), y(0), x(part), y(1)));
      svg.append(line(x(0), y(part), x(1), y(part)));
      svg.append(text(x(part), HEIGHT - BOTTOM + 16, "middle", number(part * xEnd)));
      svg.append(text(LEFT - 6, y(part) + 4, "end", number(part * yEnd)));
    }
    String polyline =
        Arrays.stream(points)
            .map(point ->
                String.format(Locale.ROOT, "%.1f,%.1f", x(point[0] / xEnd), y(point[1] / yEnd)))
            .collect(Collectors.joining(" "));
    svg.append("<polyline points=\"" + polyline + "\" class=\"line\"/>\n</g>\n");
    return svg.toString();
  }

  /// A round number at or above the largest coordinate.
  private double end(int coordinate) {
    double largest = Arrays.stream(points).mapToDouble(point -> point[coordinate]).max().orElse(1);
    double power = Math.pow(10, Math.floor(Math.log10(Math.max(largest, 1e-6))));
    return power * Math.max(1, Math.ceil(largest / power * 2) / 2);
  }

  private static double x(double part) {
    return LEFT + part * (WIDTH - LEFT - RIGHT);
  }

  private static double y(double part) {
    return HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM);
  }

  private static String line(double x1, double y1, double x2, double y2) {
    return String.format(
        Locale.ROOT,
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"grid\"/>%n",
        x1,
        y1,
        x2,
        y2);
  }

  private static String text(double x, double y, String anchor, String text) {
    String escaped = text.replace("&", "&amp;").replace("<", "&lt;");
    return String.format(
        Locale.ROOT,
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
        x,
        y,
        anchor,
        escaped);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value >= 10 || value == 0 ? "%.0f" : "%.2g", value);
  }
}
