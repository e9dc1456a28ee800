package dev.dbrx4j.examples.cli;

import dev.dbrx4j.DbrxModel;
import dev.dbrx4j.OverflowPolicy;
import dev.dbrx4j.Prompt;
import dev.dbrx4j.TokenChunk;
import dev.dbrx4j.TokenStream;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    description = "Continue a text, writing what follows to standard output as it comes.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  dbrx generate \"Once upon a time\"",
      "  dbrx generate --temperature 0.7 --top-p 0.95 --seed 42 --timings < prompt.txt",
      "  dbrx generate --json-schema invoice.json \"The invoice as JSON: \"",
      "  dbrx generate --ids 12805,5304 --greedy -n 8 --print-ids"
    })
final class GenerateCommand implements Callable<Integer> {
  private final Stdio stdio;

  @ArgGroup private Source source = new Source();
  @Mixin private ModelFlags model = new ModelFlags();
  @Mixin private GenerationFlags generation = new GenerationFlags();

  @Option(
      names = "--print-ids",
      description = "Write token ids, separated by commas, instead of text.")
  private boolean printIds;

  @Option(names = "--timings", description = "Tell afterwards how long it took, on standard error.")
  private boolean timings;

  /// Where the prompt comes from.
  static final class Source {
    @Parameters(
        paramLabel = "PROMPT",
        arity = "0..1",
        description =
            "The beginning of the text. Without it, standard input, less a line end at its end.")
    private @Nullable String text;

    @Option(
        names = "--ids",
        paramLabel = "IDS|@FILE",
        converter = TokenIds.Converter.class,
        description = "The prompt as token ids: 1,2,3 or a file that holds them.")
    private @Nullable TokenIds ids;

    Prompt prompt(Stdio stdio) throws IOException {
      if (ids != null) {
        return Prompt.ids(ids.toArray());
      }
      return Prompt.text(text != null ? text : stdio.readAll().replaceFirst("\\R\\z", ""));
    }
  }

  GenerateCommand(Stdio stdio) {
    this.stdio = stdio;
  }

  @Override
  public Integer call() throws IOException {
    Prompt prompt = source.prompt(stdio);
    try (DbrxModel opened = model.open(stdio, OverflowPolicy.ERROR);
        TokenStream stream = opened.stream(prompt, generation.options())) {
      if (!printIds && opened.tokenizer().isEmpty()) {
        throw new IllegalStateException(
            "the model has no tokenizer files: add --print-ids to get token ids");
      }
      String separator = "";
      for (TokenChunk chunk : stream) {
        stdio.print(printIds ? separator + TokenIds.format(chunk.tokenIds()) : chunk.text());
        separator = ",";
      }
      stdio.println("");
      if (timings) {
        stdio.note(TimingsText.of(stream.result()));
      }
    }
    return 0;
  }
}
