package dev.dbrx4j.bench.soak;

import dev.dbrx4j.DbrxModel;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;

/// Callers who use one model at once for a long time, and somebody who watches the process.
final class Soak {
  private static final int SECONDS_BETWEEN_LOOKS = 10;

  /// Seconds of this process's own time in which every caller must get something done.
  private static final int SECONDS_TO_BE_STUCK = 120;

  private final DbrxModel model;
  private final KnownAnswers known;
  private final Path folder;
  private final long seed;
  private final PrintStream progress;
  private final Tally tally = new Tally();
  private final ProcessWatch watch = new ProcessWatch();
  private final AtomicIntegerArray idleSeconds;
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean over;

  /// @param folder for saved sessions
  /// @param progress told every ten seconds
  Soak(
      DbrxModel model,
      KnownAnswers known,
      Path folder,
      int callers,
      long seed,
      PrintStream progress) {
    this.model = model;
    this.known = known;
    this.folder = folder;
    this.seed = seed;
    this.progress = progress;
    this.idleSeconds = new AtomicIntegerArray(callers);
  }

  /// Lets callers act for so long, or until one met with a fault.
  void run(Duration duration) throws InterruptedException {
    for (int i = 0; i < idleSeconds.length(); i++) {
      int index = i;
      threads.add(Thread.ofVirtual().name("caller-" + i).start(() -> act(index)));
    }
    // Counted in ticks, so that a process that was stopped for a while has nobody to blame.
    for (long second = 1; second <= duration.toSeconds() && tally.faults().isEmpty(); second++) {
      Thread.sleep(1000);
      noticeStuckCallers();
      if (second % SECONDS_BETWEEN_LOOKS == 0) {
        report(second);
      }
    }
    over = true;
    for (Thread thread : threads) {
      if (!thread.join(Duration.ofSeconds(SECONDS_TO_BE_STUCK))) {
        tally.fault(thread.getName() + " does not get to an end");
      }
    }
  }

  private void act(int index) {
    Caller caller = new Caller(model, known, folder, tally, seed + index);
    try {
      while (!over) {
        caller.act();
        idleSeconds.set(index, 0);
      }
    } catch (RuntimeException | Error e) {
      tally.fault(Thread.currentThread().getName() + ": " + e);
    }
  }

  private void noticeStuckCallers() {
    for (int i = 0; i < idleSeconds.length(); i++) {
      if (idleSeconds.incrementAndGet(i) == SECONDS_TO_BE_STUCK) {
        tally.fault("caller-%d has waited for %d seconds".formatted(i, SECONDS_TO_BE_STUCK));
      }
    }
  }

  private void report(long second) {
    ProcessWatch.Sample sample = watch.look();
    progress.printf(
        "%5d s  %7d answers  %8d tokens  %6d cut short  %6d refused  heap %5.1f MB  resident %6.1f MB  %3d threads%n",
        second,
        tally.completeAnswers(),
        tally.tokens(),
        tally.answersCutShort(),
        tally.refusals(),
        sample.heapMegabytes(),
        sample.residentMegabytes(),
        sample.threads());
  }

  Tally tally() {
    return tally;
  }

  ProcessWatch watch() {
    return watch;
  }
}
