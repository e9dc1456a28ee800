package dev.dbrx4j.bench.tokenizer;

import dev.dbrx4j.bench.BenchReport;
import dev.dbrx4j.bench.BenchReport.Better;
import dev.dbrx4j.bench.BenchReport.Row;
import dev.dbrx4j.bench.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Compares the tokenizers.
@Command(
    name = "tokenizer",
    description = {
      "Compare with jtokkit and with DJL's Hugging Face tokenizer: encode, count, decode, start,"
          + " load.",
      "Speeds are of one thread, by its CPU time, in MB of UTF-8 a second; allocation is in bytes a"
          + " byte of text. The tokenizers run by turns, each turn in a fresh JVM; a ratio is that"
          + " of two neighbouring turns."
    })
public final class TokenizerCommand implements Callable<Integer> {
  private static final String MB_PER_SECOND = "MB/s";

  @Option(names = "--quick", description = "Fewer and shorter turns.")
  private boolean quick;

  @Option(
      names = "--only",
      paramLabel = "REGEX",
      defaultValue = ".*",
      description = "Only the cases whose whole name matches, such as 'encode.*' (default: all).")
  @SuppressWarnings("NullAway.Init") // picocli sets the default
  private String only;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Also write the rows to this file, as a JSON array.")
  private @Nullable Path json;

  private final BenchReport report = new BenchReport();

