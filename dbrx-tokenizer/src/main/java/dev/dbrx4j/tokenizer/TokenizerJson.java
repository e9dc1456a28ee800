package dev.dbrx4j.tokenizer;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Reads Hugging Face's `tokenizer.json` where it describes byte-level BPE with cl100k's pattern,
/// and names what it asks for otherwise.
final class TokenizerJson {
  private static final String PATTERN =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  private final JsonFile json;
  private final Map<?, ?> vocabulary;
  private final List<?> mergeList;
  private final Merges merges;

  private TokenizerJson(JsonFile json) {
    this.json = json;
    checkPipeline();
    checkModel();
    this.vocabulary = json.map("model", "vocab");
    this.mergeList = json.list("model", "merges");
    if (mergeList.size() > PairTable.MAX_IDS - Merges.BYTES) {
      throw json.error("model.merges has " + mergeList.size() + " entries, too many");
    }
    this.merges = new Merges(mergeList.size());
  }

  static DbrxTokenizer read(Path file) {
    return new TokenizerJson(JsonFile.read(file)).tokenizer();
  }

  private DbrxTokenizer tokenizer() {
    byte[] byteOrder = byteOrder();
    for (int i = 0; i < mergeList.size(); i++) {
      addMerge(i);
    }
    SpecialVocabulary specials = specials();
    checkVocabulary(specials);
    return new DbrxTokenizer(vocabulary(byteOrder), specials);
  }

  /// The bundled vocabulary if the file says the same, since its tables are there already.
  private Vocabulary vocabulary(byte[] byteOrder) {
    if (merges.ids() == BundledVocabulary.SIZE) {
      Vocabulary bundled = BundledVocabulary.get();
      if (bundled.isMadeOf(byteOrder, merges)) {
        return bundled;
      }
    }
    return Vocabulary.of(byteOrder, merges);
  }

  private void checkPipeline() {
    json.mustBeAbsent("truncation");
    json.mustBeAbsent("padding");
    json.mustBeAbsent("normalizer");
    json.mustBe("Sequence", "pre_tokenizer", "type");
    checkSplit("pre_tokenizer", "pretokenizers", 0);
    json.mustBe("ByteLevel", "pre_tokenizer", "pretokenizers", 1, "type");
    json.mustBe(false, "pre_tokenizer", "pretokenizers", 1, "add_prefix_space");
    json.mustBe(false, "pre_tokenizer", "pretokenizers", 1, "use_regex");
    json.mustBeAbsent("pre_tokenizer", "pretokenizers", 2);
    json.mayBe("ByteLevel", "post_processor", "type");
    json.mayBe("ByteLevel", "decoder", "type");
  }

  /// The pattern finds every character, so keeping what it finds and removing the rest is one way
  /// to say it, cutting around what it finds another.
  private void checkSplit(Object... path) {
    boolean removed = "Removed".equals(json.at(below(path, "behavior")));
    json.mustBe("Split", below(path, "type"));
    json.mustBe(PATTERN, below(path, "pattern", "Regex"));
    json.mustBe(removed ? "Removed" : "Isolated", below(path, "behavior"));
    json.mustBe(removed, below(path, "invert"));
  }

  private static Object[] below(Object[] path, Object... steps) {
    return Stream.concat(Arrays.stream(path), Arrays.stream(steps)).toArray();
  }

  private void checkModel() {
    json.mustBe("BPE", "model", "type");
    json.mustBeAbsent("model", "dropout");
    json.mustBeAbsent("model", "unk_token");
    json.mayBe("", "model", "continuing_subword_prefix");
    json.mayBe("", "model", "end_of_word_suffix");
    json.mayBe(false, "model", "byte_fallback");
  }

  /// The byte of each of the first 256 ids.
  private byte[] byteOrder() {
    byte[] order = new byte[Merges.BYTES];
    boolean[] seen = new boolean[Merges.BYTES];
    for (int value = 0; value < Merges.BYTES; value++) {
      String token = String.valueOf(ByteLevelAlphabet.character(value));
      int id = id(token, "a byte");
      if (id >= Merges.BYTES || seen[id]) {
        throw json.error(
            "model.vocab gives the byte token "
                + token
                + " the id "
                + id
                + "; bytes must be 0-255");
      }
      seen[id] = true;
      order[id] = (byte) value;
    }
    return order;
  }

  private void addMerge(int index) {
    String[] pair = pair(index);
    String where = "model.merges[" + index + "]";
    int left = id(pair[0], where);
    int right = id(pair[1], where);
    int merged = id(pair[0] + pair[1], where);
    int expected = merges.ids();
    if (merged != expected) {
      throw json.error(
          where + " makes token " + merged + ", expected " + expected + ": ids must follow merges");
    }
    if (left >= expected || right >= expected || !merges.stayApart(left, right)) {
      throw json.error(where + " can never apply: its parts are not formed by merges before it");
    }
    merges.add(left, right);
  }

  private String[] pair(int index) {
    Object entry = mergeList.get(index);
    String[] pair =
        switch (entry) {
          case String string -> string.split(" ", -1);
          case List<?> list when list.size() == 2 ->
              new String[] {String.valueOf(list.get(0)), String.valueOf(list.get(1))};
          case null, default -> new String[0];
        };
    if (pair.length != 2) {
      throw json.error("model.merges[" + index + "] is " + entry + ", expected a pair of tokens");
    }
    return pair;
  }

  private int id(String token, String where) {
    if (vocabulary.get(token) instanceof Integer id && id >= 0) {
      return id;
    }
    throw json.error("model.vocab has no id for the token " + token + " of " + where);
  }

  private SpecialVocabulary specials() {
    Map<String, Integer> ids = new LinkedHashMap<>();
    for (int i = 0; i < json.list("added_tokens").size(); i++) {
      json.mustBe(true, "added_tokens", i, "special");
      for (String flag : List.of("single_word", "lstrip", "rstrip")) {
        json.mayBe(false, "added_tokens", i, flag);
      }
      String name = json.string("added_tokens", i, "content");
      int id = json.integer("added_tokens", i, "id");
      if (name.isEmpty() || id < merges.ids() || id >= PairTable.MAX_IDS || ids.containsValue(id)) {
        throw json.error(
            "added_tokens["
                + i
                + "] has the name '"
                + name
                + "' and the id "
                + id
                + "; expected a name, and an id of its own after the "
                + merges.ids()
                + " ordinary ones");
      }
      ids.put(name, id);
    }
    return new SpecialVocabulary(ids);
  }

  /// Every entry must be a byte, a merge or an added token.
  private void checkVocabulary(SpecialVocabulary specials) {
    for (Map.Entry<?, ?> entry : vocabulary.entrySet()) {
      boolean ordinary = entry.getValue() instanceof Integer id && id >= 0 && id < merges.ids();
      Integer added = specials.idsByName().get(entry.getKey());
      if (!ordinary && (added == null || !added.equals(entry.getValue()))) {
        throw json.error(
            "model.vocab has the token "
                + entry.getKey()
                + " with the id "
                + entry.getValue()
                + ", which is no byte, no merge and no added token");
      }
    }
  }
}
