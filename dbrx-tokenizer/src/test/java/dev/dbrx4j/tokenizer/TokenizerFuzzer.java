package dev.dbrx4j.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.dbrx4j.tokenizer.template.Template;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// What Jazzer calls with bytes of its choice; see CONTRIBUTING. The first byte says what the rest
/// is: a text, ids, or a change to a small `tokenizer.json`, to a small rank file or to a template,
/// which chance would never write from nothing.
final class TokenizerFuzzer {
  private static final DbrxTokenizer TOKENIZER = DbrxTokenizer.bundled();
  private static final byte[] JSON = SmallFiles.json().getBytes(UTF_8);
  private static final byte[] RANKS = SmallFiles.ranks().getBytes(UTF_8);
  private static final byte[] TEMPLATE = Resources.read("chat_template.jinja");

  private static final List<Map<String, String>> MESSAGES =
      List.of(Map.of("role", "user", "content", " a question "));

  /// In memory, where the system has such a folder: files are written thousands of times a second.
  private static final Path FILE = file();

  private TokenizerFuzzer() {}

  private static Path file() {
    try {
      Path memory = Path.of("/dev/shm");
      Path file =
          Files.isWritable(memory)
              ? Files.createTempFile(memory, "dbrx-fuzz", "")
              : Files.createTempFile("dbrx-fuzz", "");
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  public static void fuzzerTestOneInput(byte[] data) throws IOException {
    if (data.length == 0) {
      return;
    }
    byte[] rest = Arrays.copyOfRange(data, 1, data.length);
    switch (data[0] & 7) {
      case 0 -> checkText(new String(rest, UTF_8));
      case 1 -> checkText(new String(rest, UTF_16LE));
      case 2 -> checkIds(rest);
      case 3 -> load(changed(JSON, rest), () -> DbrxTokenizer.fromTokenizerJson(FILE));
      case 4 -> load(changed(RANKS, rest), () -> DbrxTokenizer.fromTiktoken(FILE));
      case 5 -> render(new String(rest, UTF_8));
      case 6 -> render(new String(changed(TEMPLATE, rest), UTF_8));
      default -> checkText(new String(rest, UTF_8).repeat(50));
    }
  }

  /// The original with as many bytes as the third byte says, from where the first two say, replaced
  /// by the others.
  private static byte[] changed(byte[] original, byte[] change) {
    if (change.length < 3) {
      return original;
    }
    int from = ((change[0] & 0xFF) << 8 | (change[1] & 0xFF)) % original.length;
    int to = Math.min(original.length, from + (change[2] & 0xFF));
    byte[] changed = new byte[from + change.length - 3 + original.length - to];
    System.arraycopy(original, 0, changed, 0, from);
    System.arraycopy(change, 3, changed, from, change.length - 3);
    System.arraycopy(
        original, to, changed, changed.length - (original.length - to), original.length - to);
    return changed;
  }

  private static void checkText(String text) {
    int[] ids = TOKENIZER.encode(text);
    String expected = new String(text.getBytes(UTF_8), UTF_8);
    boolean wellFormed = expected.equals(text);
    require(!wellFormed || TOKENIZER.decode(ids).equals(text), "the text does not come back");
    require(TOKENIZER.count(text) == ids.length, "count and encode differ");
    int[] allowed = TOKENIZER.encode(text, SpecialTokens.ALLOW);
    int n = allowed.length / 2;
    require(
        Arrays.equals(
            TOKENIZER.encodeFirst(text, SpecialTokens.ALLOW, n), Arrays.copyOf(allowed, n)),
        "the first ids differ");
    require(
        Arrays.equals(
            TOKENIZER.encodeLast(text, SpecialTokens.ALLOW, n),
            Arrays.copyOfRange(allowed, allowed.length - n, allowed.length)),
        "the last ids differ");
  }

  private static void checkIds(byte[] bytes) {
    int[] ids = new int[bytes.length / 2];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = (bytes[2 * i] & 0xFF) << 8 | (bytes[2 * i + 1] & 0xFF) | (i % 2) << 16;
    }
    IncrementalDecoder decoder = TOKENIZER.newDecoder();
    StringBuilder text = new StringBuilder();
    for (int id : ids) {
      text.append(decoder.append(id));
    }
    text.append(decoder.finish());
    require(text.toString().equals(TOKENIZER.decode(ids)), "decoding one by one differs");
  }

  /// Whatever the file holds, it loads or is refused in our words.
  private static void load(byte[] content, java.util.function.Supplier<DbrxTokenizer> loader)
      throws IOException {
    Files.write(FILE, content);
    try {
      DbrxTokenizer tokenizer = loader.get();
      require(
          tokenizer.decode(tokenizer.encode("abc \u00E9\u4E16")).equals("abc \u00E9\u4E16"),
          "the text does not come back");
    } catch (TokenizerException e) {
      require(e.getMessage().contains(FILE.toString()), "the message does not name the file");
    }
  }

  private static void render(String source) {
    try {
      Template.parse("template", source)
          .render(Map.of("messages", MESSAGES, "add_generation_prompt", true));
    } catch (TokenizerException e) {
      require(!e.getMessage().isEmpty(), "an error without a message");
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
