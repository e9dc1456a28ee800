package dev.dbrx4j.tokenizer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Writes the table of [BundledVocabulary] from a rank file.
final class BundledVocabularyGenerator {
  private BundledVocabularyGenerator() {}

  /// Reads the rank file named by the first argument, writes the table to that named by the second.
  public static void main(String[] args) throws IOException {
    Files.write(Path.of(args[1]), table(RankFile.read(Path.of(args[0]))));
  }

  static byte[] table(Vocabulary vocabulary) {
    ByteArrayOutputStream table = new ByteArrayOutputStream();
    table.write(vocabulary.bytes(), 0, Merges.BYTES);
    for (int id = Merges.BYTES; id < vocabulary.size(); id++) {
      writeId(table, vocabulary.merges().left(id));
      writeId(table, vocabulary.merges().right(id));
    }
    return table.toByteArray();
  }

  private static void writeId(ByteArrayOutputStream table, int id) {
    table.write(id >> 16);
    table.write(id >> 8);
    table.write(id);
  }
}
