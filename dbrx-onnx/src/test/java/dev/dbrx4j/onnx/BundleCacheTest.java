package dev.dbrx4j.onnx;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbrx4j.InvalidModelException;
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
    return cache.bundleFor(checkpoint, Precision.FP32, progress);
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

    assertThat(cache.bundleFor(folder, Precision.FP32, ProgressListener.none()).folder())
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

  private Process otherProcess() throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classes =
        String.join(
            File.pathSeparator,
            Path.of("target", "test-classes").toString(),
            Path.of("target", "classes").toString(),
            System.getProperty("jdk.module.path", ""),
            System.getProperty("java.class.path"));
    String[] arguments = {checkpoint.toString(), cache.folder().toString()};
    return new ProcessBuilder(
            java, "-cp", classes, Load.class.getName(), arguments[0], arguments[1])
        .redirectErrorStream(true)
        .start();
  }

  /// Loads a model in a process of its own, and prints whether it was exported there.
  static final class Load {
    public static void main(String[] arguments) {
      AtomicBoolean exported = new AtomicBoolean();
      new BundleCache(Path.of(arguments[1]))
          .bundleFor(
              Path.of(arguments[0]),
              Precision.FP32,
              progress -> exported.compareAndSet(false, endsAnExport(progress)));
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
  void refusesWhatIsNoModel() {
    checkpoint = temp.resolve("nowhere");

    assertThatThrownBy(() -> bundle(ProgressListener.none()))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining(checkpoint + " is not a folder");
  }
}
