package dev.dbrx4j.examples.cli;

import dev.dbrx4j.tokenizer.DbrxTokenizer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which tokenizer, and how to talk to it.
final class TokenizerFlags {
  @Option(
      names = {"-m", "--model"},
      paramLabel = "DIR",
      description =
          "Use the tokenizer files in this folder; without it, or where it has none, DBRX's own.")
  private @Nullable Path folder;

  @Option(names = "--jsonl", description = "Read and write a JSON object a line.")
  private boolean jsonLines;

  DbrxTokenizer open() {
    return folder == null
        ? DbrxTokenizer.bundled()
        : DbrxTokenizer.load(folder).orElseGet(DbrxTokenizer::bundled);
  }

  boolean jsonLines() {
    return jsonLines;
  }
}
