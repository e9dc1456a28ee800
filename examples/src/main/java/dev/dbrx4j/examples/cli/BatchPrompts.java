package dev.dbrx4j.examples.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The prompts of a batch run: texts, and files that hold one or many.
final class BatchPrompts {
  private static final String FILE = "file::";

  @Option(
      names = {"-p", "--prompts"},
      paramLabel = "TEXT|file::PATH",
      required = true,
      arity = "1..*",
      description = "Texts to continue, or files that hold them.")
  private List<String> prompts = List.of();

  @Option(
      names = "--prompt-delimiter",
      paramLabel = "TEXT",
      description = "What separates prompts in a file; without it a file is one prompt.")
  private @Nullable String delimiter;

  /// {@return all of them; what is blank in a file with a delimiter is none}
  List<String> texts() throws IOException {
    List<String> texts = new ArrayList<>();
    for (String prompt : prompts) {
      if (prompt.startsWith(FILE)) {
        String content = Files.readString(Path.of(prompt.substring(FILE.length())));
        split(content).forEach(texts::add);
      } else {
        texts.add(prompt);
      }
    }
    if (texts.isEmpty()) {
      throw new IllegalStateException("no prompt: the files hold none");
    }
    return texts;
  }

  private Stream<String> split(String content) {
    return delimiter == null
        ? Stream.of(content)
        : Pattern.compile(delimiter, Pattern.LITERAL)
            .splitAsStream(content)
            .map(String::strip)
            .filter(text -> !text.isEmpty());
  }
}
