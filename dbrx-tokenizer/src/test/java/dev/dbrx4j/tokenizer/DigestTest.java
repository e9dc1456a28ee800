package dev.dbrx4j.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Every code point in nine contexts, and the text of every token, against digests of what tiktoken
/// makes of them.
class DigestTest {
  private static final int BLOCK = 0x1000;
  private static final DbrxTokenizer TOKENIZER = DbrxTokenizer.bundled();
  private static final JsonNode DIGESTS = Goldens.json("digests.json");
  private static final List<String> TEMPLATES =
      DIGESTS.get("templates").valueStream().map(JsonNode::stringValue).toList();

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void update(MessageDigest digest, String text) {
    int[] ids = TOKENIZER.encode(text);
    ByteBuffer bytes =
        ByteBuffer.allocate(Integer.BYTES * (1 + ids.length)).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(ids.length);
    bytes.asIntBuffer().put(ids);
    digest.update(bytes.rewind());
  }

  private static void updateWithBlock(MessageDigest digest, int block) {
    for (int c = block * BLOCK; c < (block + 1) * BLOCK; c++) {
      if (c < 0xD800 || c > 0xDFFF) {
        String character = Character.toString(c);
        TEMPLATES.forEach(template -> update(digest, template.replace("{c}", character)));
      }
    }
  }

  private static void checkBlock(int block) {
    MessageDigest digest = sha256();
    updateWithBlock(digest, block);
    assertThat(HexFormat.of().formatHex(digest.digest()))
        .as("block %#x", block)
        .startsWith(DIGESTS.get("blocks").get(block).stringValue());
  }

  @Test
  void everyCharacterOfTheFirstPlaneWhereScriptsAreDense() {
    IntStream.range(0, 4).forEach(DigestTest::checkBlock);
  }

  @Test
  void everySixteenthBlock() {
    IntStream.range(0, 0x110).filter(block -> block % 16 == 10).forEach(DigestTest::checkBlock);
  }

  @Test
  @Tag("slow")
  void everyCharacter() {
    MessageDigest digest = sha256();
    IntStream.range(0, 0x110).forEach(block -> updateWithBlock(digest, block));
    assertThat(HexFormat.of().formatHex(digest.digest()))
        .isEqualTo(DIGESTS.get("codepoints_sha256").stringValue());
  }

  @Test
  void theTextOfEveryToken() {
    MessageDigest digest = sha256();
    IntStream.range(0, 100_256)
        .forEach(id -> update(digest, new String(TOKENIZER.tokenBytes(id), UTF_8)));
    assertThat(HexFormat.of().formatHex(digest.digest()))
        .isEqualTo(DIGESTS.get("vocab_lossy_sha256").stringValue());
  }
}
