package dev.dbrx4j.examples.cli;

import dev.dbrx4j.StructuredOutput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What the text must be; one of these at most.
final class StructureFlags {
  @Option(names = "--json", description = "Write JSON.")
  private boolean json;

  @Option(
      names = "--json-schema",
      paramLabel = "FILE",
      description = "Write JSON that keeps to this schema.")
  private @Nullable Path schema;

  @Option(
      names = "--regex",
      paramLabel = "PATTERN",
      description = "Write a match of this regular expression.")
  private @Nullable String regex;

  @Option(
      names = "--choice",
      paramLabel = "TEXT",
      description = "Write one of these texts; to be given several times.")
  private List<String> choice = List.of();

  @Option(
      names = "--grammar",
      paramLabel = "FILE",
      description = "Write a sentence of this grammar, in llama.cpp's notation (GBNF).")
  private @Nullable Path grammar;

  Optional<StructuredOutput> output() {
    if (json) {
      return Optional.of(StructuredOutput.json());
    }
    if (schema != null) {
      return Optional.of(StructuredOutput.jsonSchema(read(schema)));
    }
    if (regex != null) {
      return Optional.of(StructuredOutput.regex(regex));
    }
    if (grammar != null) {
      return Optional.of(StructuredOutput.grammar(read(grammar)));
    }
    return choice.isEmpty()
        ? Optional.empty()
        : Optional.of(StructuredOutput.choice(choice.toArray(String[]::new)));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e, e);
    }
  }
}
