package dev.dbrx4j.tokenizer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// cl100k_base as plainly as it can be said, from the rank file: the pattern as a regular
/// expression, and merging by trying all neighbours again after each merge. Slow, and sharing no
/// code with what it checks.
final class ReferenceTokenizer {
  private static final String SPACE =
      "\\t-\\r \\x85\\xA0\\u1680\\u2000-\\u200A\\u2028\\u2029\\u202F\\u205F\\u3000";
  private static final Pattern PIECE =
      Pattern.compile(
          "(?iu:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
              + "| ?[^@\\p{L}\\p{N}]+[\\r\\n]*|[@]*[\\r\\n]+|[@]+(?![^@])|[@]+"
                  .replace("@", SPACE));

  /// Ranks by token, whose bytes are written as Latin-1.
  private final Map<String, Integer> ranks = new HashMap<>();

  ReferenceTokenizer() {
    for (String line : Goldens.text("cl100k_base.tiktoken").lines().toList()) {
      int space = line.indexOf(' ');
      byte[] token = Base64.getDecoder().decode(line.substring(0, space));
      ranks.put(new String(token, ISO_8859_1), Integer.parseInt(line.substring(space + 1)));
    }
  }

  int[] encode(String text) {
    List<Integer> ids = new ArrayList<>();
    PIECE
        .matcher(withoutLoneSurrogates(text))
        .results()
        .forEach(piece -> ids.addAll(merge(piece.group())));
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  private static String withoutLoneSurrogates(String text) {
    int[] codePoints =
        text.codePoints().map(c -> c >= 0xD800 && c <= 0xDFFF ? 0xFFFD : c).toArray();
    return new String(codePoints, 0, codePoints.length);
  }

  private List<Integer> merge(String piece) {
    List<String> parts = new ArrayList<>();
    for (char c : new String(piece.getBytes(UTF_8), ISO_8859_1).toCharArray()) {
      parts.add(String.valueOf(c));
    }
    for (int at = lowest(parts); at >= 0; at = lowest(parts)) {
      parts.set(at, parts.get(at) + parts.remove(at + 1));
    }
    return parts.stream().map(ranks::get).toList();
  }

  private int lowest(List<String> parts) {
    int lowest = Integer.MAX_VALUE;
    int at = -1;
    for (int i = 0; i + 1 < parts.size(); i++) {
      int rank = ranks.getOrDefault(parts.get(i) + parts.get(i + 1), Integer.MAX_VALUE);
      if (rank < lowest) {
        lowest = rank;
        at = i;
      }
    }
    return at;
  }
}
