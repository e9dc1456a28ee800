package dev.dbrx4j.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

/// The tables that come with the library are what their generators make of their sources.
class GeneratedTablesTest {
  @Test
  @EnabledForJreRange(max = JRE.JAVA_25, disabledReason = "later JDKs have a later Unicode")
  void characterClassesAreUnicode16() {
    assertThat(Resources.read(CharacterClasses.RESOURCE))
        .isEqualTo(CharacterClassesGenerator.table());
  }

  @Test
  void bundledVocabularyIsThatOfTheRankFile(@TempDir Path folder) throws IOException {
    Path ranks = Goldens.unpack("cl100k_base.tiktoken", folder.resolve("cl100k_base.tiktoken"));

    assertThat(tables(BundledVocabulary.get())).isEqualTo(tables(RankFile.build(ranks)));
    assertThat(RankFile.read(ranks)).isSameAs(BundledVocabulary.get());
  }

  private static byte[] tables(Vocabulary vocabulary) throws IOException {
    ByteArrayOutputStream tables = new ByteArrayOutputStream();
    vocabulary.writeTo(new TableWriter(tables));
    vocabulary.merges().writeTo(new TableWriter(tables));
    return tables.toByteArray();
  }
}
