package dev.dbrx4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.InvalidModelException;
import dev.dbrx4j.InvalidRequestException;
import dev.dbrx4j.ModelIoException;
import dev.dbrx4j.Precision;
import dev.dbrx4j.ProgressListener.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DbrxExporterTest {
  private static final ExportOptions ONE_THREAD = ExportOptions.defaults().withThreads(1);

  @TempDir private Path temp;
  private Path checkpoint;
  private Path target;
  private Path partial;

  @BeforeEach
  void copyGolden() {
    checkpoint = TestFolders.copy(TestFolders.golden("nano-f32"), temp.resolve("nano"));
    target = temp.resolve("bundle");
    partial = temp.resolve("bundle.partial");
  }

  private void stopAt(int update, int threads) {
    AtomicInteger updates = new AtomicInteger();
    ExportOptions options =
        ONE_THREAD
            .withThreads(threads)
            .withProgress(progress -> {
              if (updates.incrementAndGet() == update) {
                throw new CancellationException("enough");
              }
            });
    assertThatThrownBy(() -> DbrxExporter.export(checkpoint, target, options))
        .isInstanceOf(CancellationException.class);
    assertThat(target).doesNotExist();
  }

  private Map<String, byte[]> uninterrupted() {
    Path elsewhere = temp.resolve("uninterrupted");
    DbrxExporter.export(checkpoint, elsewhere, ONE_THREAD);
    return TestFolders.contents(elsewhere);
  }

  private static void assertSame(Path bundle, Map<String, byte[]> expected) {
    Map<String, byte[]> actual = TestFolders.contents(bundle);
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    expected.forEach((name, bytes) -> assertThat(actual.get(name)).as(name).isEqualTo(bytes));
  }

  @Test
  void bundleHoldsTheModelAndItsFiles() throws IOException {
    Files.writeString(checkpoint.resolve("tokenizer_config.json"), "{}");
    Files.writeString(checkpoint.resolve("cl100k_base.tiktoken"), "IQ== 0");
    Files.writeString(checkpoint.resolve("unrelated.txt"), "x");
    long planned = DbrxExporter.diskBytes(checkpoint, Precision.FP32);

    Bundle bundle = DbrxExporter.export(checkpoint, target, ExportOptions.defaults());

    assertThat(bundle.config()).isEqualTo(DbrxConfig.read(checkpoint.resolve("config.json")));
    assertThat(bundle.precision()).isEqualTo(Precision.FP32);
    assertThat(bundle.graph(Flavour.CPU)).isRegularFile();
    assertThat(TestFolders.contents(target).keySet())
        .containsExactlyInAnyOrder(
            "dbrx.json",
            "weights.bin",
            "model-cpu.onnx",
            "config.json",
            "generation_config.json",
            "tokenizer_config.json",
            "cl100k_base.tiktoken");
    long written =
        TestFolders.contents(target).values().stream().mapToLong(bytes -> bytes.length).sum();
    assertThat(written).isLessThanOrEqualTo(planned).isGreaterThan(planned * 9 / 10);
    assertThat(TestFolders.files(temp)).isEmpty(); // no lock is left
    assertThat(partial).doesNotExist();
  }

  @Test
  void shardsMakeTheSameBundleAsTheSingleFile() {
    Path sharded = temp.resolve("from-shards");

    DbrxExporter.export(TestFolders.golden("nano-f32/sharded"), sharded, ExportOptions.defaults());

    assertSame(sharded, uninterrupted());
  }

  @Test
  void progressCountsEveryByteOnce() {
    List<Progress> seen = new ArrayList<>();

    Bundle bundle =
        DbrxExporter.export(
            checkpoint, target, ExportOptions.defaults().withThreads(4).withProgress(seen::add));

    assertThat(seen).extracting(Progress::task).containsOnly("exporting");
    assertThat(seen).extracting(Progress::doneBytes).isSorted();
    assertThat(seen.getLast().doneBytes()).isEqualTo(bundle.weightBytes());
    assertThat(seen.getLast().totalBytes()).isEqualTo(bundle.weightBytes());
    assertThat(seen).extracting(Progress::detail).contains("lm_head.weight");
  }

  @Test
  void resumesWhereverItStopped() {
    Map<String, byte[]> expected = uninterrupted();
    AtomicInteger updates = new AtomicInteger();
    DbrxExporter.export(
        checkpoint,
        temp.resolve("counted"),
        ONE_THREAD.withProgress(progress -> updates.incrementAndGet()));

    for (int update = 1; update <= updates.get(); update += 3) {
      target = temp.resolve("bundle-" + update);
      stopAt(update, 1);
      DbrxExporter.export(checkpoint, target, ONE_THREAD);
      assertSame(target, expected);
    }
  }

  @Test
  void writesOnlyWhatIsMissing() {
    stopAt(30, 2);
    List<Progress> seen = new ArrayList<>();

    DbrxExporter.export(checkpoint, target, ONE_THREAD.withProgress(seen::add));

    List<Progress> exporting = seen.stream().filter(p -> p.task().equals("exporting")).toList();
    assertThat(exporting.getFirst().resumedBytes()).isPositive();
    assertThat(exporting.getFirst().doneBytes()).isGreaterThan(exporting.getFirst().resumedBytes());
    assertThat(exporting.getLast().doneBytes()).isEqualTo(exporting.getLast().totalBytes());
    assertThat(exporting).extracting(Progress::detail).doesNotContain("transformer.wte.weight");
  }

  @Test
  void repairsWhatACrashHasDamaged() throws IOException {
    Map<String, byte[]> expected = uninterrupted();
    stopAt(30, 1);
    Path weights = partial.resolve("weights.bin");
    byte[] damaged = Files.readAllBytes(weights);
    damaged[5] ^= 1;
    Files.write(weights, damaged);
    Path journal = partial.resolve("export.journal");
    Files.writeString(journal, Files.readString(journal) + "12 00ab"); // a line cut short

    DbrxExporter.export(checkpoint, target, ONE_THREAD);

    assertSame(target, expected);
  }

  @Test
  void repairsWhatWasNeverWritten() throws IOException {
    Map<String, byte[]> expected = uninterrupted();
    stopAt(30, 1);
    Files.write(partial.resolve("weights.bin"), new byte[10]);

    DbrxExporter.export(checkpoint, target, ONE_THREAD);

    assertSame(target, expected);
  }

  @Test
  void startsAnewWhenTheCheckpointHasChanged() throws IOException {
    stopAt(30, 1);
    Path other = checkpoint.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(other);
    bytes[bytes.length - 1] ^= 1;
    Files.write(other, bytes);
    Files.setLastModifiedTime(other, FileTime.from(Instant.EPOCH));

    DbrxExporter.export(checkpoint, target, ONE_THREAD);

    assertSame(target, uninterrupted());
  }

  @Test
  void refusesACheckpointThatChangesMeanwhile() throws IOException {
    Path file = checkpoint.resolve("model.safetensors");
    ExportOptions options = ONE_THREAD.withProgress(progress -> touch(file, progress.doneBytes()));

    assertThatThrownBy(() -> DbrxExporter.export(checkpoint, target, options))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("was changed during the export");
    assertThat(target).doesNotExist();
  }

  private static void touch(Path file, long seconds) {
    try {
      Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(seconds)));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void interruptLeavesAnExportToResume(int threads) {
    Map<String, byte[]> expected = uninterrupted();
    Thread caller = Thread.currentThread();
    ExportOptions options =
        ONE_THREAD.withThreads(threads).withProgress(progress -> caller.interrupt());

    assertThatThrownBy(() -> DbrxExporter.export(checkpoint, target, options))
        .isInstanceOf(ModelIoException.class)
        .hasMessageContaining("interrupted while exporting");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(target).doesNotExist();

    DbrxExporter.export(checkpoint, target, ONE_THREAD);
    assertSame(target, expected);
  }

  @Test
  void keepsWhatIsInTheWay() throws IOException {
    Files.createDirectories(partial);
    Path precious = Files.writeString(partial.resolve("thesis.txt"), "x");

    assertThatThrownBy(() -> DbrxExporter.export(checkpoint, target, ONE_THREAD))
        .isInstanceOf(ModelIoException.class)
        .hasMessageContaining(partial.toString());
    assertThat(precious).exists();
  }

  @Test
  void refusesATargetThatExists() throws IOException {
    Files.createDirectories(target);

    assertThatThrownBy(() -> DbrxExporter.export(checkpoint, target, ONE_THREAD))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(target.toString());
  }

  @ParameterizedTest
  @CsvSource({"8, 8", "24, 24"})
  void refusesHeadsThatTheOperatorCannotTurn(int dModel, int headDim) throws IOException {
    DbrxConfig config =
        new DbrxConfig(
            dModel, 1, 1, 1, 16, 8, null, 10_000, 4, 2, 1, 1f, DbrxConfig.Activation.SILU);
    Path folder = temp.resolve("odd");
    TestCheckpoints.write(folder, config, TestCheckpoints.randomWeights(config, 1));

    assertThatThrownBy(() -> DbrxExporter.export(folder, target, ONE_THREAD))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("head_dim of " + headDim);
  }
}
