package dev.dbrx4j.tokenizer;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// cl100k_base as it comes with the library: its tables as they are used, so that they need not be
/// built. They lie in the jar uncompressed, since unpacking them takes longer than reading them.
final class BundledVocabulary {
  /// The number of its tokens.
  static final int SIZE = 100_256;

  private static final String TOKENS_FILE = "cl100k_base.tokens";
  private static final String MERGES_FILE = "cl100k_base.merges";

  private BundledVocabulary() {}

  /// The same instance each time.
  static Vocabulary get() {
    return Holder.VOCABULARY;
  }

  private static final class Holder {
    static final Vocabulary VOCABULARY =
        new Vocabulary(new TableReader(Resources.read(TOKENS_FILE)));
  }

  /// Its merges. They are a file of their own: the words of many a short text are tokens and need
  /// none.
  static Merges merges() {
    return MergesHolder.MERGES;
  }

  private static final class MergesHolder {
    static final Merges MERGES = new Merges(new TableReader(Resources.read(MERGES_FILE)));
  }

  /// The build runs this: reads the rank file named by the first argument and writes the tables
  /// into the folder named by the second.
  public static void main(String[] args) throws IOException {
    Vocabulary vocabulary = RankFile.build(Path.of(args[0]));
    Path folder = Files.createDirectories(Path.of(args[1]));
    try (OutputStream tokens = create(folder.resolve(TOKENS_FILE));
        OutputStream merges = create(folder.resolve(MERGES_FILE))) {
      vocabulary.writeTo(new TableWriter(tokens));
      vocabulary.merges().writeTo(new TableWriter(merges));
    }
  }

  private static OutputStream create(Path file) throws IOException {
    return new BufferedOutputStream(Files.newOutputStream(file));
  }
}
