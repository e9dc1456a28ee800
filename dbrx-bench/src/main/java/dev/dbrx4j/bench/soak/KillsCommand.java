package dev.dbrx4j.bench.soak;

import dev.dbrx4j.bench.Folders;
import dev.dbrx4j.bench.ModelFlags;
import dev.dbrx4j.bench.ProcessStatus;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Kills soaks.
@Command(
    name = "kills",
    description = {
      "Start a soak in a process of its own and end it with a signal at a random moment, again and again: half of them while they serve.",
      "Exit code 1 if one did not end with the signal's code, crashed, or said anything on standard error."
    })
public final class KillsCommand implements Callable<Integer> {
  private static final int SIGINT = 2;
  private static final int SIGTERM = 15;
  private static final int SECONDS_TO_END = 120;
  private static final int MILLIS_BETWEEN_LOOKS = 5;
  private static final int KILLS_A_LINE = 20;
  private static final String STARTING = "starting";

  /// When to kill: half of the soaks while they serve.
  private static final List<String> MOMENTS =
      List.of(
          STARTING,
          SoakCommand.LOADING,
          SoakCommand.ASKING,
          SoakCommand.SERVING,
          SoakCommand.SERVING,
          SoakCommand.SERVING);

  @Mixin private ModelFlags model = new ModelFlags();

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "200",
      description = "How many kills (default: ${DEFAULT-VALUE}).")
  private int count;

  @Option(
      names = "--within",
      paramLabel = "SECONDS",
      defaultValue = "2",
      description = {
        "How long after a soak has said that it starts, loads, asks alone, or serves it lives at most",
        "(default: ${DEFAULT-VALUE})."
      })
  private double within;

  private final SequencedMap<String, Integer> killsByMoment = new TreeMap<>();

  /// For picocli.
  public KillsCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    boolean interrupts = !ignoresInterrupts();
    if (!interrupts) {
      System.out.println("this process inherited that SIGINT is ignored, so all kills are SIGTERM");
    }
    Random random = new Random();
    int faults = 0;
    for (int i = 0; i < count; i++) {
      int signal = interrupts && i % 2 == 1 ? SIGINT : SIGTERM;
      String moment = MOMENTS.get(random.nextInt(MOMENTS.size()));
      String fault = killOne(signal, moment, (long) (random.nextDouble() * within * 1000));
      if (!fault.isEmpty()) {
        faults++;
        System.err.println("fault: " + fault);
      }
      if ((i + 1) % KILLS_A_LINE == 0 || i + 1 == count) {
        System.out.printf("%d kills %s, %d faults%n", i + 1, killsByMoment, faults);
      }
    }
    return faults == 0 ? 0 : 1;
  }

  /// A shell starts its background jobs with SIGINT ignored, and so their children.
  private static boolean ignoresInterrupts() {
    String mask = ProcessStatus.field("SigIgn").orElse("0");
    return (Long.parseUnsignedLong(mask, 16) >> (SIGINT - 1) & 1) != 0;
  }

  /// Returns what was wrong, or nothing.
  private String killOne(int signal, String wanted, long afterMillis)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("dbrx-kill");
    Path said = folder.resolve("said");
    Path complained = folder.resolve("complained");
    Process process =
        new ProcessBuilder(command())
            .directory(Files.createDirectory(folder.resolve("work")).toFile())
            .redirectOutput(said.toFile())
            .redirectError(complained.toFile())
            .start();
    try {
      awaitMoment(process, said, wanted);
      Thread.sleep(afterMillis);
      new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
      boolean ended = process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS);
      String moment = moment(said);
      killsByMoment.merge(moment, 1, Integer::sum);
      return ended ? fault(process.exitValue(), signal, folder, moment) : "one still runs";
    } finally {
      process.destroyForcibly().waitFor();
      Folders.delete(folder);
    }
  }

  private static void awaitMoment(Process process, Path said, String wanted)
      throws IOException, InterruptedException {
    while (process.isAlive()
        && !wanted.equals(STARTING)
        && !Files.readAllLines(said).contains(wanted)) {
      Thread.sleep(MILLIS_BETWEEN_LOOKS);
    }
  }

  /// Which part of its work a soak announced last.
  private static String moment(Path said) throws IOException {
    return Files.readAllLines(said).stream()
        .filter(line -> !line.isEmpty() && !line.startsWith(" "))
        .reduce((_, last) -> last)
        .orElse(STARTING);
  }

  private static String fault(int exitCode, int signal, Path folder, String moment)
      throws IOException {
    // Before our first line the virtual machine may complain that it cannot log its own exit.
    String complaint =
        moment.equals(STARTING) ? "" : Files.readString(folder.resolve("complained"));
    List<Path> left;
    try (Stream<Path> files = Files.list(folder.resolve("work"))) {
      left = files.toList();
    }
    boolean asItShould = exitCode == 128 + signal && complaint.isEmpty() && left.isEmpty();
    return asItShould
        ? ""
        : "exit code %d after signal %d while %s, left %s, complained: %s, said: %s"
            .formatted(
                exitCode,
                signal,
                moment,
                left,
                complaint,
                Files.readString(folder.resolve("said")));
  }

  private List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-Ddbrx4j.cache=" + absolute(System.getProperty("dbrx4j.cache", "")));
    command.addAll(List.of("-cp", absolute(System.getProperty("java.class.path"))));
    command.add("dev.dbrx4j.bench.Main");
    command.addAll(List.of("soak", "--minutes=60", "--requests=4"));
    command.add("--model=" + model.folder().toAbsolutePath());
    return command;
  }

  private static String absolute(String paths) {
    return Arrays.stream(paths.split(File.pathSeparator))
        .filter(part -> !part.isEmpty())
        .map(part -> Path.of(part).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }
}
