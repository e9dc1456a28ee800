package dev.dbrx4j.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

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

    assertThat(Resources.read(BundledVocabulary.RESOURCE))
        .isEqualTo(BundledVocabularyGenerator.table(RankFile.read(ranks)));
  }
}
