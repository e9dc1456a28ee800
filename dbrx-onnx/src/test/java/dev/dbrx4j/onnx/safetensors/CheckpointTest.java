package dev.dbrx4j.onnx.safetensors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbrx4j.InvalidModelException;
import dev.dbrx4j.onnx.TestFolders;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class CheckpointTest {
  private static final String NORM = "transformer.norm_f.weight";
  private static final String ROUTER = "transformer.blocks.1.ffn.router.layer.weight";

  @TempDir private Path temp;
  private Path single;
  private Path sharded;
  private Path file;

  @BeforeEach
  void copyGolden() {
    single = TestFolders.copy(TestFolders.golden("nano-f32"), temp.resolve("single"));
    sharded = TestFolders.copy(TestFolders.golden("nano-f32/sharded"), temp.resolve("sharded"));
    file = single.resolve("model.safetensors");
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(Path folder) {
    return assertThatThrownBy(() -> Checkpoint.open(folder).close())
        .isInstanceOf(InvalidModelException.class);
  }

  private static byte[] bytes(Checkpoint checkpoint, String name) {
    Tensor tensor = checkpoint.tensor(name);
    ByteBuffer target = ByteBuffer.allocate((int) tensor.bytes());
    checkpoint.read(tensor, 0, target);
    return target.array();
  }

  @Test
  void shardsHoldTheSameTensorsAsTheSingleFile() {
    try (Checkpoint one = Checkpoint.open(single);
        Checkpoint many = Checkpoint.open(sharded)) {
      assertThat(one.files()).hasSize(1);
      assertThat(many.files()).hasSize(3);
      assertThat(one.bytes()).isEqualTo(many.bytes()).isEqualTo(4 * one.config().parameters());
      for (String name : DbrxTensors.shapes(one.config()).keySet()) {
        assertThat(bytes(many, name)).as(name).isEqualTo(bytes(one, name));
      }
    }
  }

  @Test
  void headerOrderAndMetadataDoNotMatter() throws IOException {
    SafetensorsEditor editor = new SafetensorsEditor(file);
    List<String> names = new ArrayList<>(editor.header.propertyNames());
    java.util.Collections.shuffle(names, new Random(1));
    ObjectNode shuffled = JsonMapper.shared().createObjectNode();
    names.forEach(name -> shuffled.set(name, editor.header.get(name)));
    shuffled.putObject("__metadata__").put("format", "pt");
    byte[] before;
    try (Checkpoint checkpoint = Checkpoint.open(single)) {
      before = bytes(checkpoint, ROUTER);
    }

    editor.writeHeader(JsonMapper.shared().writeValueAsBytes(shuffled));

    try (Checkpoint checkpoint = Checkpoint.open(single)) {
      assertThat(bytes(checkpoint, ROUTER)).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7, 8, 100, 2079, 2080, 100_000})
  void truncatedFile(int length) throws IOException {
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), length));

    assertRefused(single).hasMessageContaining(file.toString());
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 0, 1, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 40, 1_053_977})
  void headerLengthThatCannotBe(long length) throws IOException {
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.writeLong(Long.reverseBytes(length));
    }

    assertRefused(single)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("header length at byte 0 is " + Long.toUnsignedString(length));
  }

  @Test
  void headerOfMoreThanTheLimit() throws IOException {
    new SafetensorsEditor(file).writeHeader(" ".repeat(17 << 20).getBytes(UTF_8));

    assertRefused(single).hasMessageContaining("the limit is");
  }

  @ParameterizedTest
  @ValueSource(strings = {"not json", "[]", "{\"a\":", "{\"a\": 5}", "{\"a\": null}", "{}"})
  void headerThatIsNoTensorTable(String header) throws IOException {
    new SafetensorsEditor(file).writeHeader(header.getBytes(UTF_8));

    assertRefused(single).hasMessageContaining(file.toString());
  }

  @Test
  void tensorNamedTwice() throws IOException {
    SafetensorsEditor editor = new SafetensorsEditor(file);
    String header = editor.header.toString();
    String again = ",\"" + NORM + "\":" + editor.header.get(NORM) + "}";
    editor.writeHeader((header.substring(0, header.length() - 1) + again).getBytes(UTF_8));

    assertRefused(single).hasMessageContaining("Duplicate").hasMessageContaining(NORM);
  }

  @Test
  void rangeBeyondTheFile() throws IOException {
    SafetensorsEditor editor = new SafetensorsEditor(file);
    editor.setRange(NORM, editor.data.length, editor.data.length + 256);
    editor.write();

    assertRefused(single).hasMessageContaining(NORM).hasMessageContaining("reach beyond");
  }

  @Test
  void rangeBackwards() throws IOException {
    SafetensorsEditor editor = new SafetensorsEditor(file);
    editor.setRange(NORM, 256, 0);
    editor.write();

    assertRefused(single).hasMessageContaining(NORM + ": data_offsets are [256, 0]");
  }

  @Test
  void rangeBelowZero() throws IOException {
    SafetensorsEditor editor = new SafetensorsEditor(file);
    editor.setRange(NORM, -256, 0);
    editor.write();

    assertRefused(single).hasMessageContaining(NORM + ": data_offsets is -256");
  }

  @Test
  void overlappingRanges() throws IOException {
    SafetensorsEditor editor = new SafetensorsEditor(file);
    editor.setRange(NORM, 0, 256);
    editor.write();

    assertRefused(single).hasMessageContaining("inside the tensor before");
  }

  @Test
  void gapBetweenTensors() throws IOException {
    SafetensorsEditor editor = new SafetensorsEditor(file);
    editor.header.remove(NORM);
    editor.write();

    assertRefused(single).hasMessageContaining("a gap");
  }

  @Test
  void bytesAfterTheLastTensor() throws IOException {
    SafetensorsEditor editor = new SafetensorsEditor(file);
    editor.data = Arrays.copyOf(editor.data, editor.data.length + 1);
    editor.write();

    assertRefused(single).hasMessageContaining("data ends at byte");
  }

  @Test
  void shapeThatDoesNotFillTheRange() throws IOException {
    SafetensorsEditor editor = new SafetensorsEditor(file);
    editor.setShape(NORM, 65);
    editor.write();

    assertRefused(single).hasMessageContaining(NORM + ": shape [65] of F32 does not fill the 256");
  }

  @Test
  void shapeWhoseProductOverflows() throws IOException {
    SafetensorsEditor editor = new SafetensorsEditor(file);
    editor.setShape(NORM, 1L << 32, 1L << 32, 16); // 2^68 elements: 0 modulo 2^64
    editor.write();

    assertRefused(single).hasMessageContaining(NORM).hasMessageContaining("larger than any file");
  }

  @Test
  void shapeOfAnotherModel() throws IOException {
    SafetensorsEditor editor = new SafetensorsEditor(file);
    editor.setShape(ROUTER, 8, 32);
    editor.write();

    assertRefused(single)
        .hasMessageContaining("tensor " + ROUTER + " at byte ")
        .hasMessageContaining("has shape [8, 32], config.json asks for [4, 64]");
  }

  @Test
  void typeThatNoWeightHas() throws IOException {
    SafetensorsEditor editor = new SafetensorsEditor(file);
    editor.tensor(NORM).put("dtype", "I32");
    editor.write();

    assertRefused(single).hasMessageContaining(NORM).hasMessageContaining("type I32");
  }

  @Test
  void typeThatDoesNotExist() throws IOException {
    SafetensorsEditor editor = new SafetensorsEditor(file);
    editor.tensor(NORM).put("dtype", "F7");
    editor.write();

    assertRefused(single).hasMessageContaining(NORM + ": dtype is F7");
  }

  @Test
  void missingTensor() throws IOException {
    SafetensorsEditor editor = new SafetensorsEditor(file);
    editor.header.set("another", editor.header.remove(NORM));
    editor.write();

    assertRefused(single).hasMessageContaining("tensor " + NORM + " is missing");
  }

  @Test
  void unexpectedTensor() throws IOException {
    SafetensorsEditor editor = new SafetensorsEditor(file);
    long end = editor.data.length;
    editor.data = Arrays.copyOf(editor.data, editor.data.length + 4);
    editor.header.putObject("lm_head.bias").put("dtype", "F32");
    editor.setShape("lm_head.bias", 1);
    editor.setRange("lm_head.bias", end, end + 4);
    editor.write();

    assertRefused(single)
        .hasMessageContaining("tensor lm_head.bias")
        .hasMessageContaining("at byte");
  }

  @Test
  void missingShard() throws IOException {
    Path shard = sharded.resolve("model-00002-of-00003.safetensors");
    Files.delete(shard);

    assertRefused(sharded).hasMessageContaining(shard + " is missing");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../model.safetensors",
        "/etc/passwd",
        "sub/model.safetensors",
        "..\\model.safetensors",
        "C:model.safetensors",
        ".safetensors\u0000.safetensors",
        "config.json"
      })
  void indexThatLeavesTheFolder(String name) throws IOException {
    editIndex(weightMap -> weightMap.put(NORM, name));

    assertRefused(sharded).hasMessageContaining(NORM + " is in \"");
  }

  @Test
  void indexThatNamesTheWrongShard() throws IOException {
    editIndex(weightMap -> weightMap.put(NORM, "model-00001-of-00003.safetensors"));

    assertRefused(sharded).hasMessageContaining(NORM + " is not in model-00001-of-00003");
  }

  @Test
  void tensorInTwoShards() throws IOException {
    Files.copy(
        sharded.resolve("model-00001-of-00003.safetensors"), sharded.resolve("copy.safetensors"));
    editIndex(weightMap -> weightMap.put(NORM, "copy.safetensors"));

    assertRefused(sharded).hasMessageContaining("is also in");
  }

  @Test
  void noWeights() throws IOException {
    Files.delete(file);

    assertRefused(single).hasMessageContaining("neither model.safetensors nor");
  }

  @Test
  void noFolder() {
    assertRefused(temp.resolve("nowhere")).hasMessageContaining("nowhere");
  }

  @Test
  void fileShortenedWhileOpen() throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(single)) {
      Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 5000));

      assertThatThrownBy(() -> bytes(checkpoint, "lm_head.weight"))
          .isInstanceOf(InvalidModelException.class)
          .hasMessageContaining("lm_head.weight");
    }
  }

  /// Whatever a header says, the answer is the model or a clear refusal.
  @Test
  void randomDamageIsReadOrRefused() throws IOException {
    byte[] good = Files.readAllBytes(file);
    Random random = new Random(7);
    for (int i = 0; i < 500; i++) {
      byte[] bad = good.clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        bad[random.nextInt(2100)] = (byte) random.nextInt(256); // the header ends about there
      }
      Files.write(file, bad);
      try (Checkpoint checkpoint = Checkpoint.open(single)) {
        assertThat(checkpoint.bytes()).isEqualTo(1_051_904);
      } catch (InvalidModelException e) {
        assertThat(e).hasMessageContaining(single.toString());
      }
    }
  }

  private void editIndex(java.util.function.Consumer<ObjectNode> edit) throws IOException {
    Path index = sharded.resolve("model.safetensors.index.json");
    ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(index.toFile());
    edit.accept((ObjectNode) json.get("weight_map"));
    Files.writeString(index, json.toString());
  }
}
