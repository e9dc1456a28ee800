package dev.dbrx4j.examples.cli;

import dev.dbrx4j.tokenizer.DbrxTokenizer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Command(
    name = "detokenize",
    mixinStandardHelpOptions = true,
    description = {
      "Write the text of token ids: exactly their bytes, special tokens spelled out.",
      "With --jsonl, bytes that are no UTF-8 become U+FFFD."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  dbrx detokenize 9906,11,1917",
      "  dbrx tokenize < book.txt | dbrx detokenize > same.txt",
      "  echo '{\"ids\": [9906]}' | dbrx detokenize --jsonl     writes {\"text\":\"Hello\"}"
    })
final class DetokenizeCommand implements Callable<Integer> {
  private final Stdio stdio;

  @Parameters(
      paramLabel = "IDS",
      arity = "0..*",
      description = "Token ids, separated by commas or spaces. Without them, standard input.")
  private List<String> ids = List.of();

  @Mixin private TokenizerFlags tokenizer = new TokenizerFlags();

  DetokenizeCommand(Stdio stdio) {
    this.stdio = stdio;
  }

  @Override
  public Integer call() throws IOException {
    DbrxTokenizer opened = tokenizer.open();
    if (tokenizer.jsonLines()) {
      JsonLines.answer(stdio, line -> Map.of("text", opened.decode(idsOf(line))));
      return 0;
    }
    String text = ids.isEmpty() ? stdio.readAll() : String.join(" ", ids);
    stdio.out().write(opened.decodeToBytes(TokenIds.parse(text).toArray()));
    if (stdio.interactive()) {
      stdio.out().write('\n');
    }
    stdio.out().flush();
    return 0;
  }

  private static int[] idsOf(JsonNode line) {
    return JsonMapper.shared().treeToValue(line.required("ids"), int[].class);
  }
}
