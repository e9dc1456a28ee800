package dev.dbrx4j.examples.cli;

import dev.dbrx4j.tokenizer.DbrxTokenizer;
import dev.dbrx4j.tokenizer.SpecialTokens;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "tokenize",
    mixinStandardHelpOptions = true,
    description = "Write the token ids of a text, separated by commas.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  dbrx tokenize \"Hello, world\"",
      "  dbrx tokenize < book.txt",
      "  echo '{\"text\": \"Hello\"}' | dbrx tokenize --jsonl     writes {\"ids\":[9906]}"
    })
final class TokenizeCommand implements Callable<Integer> {
  private final Stdio stdio;

  @Parameters(
      paramLabel = "TEXT",
      arity = "0..1",
      description = "The text. Without it standard input, every byte of it.")
  private @Nullable String text;

  @Mixin private TokenizerFlags tokenizer = new TokenizerFlags();

  @Option(
      names = "--special",
      paramLabel = "HOW",
      defaultValue = "TEXT",
      description =
          "Special tokens such as <|im_end|> that are spelled out in the text: 'text' takes them as ordinary text (the default), 'allow' as the special token, 'refuse' as an error.")
  private SpecialTokens special = SpecialTokens.TEXT;

  TokenizeCommand(Stdio stdio) {
    this.stdio = stdio;
  }

  @Override
  public Integer call() throws IOException {
    DbrxTokenizer opened = tokenizer.open();
    if (tokenizer.jsonLines()) {
      JsonLines.answer(
          stdio,
          line -> Map.of("ids", opened.encode(line.required("text").stringValue(), special)));
    } else {
      stdio.println(TokenIds.format(opened.encode(text != null ? text : stdio.readAll(), special)));
    }
    return 0;
  }
}
