package dev.dbrx4j.tokenizer;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// The special tokens of a tokenizer: their names, their ids, and where they occur in a text.
final class SpecialVocabulary {
  /// DBRX's: five of cl100k_base, and the three that Databricks added.
  static final SpecialVocabulary DBRX = new SpecialVocabulary(dbrx());

  /// Decides whether one occurrence is a control token or text.
  @FunctionalInterface
  interface Filter {
    boolean accept(String token, int offset);
  }

  private final Map<String, Integer> idsByName;
  private final List<String> names;
  private final String commonPrefix;

  SpecialVocabulary(Map<String, Integer> idsByName) {
    this.idsByName = Collections.unmodifiableMap(new LinkedHashMap<>(idsByName));
    this.names = List.copyOf(idsByName.keySet());
    String prefix = names.isEmpty() ? "" : names.getFirst();
    for (String name : names) {
      prefix = commonPrefix(prefix, name);
    }
    this.commonPrefix = prefix;
  }

  private static Map<String, Integer> dbrx() {
    Map<String, Integer> ids = new LinkedHashMap<>();
    ids.put("<|endoftext|>", 100257);
    ids.put("<|fim_prefix|>", 100258);
    ids.put("<|fim_middle|>", 100259);
    ids.put("<|fim_suffix|>", 100260);
    ids.put("<|endofprompt|>", 100276);
    ids.put("<|pad|>", 100277);
    ids.put("<|im_start|>", 100278);
    ids.put("<|im_end|>", 100279);
    return ids;
  }

  Map<String, Integer> idsByName() {
    return idsByName;
  }

  OptionalInt id(String name) {
    Integer id = idsByName.get(name);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /// The first occurrence at or after `from` that the filter accepts, or the text's length.
  int find(String text, int from, Filter filter) {
    for (int at = candidate(text, from); at < text.length(); at = candidate(text, at + 1)) {
      String name = nameAt(text, at);
      if (!name.isEmpty() && filter.accept(name, at)) {
        return at;
      }
    }
    return text.length();
  }

  private int candidate(String text, int from) {
    int at = names.isEmpty() ? -1 : text.indexOf(commonPrefix, from);
    return at < 0 ? text.length() : at;
  }

  /// The longest special token that the text spells at an offset, or the empty string.
  String nameAt(String text, int offset) {
    String longest = "";
    for (String name : names) {
      if (name.length() > longest.length() && text.startsWith(name, offset)) {
        longest = name;
      }
    }
    return longest;
  }

  private static String commonPrefix(String a, String b) {
    int length = 0;
    while (length < Math.min(a.length(), b.length()) && a.charAt(length) == b.charAt(length)) {
      length++;
    }
    return a.substring(0, length);
  }
}
