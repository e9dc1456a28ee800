package dev.dbrx4j.bench.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/// Texts to tokenize.
///
/// @param name what kind of text
/// @param texts tokenized one by one
/// @param prose whether it stands for what programs tokenize, and not for the worst they may meet
record Workload(String name, List<String> texts, boolean prose) {
  private static final int SIZE = 1_000_000;
  private static final int LONG_WORD = 100_000;
  private static final int MESSAGES = 600;

  /// Java, Kotlin and JavaScript, unpacked by the build.
  private static final List<String> SOURCES =
      List.of(
          "tools/jackson/databind/ObjectMapper.java",
          "META-INF/resources/webjars/jquery/3.7.1/jquery.js",
          "commonMain/kotlin/text/Strings.kt",
          "tools/jackson/databind/JsonNode.java",
          "commonMain/kotlin/text/HexExtensions.kt",
          "tools/jackson/databind/DeserializationContext.java",
          "commonMain/kotlin/time/Duration.kt",
          "tools/jackson/databind/util/TokenBuffer.java",
          "jvmMain/jdk7/kotlin/io/path/PathUtils.kt",
          "tools/jackson/databind/type/TypeFactory.java",
          "commonMain/kotlin/time/Instant.kt",
          "tools/jackson/databind/introspect/POJOPropertiesCollector.java",
          "commonMain/kotlin/text/HexFormat.kt",
          "tools/jackson/databind/deser/bean/BeanDeserializer.java",
          "tools/jackson/databind/util/ClassUtil.java",
          "commonMain/kotlin/io/encoding/Base64.kt",
          "tools/jackson/databind/util/internal/PrivateMaxEntriesMap.java");

  static List<Workload> all() {
    String english = head(utf8("dickens.txt"), SIZE);
    String code =
        head(SOURCES.stream().map(Workload::utf8).collect(Collectors.joining("\n")), SIZE);
    String multilingual = head(utf8("human-rights.txt.gz"), SIZE);
    SplittableRandom random = new SplittableRandom(1);
    return List.of(
        new Workload("english", List.of(english), true),
        new Workload("code", List.of(code), true),
        new Workload("multilingual", List.of(multilingual), true),
        new Workload("messages", messages(random, english, code, multilingual), true),
        hard("word-100k", letters(random, LONG_WORD)),
        hard("word-1m", letters(random, SIZE)),
        hard("one-letter", "a".repeat(LONG_WORD)),
        hard("spaces", " ".repeat(LONG_WORD)),
        hard("dashes", "-".repeat(LONG_WORD)),
        hard("base64", base64(random)));
  }

  private static Workload hard(String name, String text) {
    return new Workload(name, List.of(text), false);
  }

  long utf8Bytes() {
    return texts.stream().mapToLong(text -> text.getBytes(UTF_8).length).sum();
  }

  /// As in chats: of 200 to 1,000 characters, half of them English, a quarter code, a quarter in
  /// other languages.
  private static List<String> messages(
      SplittableRandom random, String english, String code, String multilingual) {
    List<String> sources = List.of(english, english, code, multilingual);
    List<String> messages = new ArrayList<>();
    for (int i = 0; i < MESSAGES; i++) {
      String source = sources.get(i % sources.size());
      int length = random.nextInt(200, 1_001);
      int from = random.nextInt(source.length() - length);
      messages.add(source.substring(from, from + length));
    }
    return messages;
  }

  private static String letters(SplittableRandom random, int count) {
    return IntStream.range(0, count)
        .map(i -> random.nextInt('a', 'z' + 1))
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static String base64(SplittableRandom random) {
    byte[] bytes = new byte[SIZE / 4 * 3];
    random.nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static String utf8(String resource) {
    try (InputStream raw = Workload.class.getResourceAsStream(resource)) {
      if (raw == null) {
        throw new IllegalStateException(resource + " is missing from the benchmarks' jar");
      }
      InputStream in = resource.endsWith(".gz") ? new GZIPInputStream(raw) : raw;
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The beginning of a text, of so many bytes in UTF-8 or a few less.
  private static String head(String text, int bytes) {
    int end = 0;
    for (int size = 0; end < text.length(); end += Character.charCount(text.codePointAt(end))) {
      int c = text.codePointAt(end);
      size += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
      if (size > bytes) {
        break;
      }
    }
    return text.substring(0, end);
  }

  static Stream<Operation> operations(Workload workload) {
    return workload.prose() ? Stream.of(Operation.values()) : Stream.of(Operation.ENCODE);
  }

  /// What is done with the texts.
  enum Operation {
    ENCODE,
    COUNT,
    DECODE
  }
}
