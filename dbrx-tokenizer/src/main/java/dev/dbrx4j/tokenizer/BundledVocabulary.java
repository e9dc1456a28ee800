package dev.dbrx4j.tokenizer;

import java.util.Arrays;

/// cl100k_base as it comes with the library: the byte of each of the first 256 ids, then the merges
/// as pairs of ids, three bytes each, which is less to read than the tokens' text and needs no
/// search. `BundledVocabularyTest` writes it from the rank file and compares.
final class BundledVocabulary {
  static final String RESOURCE = "cl100k_base.merges";
  static final int BYTES_PER_ID = 3;

  private BundledVocabulary() {}

  static Vocabulary read() {
    byte[] file = Resources.read(RESOURCE);
    byte[] byteOrder = Arrays.copyOf(file, Merges.BYTES);
    Merges merges = new Merges((file.length - Merges.BYTES) / (2 * BYTES_PER_ID));
    for (int at = Merges.BYTES; at < file.length; at += 2 * BYTES_PER_ID) {
      addMerge(merges, file, at);
    }
    return new Vocabulary(byteOrder, merges);
  }

  /// A method of its own, which the JVM compiles sooner than the body of a loop.
  private static void addMerge(Merges merges, byte[] file, int at) {
    merges.add(id(file, at), id(file, at + BYTES_PER_ID));
  }

  private static int id(byte[] file, int at) {
    return (file[at] & 0xFF) << 16 | (file[at + 1] & 0xFF) << 8 | (file[at + 2] & 0xFF);
  }
}
