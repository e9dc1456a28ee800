package dev.dbrx4j.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;

/// The files of a vocabulary of 256 bytes and two merges, `ab` and `abc`, for tests that change
/// them.
final class SmallFiles {
  private static final String JSON =
      """
      {"truncation": null, "padding": null, "normalizer": null,
       "added_tokens": [{"id": 300, "content": "<|end|>", "special": true, "lstrip": false}],
       "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
         {"type": "Split", "pattern": {"Regex": PATTERN}, "behavior": "Isolated", "invert": false},
         {"type": "ByteLevel", "add_prefix_space": false, "use_regex": false}]},
       "post_processor": null, "decoder": {"type": "ByteLevel"},
       "model": {"type": "BPE", "dropout": null, "byte_fallback": false,
         "vocab": {BYTES, "ab": 256, "abc": 257},
         "merges": ["a b", ["ab", "c"]]}}
      """;

  private SmallFiles() {}

  static String json() {
    StringBuilder bytes = new StringBuilder();
    for (int value = 0; value < 256; value++) {
      String name = String.valueOf(ByteLevelAlphabet.character(value));
      String escaped = name.replace("\\", "\\\\").replace("\"", "\\\"");
      bytes.append(value == 0 ? "" : ", ").append("\"%s\": %d".formatted(escaped, value));
    }
    String pattern =
        "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
            + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    return JSON.replace("PATTERN", "\"" + pattern.replace("\\", "\\\\") + "\"")
        .replace("BYTES", bytes);
  }

  static String ranks() {
    StringBuilder lines = new StringBuilder();
    for (int value = 0; value < 256; value++) {
      lines.append(line(new byte[] {(byte) value}, value));
    }
    return lines
        .append(line("ab".getBytes(UTF_8), 256))
        .append(line("abc".getBytes(UTF_8), 257))
        .toString();
  }

  private static String line(byte[] token, int rank) {
    return Base64.getEncoder().encodeToString(token) + " " + rank + "\n";
  }
}
