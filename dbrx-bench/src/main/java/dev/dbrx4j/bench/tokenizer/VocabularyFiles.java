package dev.dbrx4j.bench.tokenizer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.dbrx4j.tokenizer.DbrxTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// The vocabulary as files, for those who read such: `tokenizer.json` and a rank file, made of what
/// our tokenizer says its tokens are.
///
/// @param folder where they lie
record VocabularyFiles(Path folder) {
  private static final String PATTERN =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  Path tokenizerJson() {
    return folder.resolve("tokenizer.json");
  }

  Path ranks() {
    return folder.resolve("cl100k_base.tiktoken");
  }

  /// A rank file that is not DBRX's: it lacks the last token.
  Path otherRanks() {
    return folder.resolve("other.tiktoken");
  }

  void write() throws IOException {
    Map<String, Integer> ranks = ranksByLatin1();
    StringBuilder lines = new StringBuilder();
    ranks.forEach((token, rank) ->
        lines
            .append(Base64.getEncoder().encodeToString(token.getBytes(ISO_8859_1)))
            .append(' ')
            .append(rank)
            .append('\n'));
    Files.writeString(ranks(), lines);
    int lastLine = lines.lastIndexOf("\n", lines.length() - 2) + 1;
    Files.writeString(otherRanks(), lines.substring(0, lastLine));
    JsonMapper.shared().writeValue(tokenizerJson(), json(ranks));
  }

  /// Rank by token, whose bytes are written as Latin-1, in the order of ranks.
  private static Map<String, Integer> ranksByLatin1() {
    DbrxTokenizer tokenizer = DbrxTokenizer.bundled();
    Map<String, Integer> ranks = new LinkedHashMap<>();
    for (int id = 0; tokenizer.tokenBytes(id).length > 0; id++) {
      ranks.put(new String(tokenizer.tokenBytes(id), ISO_8859_1), id);
    }
    return ranks;
  }

  private static Map<String, Object> json(Map<String, Integer> ranks) {
    Map<String, Integer> vocabulary = new LinkedHashMap<>();
    List<List<String>> merges = new ArrayList<>();
    ranks.forEach((token, rank) -> {
      vocabulary.put(inAlphabet(token), rank);
      if (token.length() > 1) {
        merges.add(partsOf(token, ranks).stream().map(VocabularyFiles::inAlphabet).toList());
      }
    });
    Map<String, Object> split = new LinkedHashMap<>();
    split.put("type", "Split");
    split.put("pattern", Map.of("Regex", PATTERN));
    split.put("behavior", "Isolated");
    split.put("invert", false);
    Map<String, Object> byteLevel =
        Map.of(
            "type",
            "ByteLevel",
            "add_prefix_space",
            false,
            "trim_offsets",
            true,
            "use_regex",
            false);
    Map<String, Object> model = new HashMap<>();
    model.put("type", "BPE");
    model.put("dropout", null);
    model.put("vocab", vocabulary);
    model.put("merges", merges);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("version", "1.0");
    json.put("truncation", null);
    json.put("padding", null);
    json.put("added_tokens", List.of());
    json.put("normalizer", null);
    json.put(
        "pre_tokenizer", Map.of("type", "Sequence", "pretokenizers", List.of(split, byteLevel)));
    json.put("post_processor", null);
    json.put("decoder", byteLevel);
    json.put("model", model);
    return json;
  }

  /// The two tokens that merge to a token: what is left of its bytes before the last merge.
  private static List<String> partsOf(String token, Map<String, Integer> ranks) {
    List<String> parts = new ArrayList<>(token.chars().mapToObj(Character::toString).toList());
    while (parts.size() > 2) {
      int at = lowestMerge(parts, ranks);
      parts.set(at, parts.get(at) + parts.remove(at + 1));
    }
    return parts;
  }

  private static int lowestMerge(List<String> parts, Map<String, Integer> ranks) {
    int lowest = Integer.MAX_VALUE;
    int place = 0;
    for (int i = 0; i + 1 < parts.size(); i++) {
      int rank = ranks.getOrDefault(parts.get(i) + parts.get(i + 1), Integer.MAX_VALUE);
      if (rank < lowest) {
        lowest = rank;
        place = i;
      }
    }
    return place;
  }

  /// The characters by which `tokenizer.json` writes bytes: all of them visible.
  private static String inAlphabet(String latin1) {
    return latin1
        .chars()
        .map(VocabularyFiles::visible)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static int visible(int value) {
    if (value <= ' ') {
      return 0x100 + value;
    }
    if (value >= 0x7F && value <= 0xA0) {
      return 0x100 + 33 + value - 0x7F;
    }
    return value == 0xAD ? 0x100 + 67 : value;
  }
}
