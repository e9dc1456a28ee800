package dev.dbrx4j.bench.soak;

import dev.dbrx4j.DbrxModel;
import dev.dbrx4j.DbrxModelBuilder;
import dev.dbrx4j.ModelClosedException;
import dev.dbrx4j.ModelStats;
import dev.dbrx4j.bench.BenchReport;
import dev.dbrx4j.bench.BenchReport.Row;
import dev.dbrx4j.bench.Folders;
import dev.dbrx4j.bench.ModelFlags;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Runs a soak and judges it.
@Command(
    name = "soak",
    description = {
      "Let many callers use one model at once for a long time: they wait, read slowly, cancel, run out of time, get interrupted, subscribe, fork and save sessions.",
      "Every answer is compared with the same request made alone. Memory and threads are watched. Exit code 1 if anything was wrong."
    })
public final class SoakCommand implements Callable<Integer> {
  /// What a soak is at, as it says on a line of its own.
  static final String LOADING = "loading";

  static final String ASKING = "asking alone";
  static final String SERVING = "serving";

  private static final int SLOTS = 6;
  private static final int STEP_TOKENS = 96; // long prompts come in chunks
  private static final int QUEUE_BOUND = 12; // is full now and then

  private static final int SECONDS_TO_GET_IDLE = 30;

  @Mixin private ModelFlags model = new ModelFlags();

  @Option(
      names = "--minutes",
      paramLabel = "N",
      defaultValue = "30",
      description = "How long (default: ${DEFAULT-VALUE}).")
  private double minutes;

  @Option(
      names = "--callers",
      paramLabel = "N",
      defaultValue = "16",
      description = "How many at once (default: ${DEFAULT-VALUE}).")
  private int callers;

  @Option(
      names = "--requests",
      paramLabel = "N",
      defaultValue = "100",
      description = "Different requests, each made alone first (default: ${DEFAULT-VALUE}).")
  private int requests;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Same seed, same requests (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the rows there as JSON too.")
  private @Nullable Path json;

  /// For picocli.
  public SoakCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("dbrx-soak");
    try {
      return run(folder);
    } catch (ModelClosedException e) {
      if (!jvmExits()) {
        throw e;
      }
      return 1; // which nobody sees
    } finally {
      Folders.delete(folder);
    }
  }

  private static boolean jvmExits() {
    try {
      return Runtime.getRuntime().removeShutdownHook(new Thread());
    } catch (IllegalStateException e) {
      return true;
    }
  }

  private int run(Path folder) throws InterruptedException {
    System.out.println(LOADING);
    KnownAnswers known = knownAnswers();
    try (DbrxModel shared = builder(SLOTS).queueBound(QUEUE_BOUND).load(model.folder())) {
      Soak soak = new Soak(shared, known, folder, callers, seed, System.out);
      System.out.println(SERVING);
      soak.run(Duration.ofMillis((long) (minutes * 60_000)));
      if (jvmExits()) {
        return 1; // there is nothing to judge: the exit closes the model under its callers
      }
      checkIdle(shared, soak.tally());
      return judge(soak, shared.stats());
    }
  }

  private KnownAnswers knownAnswers() {
    try (DbrxModel alone = builder(1).load(model.folder())) {
      System.out.println(ASKING);
      return KnownAnswers.ask(alone, requests, new Random(seed));
    }
  }

  private static DbrxModelBuilder builder(int slots) {
    return DbrxModel.builder()
        .slots(slots)
        .stepTokens(STEP_TOKENS)
        .contextLength(KnownAnswers.MAX_TOKENS + 1);
  }

  /// A caller who cancels does not wait for the engine to notice, so it gets a moment.
  private static void checkIdle(DbrxModel shared, Tally tally) throws InterruptedException {
    for (int second = 0; isBusy(shared.stats()); second++) {
      if (second == SECONDS_TO_GET_IDLE) {
        tally.fault("the engine still works when all callers have gone: " + shared.stats());
        return;
      }
      Thread.sleep(1000);
    }
  }

  private static boolean isBusy(ModelStats stats) {
    return stats.running() + stats.waiting() > 0 || stats.kvTokens() > 0;
  }

  private int judge(Soak soak, ModelStats stats) {
    Tally tally = soak.tally();
    BenchReport report = new BenchReport();
    report.add(count("soak.answers", "answers", tally.completeAnswers()));
    report.add(count("soak.tokens", "tokens", tally.tokens()));
    report.add(count("soak.cut-short", "answers", tally.answersCutShort()));
    report.add(count("soak.refused", "requests", tally.refusals()));
    report.add(count("soak.prefix-hits", "tokens", stats.cachedPromptTokens()));
    report.add(count("soak.faults", "faults", tally.faults().size()));
    ProcessWatch watch = soak.watch();
    if (watch.third(1, _ -> 0).length > 0) {
      report.add(Row.of("soak.heap", "MB", watch.third(2, ProcessWatch.Sample::heapMegabytes)));
      report.add(
          Row.of("soak.heap.growth", "MB", watch.growth(ProcessWatch.Sample::heapMegabytes)));
      report.add(
          Row.of("soak.resident", "MB", watch.third(2, ProcessWatch.Sample::residentMegabytes)));
      report.add(
          Row.of(
              "soak.resident.growth", "MB", watch.growth(ProcessWatch.Sample::residentMegabytes)));
      report.add(Row.of("soak.threads", "threads", watch.third(2, ProcessWatch.Sample::threads)));
    }
    report.print(System.out);
    if (json != null) {
      report.writeJson(json);
    }
    tally.faults().forEach(fault -> System.err.println("fault: " + fault));
    return tally.faults().isEmpty() ? 0 : 1;
  }

  private static Row count(String name, String unit, long count) {
    return Row.of(name, unit, (double) count);
  }
}
