package dev.dbrx4j.tokenizer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/// DBRX's tokenizer: text to token ids and back, exactly as tiktoken's cl100k_base with DBRX's
/// special tokens.
///
/// ```java
/// DbrxTokenizer tokenizer = DbrxTokenizer.bundled();
/// int[] ids = tokenizer.encode("Hello, world");
/// String text = tokenizer.decode(ids);
/// ```
///
/// No token is added before or after the text. A surrogate without its partner is encoded as
/// U+FFFD. Immutable and safe for use by many threads; one instance is enough for a program.
public final class DbrxTokenizer {
  private final SpecialVocabulary specials;
  private final TextEncoder encoder;
  private final TokenBytes tokenBytes;

  DbrxTokenizer(Vocabulary vocabulary, SpecialVocabulary specials) {
    this.specials = specials;
    this.encoder = new TextEncoder(vocabulary, specials);
    this.tokenBytes = new TokenBytes(vocabulary, specials);
  }

  /// The tokenizer of the published DBRX models, which comes with the library.
  ///
  /// @return the same instance each time
  public static DbrxTokenizer bundled() {
    return Bundled.TOKENIZER;
  }

  /// Reads Hugging Face's `tokenizer.json`.
  ///
  /// @param file the file
  /// @return its tokenizer
  /// @throws TokenizerException if it is malformed, or asks for something other than byte-level BPE
  ///   with cl100k's pattern; the message names what
  public static DbrxTokenizer fromTokenizerJson(Path file) {
    return TokenizerJson.read(file);
  }

  /// Reads a `.tiktoken` rank file: a line for each token, its bytes in Base64 and its rank. Such a
  /// file has no special tokens; the tokenizer has DBRX's.
  ///
  /// @param file the file
  /// @return its tokenizer
  /// @throws TokenizerException if it is malformed; the message names the line
  public static DbrxTokenizer fromTiktoken(Path file) {
    return new DbrxTokenizer(RankFile.read(file), SpecialVocabulary.DBRX);
  }

