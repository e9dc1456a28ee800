package dev.dbrx4j.onnx;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbrx4j.InvalidModelException;
import dev.dbrx4j.ProgressListener;
import dev.dbrx4j.ProgressListener.Progress;
import dev.dbrx4j.onnx.bundle.BundleManifest;
import dev.dbrx4j.onnx.bundle.Checksum;
import dev.dbrx4j.onnx.bundle.ManifestFile;
import dev.dbrx4j.onnx.weights.Section;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BundleTest {
  @TempDir private Path temp;
  private Path bundle;

  @BeforeEach
  void export() {
    bundle = temp.resolve("bundle");
    DbrxExporter.export(TestFolders.golden("nano-f32"), bundle, ExportOptions.defaults());
  }

  @Test
  void verifiesWhatWasExported() {
    List<Progress> seen = new ArrayList<>();

    assertThatCode(() -> Bundle.verify(bundle, seen::add)).doesNotThrowAnyException();
    assertThat(seen.getLast().doneBytes()).isEqualTo(Bundle.open(bundle).weightBytes());
  }

  /// One flipped bit in any byte of any file is found, both when opening and when verifying.
  @Test
  void findsAnyFlippedBit() throws IOException {
    Random random = new Random(11);
    for (Path file : TestFolders.files(bundle)) {
      byte[] good = Files.readAllBytes(file);
      for (int i = 0; i < 40; i++) {
        byte[] bad = good.clone();
        int position = i == 0 ? 0 : i == 1 ? bad.length - 1 : random.nextInt(bad.length);
        bad[position] ^= (byte) (1 << random.nextInt(8));
        Files.write(file, bad);
        assertDamaged(file, position);
      }
      Files.write(file, good);
    }
    Bundle.verify(bundle, ProgressListener.none());
  }

  private void assertDamaged(Path file, int position) {
    assertThatThrownBy(() -> Bundle.open(bundle))
        .as("open, %s byte %s", file, position)
        .isInstanceOf(InvalidModelException.class)
        .hasMessageStartingWith(file.toString());
    assertThatThrownBy(() -> Bundle.verify(bundle, ProgressListener.none()))
        .as("verify, %s byte %s", file, position)
        .isInstanceOf(InvalidModelException.class)
        .hasMessageStartingWith(file.toString());
  }

  @Test
  void namesTheDamagedSectionAndItsPlace() throws IOException {
    Section section =
        ManifestFile.read(bundle).sections().stream()
            .map(BundleManifest.WeightSection::section)
            .filter(s -> s.name().equals("transformer.blocks.1.ffn.experts.mlp.w2.3"))
            .findFirst()
            .orElseThrow();
    Path weights = bundle.resolve("weights.bin");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[(int) section.end() - 1] ^= 1;
    Files.write(weights, bytes);

    assertThatThrownBy(() -> Bundle.verify(bundle, ProgressListener.none()))
        .hasMessageContaining(
            "section transformer.blocks.1.ffn.experts.mlp.w2.3, bytes "
                + section.offset()
                + " to "
                + (section.end() - 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"weights.bin", "model-cpu.onnx", "config.json", "dbrx.json"})
  void findsMissingAndCutFiles(String name) throws IOException {
    Path file = bundle.resolve(name);
    byte[] good = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(good, good.length - 1));
    assertDamaged(file, good.length - 1);
    Files.write(file, Arrays.copyOf(good, good.length + 1));
    assertDamaged(file, good.length);
    Files.write(file, new byte[0]);
    assertDamaged(file, 0);
    Files.delete(file);
    assertDamaged(file, 0);
  }

  /// Rewrites the manifest, with a checksum that fits.
  private void editManifest(UnaryOperator<String> edit) throws IOException {
    Path file = bundle.resolve("dbrx.json");
    byte[] edited = edit.apply(Files.readString(file)).getBytes(UTF_8);
    byte[] start = "{\"crc32c\":\"00000000\",".getBytes(UTF_8);
    String prefix = "{\"crc32c\":\"" + Checksum.hex(Checksum.of(edited, start.length)) + "\",";
    System.arraycopy(prefix.getBytes(UTF_8), 0, edited, 0, start.length);
    Files.write(file, edited);
  }

  /// A manifest may be wrong without being damaged: written by another version, or by hand.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"format\" : 2            | \"format\" : 1             | format is 1, this version reads"
            + " 2",
        "\"matrices\" : \"fp32\"   | \"matrices\" : \"fp3\"     | matrices is \"fp3\"",
        "\"block\" : 32            | \"block\" : 48             | block is 48",
        "\"flavours\" : [ \"cpu\"  | \"flavours\" : [ \"tpu\"   | flavour is \"tpu\"",
        "\"n_heads\" : 4           | \"n_heads\" : 3            | d_model 64 is not a multiple",
        "\"config.json\"           | \"../config.json\"         | is not a plain file name",
        "\"model-cpu.onnx\"        | \"config.json\"            | config.json",
        "\"offset\" : 0            | \"offset\" : 4096          | offset is 4096",
        "\"shape\" : [ 512, 64 ]   | \"shape\" : [ 512, 128 ]   | bytes is less than the tensor"
            + " needs",
        "\"shape\" : [ 512, 64 ]   | \"shape\" : [ 2000000000, 2000000000, 2000000000 ] | bytes is"
            + " less",
        "\"shape\" : [ 512, 64 ]   | \"shape\" : [ 64, 512 ]    | is not a section of the manifest",
        "\"F32\"                   | \"I32\"                    | is not a section of the manifest",
        "\"rotary.cos\"            | \"rotary.tan\"             | rotary.cos is not a section",
      })
  void refusesAManifestThatCannotBe(String from, String to, String complaint) throws IOException {
    editManifest(text -> text.replaceFirst(java.util.regex.Pattern.quote(from), to));

    assertThatThrownBy(() -> Bundle.open(bundle))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageStartingWith(bundle.toString())
        .hasMessageContaining(complaint);
  }

  @Test
  void tellsBundlesFromOtherFolders() {
    assertThat(Bundle.isIn(bundle)).isTrue();
    assertThat(Bundle.isIn(TestFolders.golden("nano-f32"))).isFalse();
    assertThatThrownBy(() -> Bundle.open(TestFolders.golden("nano-f32")))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("dbrx.json is missing");
  }
}
