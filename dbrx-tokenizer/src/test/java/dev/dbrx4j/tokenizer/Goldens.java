package dev.dbrx4j.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What tiktoken itself made of texts, conversations and ids, and the files it was made with.
final class Goldens {
  private static final JsonMapper JSON = JsonMapper.shared();

  private Goldens() {}

  /// One case a line.
  static Stream<JsonNode> lines(String name) {
    return text(name).lines().map(JSON::readTree);
  }

  static JsonNode json(String name) {
    return JSON.readTree(text(name));
  }

  static String text(String name) {
    return new String(Resources.read(name), UTF_8);
  }

  static int[] ids(JsonNode list) {
    return list.valueStream().mapToInt(JsonNode::intValue).toArray();
  }

  static List<ChatMessage> messages(JsonNode list) {
    return list.valueStream()
        .map(m -> new ChatMessage(m.get("role").stringValue(), m.get("content").stringValue()))
        .toList();
  }

  /// Writes a resource to a file, unpacked.
  static Path unpack(String name, Path file) throws IOException {
    try (InputStream packed = Goldens.class.getResourceAsStream(name);
        InputStream plain = name.endsWith(".gz") ? new GZIPInputStream(packed) : packed) {
      Files.write(file, plain.readAllBytes());
    }
    return file;
  }
}
