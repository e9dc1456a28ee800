package dev.dbrx4j.examples.cli;

import dev.dbrx4j.ProgressListener;
import java.time.Duration;
import java.util.Locale;

/// Shows progress on standard error: on one line again and again if a person watches, else a line
/// every ten seconds.
final class ProgressLine implements ProgressListener {
  private static final Duration OFTEN = Duration.ofMillis(100);
  private static final Duration SELDOM = Duration.ofSeconds(10);

  private final Stdio stdio;
  private Duration next = Duration.ZERO;

  ProgressLine(Stdio stdio) {
    this.stdio = stdio;
    next = stdio.interactive() ? Duration.ZERO : SELDOM;
  }

  @Override
  public void update(Progress progress) {
    boolean done = progress.doneBytes() >= progress.totalBytes();
    if (progress.elapsed().compareTo(next) < 0 && !(done && stdio.interactive())) {
      return;
    }
    next = progress.elapsed().plus(stdio.interactive() ? OFTEN : SELDOM);
    if (!stdio.interactive()) {
      stdio.note(text(progress));
    } else {
      stdio.err().print("\r\033[K" + (done ? "" : text(progress)));
      stdio.err().flush();
    }
  }

  static String text(Progress progress) {
    long percent = 100 * progress.doneBytes() / Math.max(1, progress.totalBytes());
    String line =
        String.format(
            Locale.ROOT,
            "%s %d%% %s of %s",
            progress.task(),
            percent,
            Bytes.text(progress.doneBytes()),
            Bytes.text(progress.totalBytes()));
    String rate =
        progress
            .remaining()
            .map(left ->
                ", "
                    + Bytes.text((long) progress.bytesPerSecond())
                    + "/s, "
                    + clock(left)
                    + " left")
            .orElse("");
    return line + rate + "  " + progress.detail();
  }

  private static String clock(Duration duration) {
    return duration.toHours() > 0
        ? String.format(
            Locale.ROOT,
            "%d:%02d:%02d",
            duration.toHours(),
            duration.toMinutesPart(),
            duration.toSecondsPart())
        : String.format(Locale.ROOT, "%d:%02d", duration.toMinutes(), duration.toSecondsPart());
  }
}
