package dev.dbrx4j.onnx;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbrx4j.InvalidModelException;
import dev.dbrx4j.Precision;
import dev.dbrx4j.ProgressListener;
import dev.dbrx4j.ProgressListener.Progress;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleCacheTest {
  @TempDir private Path temp;
  private Path checkpoint;
  private BundleCache cache;

  @BeforeEach
  void copyGolden() {
    checkpoint = TestFolders.copy(TestFolders.golden("nano-f32"), temp.resolve("nano"));
    cache = new BundleCache(temp.resolve("cache"));
  }

  private Bundle bundle(ProgressListener progress) {
    return cache.bundleFor(checkpoint, Optional.of(Precision.FP32), progress);
  }

  private List<Path> cached() throws IOException {
    try (Stream<Path> entries = Files.list(cache.folder())) {
      return entries.toList();
    }
  }

  @Test
  void exportsOnce() throws IOException {
    List<Progress> first = new ArrayList<>();
    List<Progress> second = new ArrayList<>();

    Bundle exported = bundle(first::add);
    Bundle found = bundle(second::add);

    assertThat(found).isEqualTo(exported);
    assertThat(first).isNotEmpty();
    assertThat(second).isEmpty();
    assertThat(cached()).containsExactly(exported.folder());
  }

  @Test
  void leavesBundlesWhereTheyAre() {
    Path folder = temp.resolve("bundle");
    DbrxExporter.export(checkpoint, folder, ExportOptions.defaults());

    assertThat(
            cache.bundleFor(folder, Optional.of(Precision.FP32), ProgressListener.none()).folder())
        .isEqualTo(folder);
    assertThat(cache.folder()).doesNotExist();
  }

  @Test
  void exportsAgainWhenTheCheckpointHasChanged() throws IOException {
    Path before = bundle(ProgressListener.none()).folder();
    Files.setLastModifiedTime(
        checkpoint.resolve("model.safetensors"), FileTime.from(Instant.EPOCH));
    Path after = bundle(ProgressListener.none()).folder();
    Files.writeString(checkpoint.resolve("tokenizer_config.json"), "{}");
    Path afterwards = bundle(ProgressListener.none()).folder();

    assertThat(List.of(before, after, afterwards)).doesNotHaveDuplicates();
    assertThat(afterwards.resolve("tokenizer_config.json")).exists();
  }

  @Test
  void oneThreadExportsWhileOthersWait() throws Exception {
    ConcurrentLinkedQueue<Progress> seen = new ConcurrentLinkedQueue<>();
    Callable<Bundle> load = () -> bundle(seen::add);
    try (ExecutorService callers = Executors.newFixedThreadPool(4)) {
      List<Future<Bundle>> bundles = callers.invokeAll(Collections.nCopies(4, load));
      for (Future<Bundle> bundle : bundles) {
        assertThat(bundle.get()).isEqualTo(bundles.getFirst().get());
      }
    }
    assertThat(seen).extracting(Progress::task).contains("waiting for another export");
    assertThat(seen.stream().filter(BundleCacheTest::endsAnExport)).hasSize(1);
    assertThat(cached()).hasSize(1);
  }

  @Test
  void oneProcessExportsWhileAnotherWaits() throws Exception {
    List<Process> processes = List.of(otherProcess(), otherProcess(), otherProcess());
    List<String> printed = new ArrayList<>();
    for (Process process : processes) {
      printed.add(new String(process.getInputStream().readAllBytes(), UTF_8).strip());
      assertThat(process.waitFor()).as(printed.getLast()).isZero();
    }

    assertThat(printed)
        .containsOnlyOnce("exported")
        .allMatch(line -> line.matches("exported|found"));
    assertThat(cached()).containsExactly(bundle(ProgressListener.none()).folder());
  }

  @Test
  void goesOnAfterACrash() throws Exception {
    assertThat(otherProcess("crash").waitFor()).isEqualTo(Load.CRASHED);
    List<Progress> seen = new ArrayList<>();

    Bundle bundle = bundle(seen::add);

    assertThat(seen.getFirst().task()).isEqualTo("checking what is exported");
    assertThat(seen.getLast().resumedBytes()).isPositive();
    assertThat(cached()).containsExactly(bundle.folder());
  }

  private Process otherProcess(String... how) throws IOException {
    String classPath =
        String.join(
            File.pathSeparator,
            System.getProperty("jdk.module.path", ""),
            System.getProperty("java.class.path"),
            Path.of("target", "classes").toString(),
            Path.of("target", "test-classes").toString()); // patched into the module, so on no path
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", classPath, Load.class.getName()));
    command.addAll(List.of(checkpoint.toString(), cache.folder().toString()));
    command.addAll(List.of(how));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  /// Loads a model in a process of its own, and prints whether it was exported there; or ends the
  /// process half-way, as a crash would.
  static final class Load {
    static final int CRASHED = 99;

    public static void main(String[] arguments) {
      boolean crash = arguments.length > 2;
      AtomicBoolean exported = new AtomicBoolean();
      new BundleCache(Path.of(arguments[1]))
          .bundleFor(
              Path.of(arguments[0]),
              Optional.of(Precision.FP32),
              progress -> {
                exported.compareAndSet(false, endsAnExport(progress));
                if (crash && progress.doneBytes() > progress.totalBytes() / 2) {
                  Runtime.getRuntime().halt(CRASHED);
                }
              });
      System.out.println(exported.get() ? "exported" : "found");
    }
  }

  private static boolean endsAnExport(Progress progress) {
    return progress.task().equals("exporting") && progress.doneBytes() == progress.totalBytes();
  }

  @Test
  void saysHowToReplaceADamagedCopy() throws IOException {
    Path folder = bundle(ProgressListener.none()).folder();
    Files.delete(folder.resolve("model-cpu.onnx"));

    assertThatThrownBy(() -> bundle(ProgressListener.none()))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("model-cpu.onnx is missing")
        .hasMessageContaining("delete " + folder);
  }

  @Test
  void systemPropertyChoosesTheUsersCache() {
    String before = System.getProperty("dbrx4j.cache", "");
    try {
      System.setProperty("dbrx4j.cache", temp.toString());
      assertThat(BundleCache.ofUser().folder()).isEqualTo(temp);
      System.setProperty("dbrx4j.cache", "");
      assertThat(BundleCache.ofUser().folder()).isAbsolute().isNotEqualTo(temp);
    } finally {
      System.setProperty("dbrx4j.cache", before);
    }
  }

  @Test
  void refusesWhatIsNoModel() {
    checkpoint = temp.resolve("nowhere");

    assertThatThrownBy(() -> bundle(ProgressListener.none()))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining(checkpoint + " is not a folder");
  }
}
