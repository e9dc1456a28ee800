package dev.dbrx4j.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.dbrx4j.StructuredOutput.Kind;
import dev.dbrx4j.StructuredOutput.Whitespace;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Whatever random logits write under a schema, an independent validator finds valid.
@Tag("slow")
class SchemaTest {
  private static final SchemaRegistry VALIDATORS =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  @Test
  void everyOutputOfFiveHundredSchemasIsValid() {
    CommonGrammar common = Vocabularies.dbrx();
    int valid = 0;
    for (int i = 0; i < 500; i++) {
      String schema = new RandomSchema(i).next();
      Whitespace whitespace = i % 5 == 0 ? Whitespace.FLEXIBLE : Whitespace.COMPACT;
      TokenGrammar grammar = Compiled.of(common, Kind.JSON_SCHEMA, whitespace, schema);
      SplittableRandom random = new SplittableRandom(i);
      RandomText texts = new RandomText(grammar, common.trie(), random);
      Schema validator = VALIDATORS.getSchema(schema, InputFormat.JSON);
      for (int j = 0; j < 6; j++) {
        int room = grammar.shortest() + (j % 2 == 0 ? random.nextInt(4) : 120);
        Optional<String> text = texts.next(room);
        assertThat(text).as("a text of %d tokens for %s", room, schema).isPresent();
        assertThat(errors(validator, text.get())).as("%s for %s", text.get(), schema).isEmpty();
        valid++;
      }
    }
    assertThat(valid).isEqualTo(3_000);
  }

  private static String errors(Schema validator, String json) {
    return validator
        .validate(
            json,
            InputFormat.JSON,
            context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)))
        .toString()
        .replace("[]", "");
  }
}