  /// Reads the tokenizer of a checkpoint or bundle: its `tokenizer.json`, else its `.tiktoken`
  /// file.
  ///
  /// @param folder the folder
  /// @return the tokenizer, or nothing if the folder has neither file
  /// @throws TokenizerException if the file found cannot be used
  public static Optional<DbrxTokenizer> load(Path folder) {
    Path json = folder.resolve("tokenizer.json");
    if (Files.exists(json)) {
      return Optional.of(fromTokenizerJson(json));
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith(".tiktoken"))
          .sorted()
          .findFirst()
          .map(DbrxTokenizer::fromTiktoken);
    } catch (IOException | UncheckedIOException e) {
      throw new TokenizerException("cannot list the folder " + folder, e);
    }
  }

  /// Encodes a text; what spells a special token is ordinary text.
  ///
  /// @param text the text
  /// @return its token ids
  public int[] encode(String text) {
    return encode(text, SpecialTokens.TEXT);
  }

  /// Encodes a text.
  ///
  /// @param text the text
  /// @param specialTokens what to do with text that spells a special token
  /// @return its token ids
  /// @throws TokenizerException if such text occurs and is to be refused
  public int[] encode(String text, SpecialTokens specialTokens) {
    return encode(text, new Choice(specialTokens));
  }

  int[] encode(String text, SpecialVocabulary.Filter filter) {
    CollectedIds ids = new CollectedIds();
    encoder.encode(text, filter, ids);
    return ids.all();
  }

  /// Encodes a text into the caller's buffer.
  ///
  /// @param text the text
  /// @param specialTokens what to do with text that spells a special token
  /// @param buffer where the ids go; what does not fit is left out
  /// @param offset where in the buffer the first id goes
  /// @return the number of ids the text has, which is more than were written if the buffer was
  ///   short
  /// @throws TokenizerException if a special token occurs and is to be refused
  public int encodeInto(String text, SpecialTokens specialTokens, int[] buffer, int offset) {
    Objects.checkFromIndexSize(offset, 0, buffer.length);
    int[] count = {0};
    encoder.encode(
        text,
        new Choice(specialTokens),
        ids -> {
          int at = Math.min(offset + count[0], buffer.length);
          ids.copyTo(buffer, at, Math.min(ids.size(), buffer.length - at));
          count[0] += ids.size();
          return true;
        });
    return count[0];
  }

  /// Counts the tokens of a text; what spells a special token is ordinary text.
  ///
  /// @param text the text
  /// @return the number of ids that [#encode(String)] returns
  public int count(String text) {
    return count(text, SpecialTokens.TEXT);
  }

  /// Counts the tokens of a text, without keeping them.
  ///
  /// @param text the text
  /// @param specialTokens what to do with text that spells a special token
  /// @return the number of ids that [#encode(String, SpecialTokens)] returns
  /// @throws TokenizerException if a special token occurs and is to be refused
  public int count(String text, SpecialTokens specialTokens) {
    return encodeInto(text, specialTokens, new int[0], 0);
  }

  /// Encodes the beginning of a text, and no more of the text than that needs.
  ///
  /// @param text the text
  /// @param specialTokens what to do with text that spells a special token
  /// @param maxTokens the most ids to return, 0 or more
  /// @return the first `maxTokens` ids of the text, or all if it has fewer
  /// @throws TokenizerException if a special token occurs and is to be refused
  public int[] encodeFirst(String text, SpecialTokens specialTokens, int maxTokens) {
    checkMaxTokens(maxTokens);
    CollectedIds ids = new CollectedIds();
    encoder.encode(
        text,
        new Choice(specialTokens),
        chunk -> {
          ids.addLast(chunk);
          return ids.size() < maxTokens;
        });
    return ids.first(maxTokens);
  }

  /// Encodes the end of a text, and no more of the text than that needs.
  ///
  /// @param text the text
  /// @param specialTokens what to do with text that spells a special token
  /// @param maxTokens the most ids to return, 0 or more
  /// @return the last `maxTokens` ids of the text, or all if it has fewer
  /// @throws TokenizerException if a special token occurs and is to be refused
  public int[] encodeLast(String text, SpecialTokens specialTokens, int maxTokens) {
    checkMaxTokens(maxTokens);
    CollectedIds ids = new CollectedIds();
    encoder.encodeBackwards(
        text,
        new Choice(specialTokens),
        chunk -> {
          ids.addFirst(chunk);
          return ids.size() < maxTokens;
        });
    return ids.last(maxTokens);
  }

  private static void checkMaxTokens(int maxTokens) {
    if (maxTokens < 0) {
      throw new IllegalArgumentException("maxTokens is " + maxTokens + ", must be 0 or more");
    }
  }

  /// Encodes many texts, on as many threads as the common pool has.
  ///
  /// @param texts the texts
  /// @param specialTokens what to do with text that spells a special token
  /// @return the ids of each text, in order
  /// @throws TokenizerException if a special token occurs and is to be refused
  public List<int[]> encodeAll(List<String> texts, SpecialTokens specialTokens) {
    return texts.parallelStream().map(text -> encode(text, specialTokens)).toList();
  }

  /// Decodes ids to text. Ids between and after the vocabulary's own, which pad the model's output,
  /// stand for no text; bytes that are no UTF-8 become U+FFFD, as `new String` has it.
  ///
  /// @param ids the ids
  /// @return their text, special tokens spelled out
  /// @throws TokenizerException if an id is negative
  public String decode(int[] ids) {
    return tokenBytes.text(ids);
  }

  /// Decodes ids to the bytes they stand for, which need not be valid UTF-8.
  ///
  /// @param ids the ids
  /// @return their bytes
  /// @throws TokenizerException if an id is negative
  public byte[] decodeToBytes(int[] ids) {
    return tokenBytes.bytes(ids);
  }

  /// The bytes of one token.
  ///
  /// @param id a token id
  /// @return its bytes, none for an id that stands for no token
  /// @throws TokenizerException if the id is negative
  public byte[] tokenBytes(int id) {
    return tokenBytes.bytes(id);
  }

  /// One more than the largest id, which counts the ids between that stand for no token. A model's
  /// output may be padded beyond.
  ///
  /// @return 100,280 for DBRX
  public int vocabSize() {
    return tokenBytes.size();
  }

  /// The special tokens.
  ///
  /// @return their ids by name, such as `<|im_end|>`
  public Map<String, Integer> specialTokens() {
    return specials.idsByName();
  }

  /// The id of a special token.
  ///
  /// @param name its name, such as `<|im_end|>`
  /// @return its id, or nothing if there is no such token
  public OptionalInt specialId(String name) {
    return specials.id(name);
  }

  /// A decoder for ids that come one by one.
  ///
  /// @return a new decoder, for one thread at a time
  public IncrementalDecoder newDecoder() {
    return new IncrementalDecoder(tokenBytes);
  }

  /// Not a lambda, as [CollectedIds] is none: a program's first lambda takes the JVM longer than
  /// its first text takes the tokenizer.
  private record Choice(SpecialTokens specialTokens) implements SpecialVocabulary.Filter {
    @Override
    public boolean accept(String token, int offset) {
      return specialTokens.accept(token, offset);
    }
  }

  private static final class Bundled {
    static final DbrxTokenizer TOKENIZER =
        new DbrxTokenizer(BundledVocabulary.get(), SpecialVocabulary.DBRX);
  }
}