  /// For picocli.
  public TokenizerCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("dbrx-bench-tokenizer");
    try {
      VocabularyFiles files = new VocabularyFiles(folder);
      files.write();
      // Methods are compiled when they are due and not beside: on a busy machine the first case
      // would be over before its code is compiled.
      ChildJvm warm = new ChildJvm(folder, List.of("-Xbatch"));
      compareSpeed(warm);
      compareColdStart(new ChildJvm(folder, List.of()));
      compareLoading(warm);
    } finally {
      Folders.delete(folder);
    }
    report.print(System.out);
    if (json != null) {
      report.writeJson(json);
    }
    return 0;
  }

  /// The figures of one case, a sample a turn.
  private static final class Case {
    private final List<Double> speeds = new ArrayList<>();
    private final List<Double> allocated = new ArrayList<>();
    private int tokens;

    private static double[] array(List<Double> samples) {
      return samples.stream().mapToDouble(Double::doubleValue).toArray();
    }
  }

  private void compareSpeed(ChildJvm jvm) throws IOException, InterruptedException {
    Map<Contestant, Map<String, Case>> cases = new EnumMap<>(Contestant.class);
    Map<Contestant, String> failures = new EnumMap<>(Contestant.class);
    int turns = quick ? 2 : 5;
    String millis = quick ? "500" : "1000";
    for (int turn = 0; turn < turns; turn++) {
      for (Contestant contestant : Contestant.values()) {
        progress("turn " + (turn + 1) + " of " + turns + ": " + contestant.title());
        Map<String, Case> found = cases.computeIfAbsent(contestant, c -> new LinkedHashMap<>());
        try {
          jvm.run(Worker.class, contestant.name(), jvm.folder().toString(), millis, millis, only)
              .lines()
              .forEach(line -> add(found, line.split("\t", -1)));
        } catch (IllegalStateException e) {
          failures.put(mayFail(contestant, e), String.valueOf(e.getMessage()));
        }
      }
    }
    Map<String, Case> ours = cases.getOrDefault(Contestant.OURS, Map.of());
    ours.forEach((name, our) -> {
      for (Contestant peer : List.of(Contestant.JTOKKIT, Contestant.DJL)) {
        Case their = cases.getOrDefault(peer, Map.of()).get(name);
        addRows(name, our, peer, their, failures.get(peer));
      }
    });
    addLinearity(ours.get("encode.word-1m"), ours.get("encode.word-100k"));
  }

  /// A peer's library may not run here; ours must.
  private static Contestant mayFail(Contestant contestant, IllegalStateException failure) {
    if (contestant == Contestant.OURS) {
      throw failure;
    }
    return contestant;
  }

  private static void add(Map<String, Case> cases, String[] fields) {
    Case found = cases.computeIfAbsent(fields[0], name -> new Case());
    found.speeds.add(Double.valueOf(fields[1]));
    found.allocated.add(Double.valueOf(fields[2]));
    found.tokens = Integer.parseInt(fields[3]);
  }

  private void addRows(
      String name, Case our, Contestant peer, @Nullable Case their, @Nullable String failure) {
    double[] speeds = Case.array(our.speeds);
    double[] allocated = Case.array(our.allocated);
    if (their == null || their.speeds.size() < speeds.length) {
      String title = peer.title() + ", did not run: " + failure;
      Row alone = Row.of(name, MB_PER_SECOND, speeds);
      report.add(
          new Row(name, alone.value(), alone.unit(), title, null, null, alone.min(), alone.max()));
      return;
    }
    String title = peer.title();
    if (their.tokens != our.tokens) {
      title += " (finds " + their.tokens + " tokens, not " + our.tokens + ")";
    }
    report.add(
        Row.against(name, MB_PER_SECOND, Better.HIGHER, speeds, title, Case.array(their.speeds)));
    if (peer == Contestant.JTOKKIT) {
      report.add(
          Row.against(
              name + ".allocation",
              "B/B",
              Better.LOWER,
              allocated,
              title,
              Case.array(their.allocated)));
    }
  }

  /// One tenfold as long takes ten times as long where this ratio is 1.
  private void addLinearity(@Nullable Case longer, @Nullable Case shorter) {
    if (longer != null && shorter != null) {
      report.add(
          Row.against(
              "encode.word-1m",
              MB_PER_SECOND,
              Better.HIGHER,
              Case.array(longer.speeds),
              "dbrx4j at a tenth of the length",
              Case.array(shorter.speeds)));
    }
  }

  /// Whole processes: from the start of the JVM until it has encoded a text.
  private void compareColdStart(ChildJvm jvm) throws IOException, InterruptedException {
    if (!"cold-start".matches(only)) {
      return;
    }
    progress("cold start");
    int turns = quick ? 5 : 20;
    double[] bare = new double[turns];
    Map<Contestant, double[]> millis = new EnumMap<>(Contestant.class);
    Map<Contestant, String> failures = new EnumMap<>(Contestant.class);
    for (int turn = 0; turn < turns; turn++) {
      bare[turn] = jvm.run(ColdStart.class).firstLineMillis();
      for (Contestant contestant : Contestant.values()) {
        try {
          millis.computeIfAbsent(contestant, c -> new double[turns])[turn] =
              jvm.run(ColdStart.class, contestant.name(), jvm.folder().toString())
                  .firstLineMillis();
        } catch (IllegalStateException e) {
          failures.put(mayFail(contestant, e), String.valueOf(e.getMessage()));
        }
      }
    }
    double[] ours = millis.getOrDefault(Contestant.OURS, bare);
    addMillis("cold-start", ours, "a JVM that does nothing", bare, null);
    for (Contestant peer : List.of(Contestant.JTOKKIT, Contestant.DJL)) {
      addMillis(
          "cold-start", ours, peer.title(), millis.getOrDefault(peer, bare), failures.get(peer));
    }
  }

  private void compareLoading(ChildJvm jvm) throws IOException, InterruptedException {
    if (!"load".matches(only)) {
      return;
    }
    progress("loading");
    Map<String, List<Double>> millis = new LinkedHashMap<>();
    for (int turn = 0; turn < (quick ? 2 : 5); turn++) {
      for (String line : jvm.run(Loading.class, jvm.folder().toString(), "40").lines()) {
        String[] fields = line.split("\t", -1);
        millis.computeIfAbsent(fields[0], name -> new ArrayList<>()).add(Double.valueOf(fields[1]));
      }
    }
    addLoading(
        "load.ranks", millis.get("OURS.ranks"), Contestant.JTOKKIT, millis.get("JTOKKIT.ranks"));
    addLoading(
        "load.other-ranks",
        millis.get("OURS.other"),
        Contestant.JTOKKIT,
        millis.get("JTOKKIT.ranks"));
    addLoading(
        "load.tokenizer-json", millis.get("OURS.json"), Contestant.DJL, millis.get("DJL.json"));
  }

  private void addLoading(
      String name, @Nullable List<Double> ours, Contestant peer, @Nullable List<Double> theirs) {
    if (ours != null) {
      addMillis(
          name,
          Case.array(ours),
          peer.title(),
          Case.array(theirs == null ? ours : theirs),
          theirs == null ? "see above" : null);
    }
  }

  private void addMillis(
      String name, double[] ours, String peer, double[] theirs, @Nullable String failure) {
    if (failure == null) {
      report.add(Row.against(name, "ms", Better.LOWER, ours, peer, theirs));
    } else {
      Row alone = Row.of(name, "ms", ours);
      report.add(
          new Row(
              name,
              alone.value(),
              "ms",
              peer + ", did not run: " + failure,
              null,
              null,
              alone.min(),
              alone.max()));
    }
  }

  private static void progress(String what) {
    System.err.println("dbrx bench tokenizer: " + what);
  }
}
