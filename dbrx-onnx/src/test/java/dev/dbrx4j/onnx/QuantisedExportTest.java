package dev.dbrx4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.InvalidModelException;
import dev.dbrx4j.InvalidRequestException;
import dev.dbrx4j.Precision;
import dev.dbrx4j.Precision.WeightType;
import dev.dbrx4j.ProgressListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuantisedExportTest {
  private static final Path CHECKPOINT = TestFolders.golden("nano-f32");
  private static final Precision PRECISION = Precision.INT4.withBlock(64);
  private static final ExportOptions OPTIONS =
      ExportOptions.defaults().withPrecision(PRECISION).withThreads(1);

  @TempDir private Path temp;

  @Test
  void bundleTellsItsPrecision() {
    Bundle bundle = DbrxExporter.export(CHECKPOINT, temp.resolve("bundle"), OPTIONS);

    assertThat(bundle.precision()).isEqualTo(PRECISION);
    long floats = DbrxExporter.diskBytes(CHECKPOINT, Precision.FP32);
    assertThat(bundle.weightBytes()).isLessThan(floats);
  }

  /// Integers and scales are made together, and an export may end between the two.
  @Test
  void resumesWhereverItStopped() {
    AtomicInteger updates = new AtomicInteger();
    Bundle whole =
        DbrxExporter.export(
            CHECKPOINT,
            temp.resolve("whole"),
            OPTIONS.withProgress(progress -> updates.incrementAndGet()));
    Map<String, byte[]> expected = TestFolders.contents(whole.folder());

    for (int last = 1; last <= updates.get(); last += 7) {
      Path target = temp.resolve("bundle-" + last);
      stopAt(last, target);
      DbrxExporter.export(CHECKPOINT, target, OPTIONS.withThreads(2));
      TestFolders.contents(target)
          .forEach((name, bytes) -> assertThat(bytes).as(name).isEqualTo(expected.get(name)));
    }
  }

  private static void stopAt(int update, Path target) {
    AtomicInteger updates = new AtomicInteger();
    ExportOptions options =
        OPTIONS.withProgress(progress -> {
          if (updates.incrementAndGet() == update) {
            throw new CancellationException("enough");
          }
        });
    assertThatThrownBy(() -> DbrxExporter.export(CHECKPOINT, target, options))
        .isInstanceOf(CancellationException.class);
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.NEGATIVE_INFINITY, 1e9f})
  void refusesAWeightThatNoScaleFits(float weight) {
    DbrxConfig config =
        new DbrxConfig(32, 2, 1, 1, 16, 40, null, 10_000, 24, 2, 1, 1f, DbrxConfig.Activation.SILU);
    Map<String, float[]> weights = TestCheckpoints.randomWeights(config, 1);
    weights.get("transformer.blocks.0.ffn.experts.mlp.w2")[1000] = weight;
    Path folder = temp.resolve("odd");
    TestCheckpoints.write(folder, config, weights);

    assertThatThrownBy(() -> DbrxExporter.export(folder, temp.resolve("bundle"), OPTIONS))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("model.safetensors")
        .hasMessageContaining("transformer.blocks.0.ffn.experts.mlp.w2.1")
        .hasMessageContaining("cannot be stored in 4 bits");
  }

  @Test
  void aBundleIsNotAnotherPrecision() throws IOException {
    Bundle bundle = DbrxExporter.export(CHECKPOINT, temp.resolve("bundle"), OPTIONS);
    BundleCache cache = new BundleCache(temp.resolve("cache"));

    assertThat(opened(cache, bundle.folder(), Optional.empty())).isEqualTo(PRECISION);
    assertThat(opened(cache, bundle.folder(), Optional.of(PRECISION))).isEqualTo(PRECISION);
    assertThatThrownBy(() -> opened(cache, bundle.folder(), Optional.of(Precision.INT8)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("int4 (lm_head int8, embedding int8, blocks of 64)")
        .hasMessageContaining("not int8");
    assertThat(Files.exists(cache.folder())).isFalse();
  }

  @Test
  void theCacheKeepsPrecisionsApart() {
    BundleCache cache = new BundleCache(temp.resolve("cache"));
    for (Precision precision :
        new Precision[] {
          Precision.INT8,
          Precision.INT4,
          Precision.INT4.withBlock(128),
          Precision.INT4.withLmHead(WeightType.INT4)
        }) {
      assertThat(opened(cache, CHECKPOINT, Optional.of(precision))).isEqualTo(precision);
    }
  }

  private static Precision opened(BundleCache cache, Path folder, Optional<Precision> precision) {
    return cache.bundleFor(folder, precision, ProgressListener.none()).precision();
  }
}
