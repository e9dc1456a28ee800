package dev.dbrx4j.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LogitsCommandTest {
  private static final Path NANO = Run.GOLDEN.resolve("nano-f32");

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "p7, last_logits, 512",
    "p7, last_logits, 3",
    "p7, all_logits, 512",
    "p7, all_logits, 3",
    "p33, last_logits, 8"
  })
  void logitsAreTheReferences(String name, String what, int chunk) throws IOException {
    Path file = folder.resolve("logits.f32");
    String[] line = {
      "logits",
      "--model=" + NANO,
      "--ids=" + ids(name),
      "--chunk=" + chunk,
      "--out=" + file,
      "--all-positions"
    };
    boolean all = what.equals("all_logits");
    assertThat(Run.of(all ? line : java.util.Arrays.copyOf(line, 5)).exit()).isZero();
    assertThat(floats(file))
        .usingComparatorWithPrecision(1e-3f)
        .containsExactly(floats(NANO.resolve("golden/" + name + "." + what + ".f32")));
  }

  private static JsonNode ids(String name) {
    return JsonMapper.shared()
        .readTree(NANO.resolve("golden.json"))
        .get("prompts")
        .valueStream()
        .filter(prompt -> prompt.get("name").asString().equals(name))
        .findFirst()
        .orElseThrow()
        .get("input_ids");
  }

  private static float[] floats(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    float[] floats = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(floats);
    return floats;
  }
}
