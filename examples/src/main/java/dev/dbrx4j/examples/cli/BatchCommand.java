package dev.dbrx4j.examples.cli;

import dev.dbrx4j.DbrxModel;
import dev.dbrx4j.GenerationOptions;
import dev.dbrx4j.GenerationResult;
import dev.dbrx4j.Prompt;
import dev.dbrx4j.tokenizer.DbrxTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/// Continues many prompts with many options.
@Command(
    name = "batch",
    mixinStandardHelpOptions = true,
    description = {
      "Continue many prompts, many at once, with every combination of the options given.",
      "Each answer is a line of JSON on standard output; each batch's metrics are one on standard error, or in --metrics."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  dbrx batch -p \"Once upon a time\" \"The sea\" --temperature 0 0.7 --seed 1 2",
      "  dbrx batch -p file::prompts.txt --prompt-delimiter '###' --max-batch-size 16"
    })
final class BatchCommand implements Callable<Integer> {
  private final Stdio stdio;

  @Mixin private ModelFlags model = new ModelFlags();
  @Mixin private BatchPrompts prompts = new BatchPrompts();
  @Mixin private OptionGrid grid = new OptionGrid();

  @Option(
      names = {"-n", "--max-new-tokens"},
      paramLabel = "N",
      defaultValue = "100",
      description = "Stop each answer after so many tokens (default: ${DEFAULT-VALUE}).")
  private int maxNewTokens;

  @Option(
      names = "--max-batch-size",
      paramLabel = "N",
      defaultValue = "8",
      description =
          "Prompts that run at once, each of which takes room in the KV cache (default: ${DEFAULT-VALUE}).")
  private int maxBatchSize;

  @Option(names = "--metrics", paramLabel = "FILE", description = "Write metrics there.")
  private @Nullable Path metricsFile;

  BatchCommand(Stdio stdio) {
    this.stdio = stdio;
  }

  @Override
  public Integer call() throws IOException {
    List<String> texts = prompts.texts();
    int batchSize = Math.min(maxBatchSize, texts.size());
    List<String> metrics = new ArrayList<>();
    try (DbrxModel opened = model.open(stdio, batchSize)) {
      DbrxTokenizer tokenizer =
          opened
              .tokenizer()
              .orElseThrow(() -> new IllegalStateException("the model has no tokenizer files"));
      warmUp(opened, texts.getFirst());
      for (GenerationOptions options : grid.combinations(maxNewTokens)) {
        for (int from = 0; from < texts.size(); from += batchSize) {
          List<String> batch = texts.subList(from, Math.min(texts.size(), from + batchSize));
          metrics.add(
              JsonMapper.shared().writeValueAsString(run(opened, tokenizer, batch, options)));
        }
      }
    }
    if (metricsFile != null) {
      Files.write(metricsFile, metrics);
    } else {
      metrics.forEach(stdio.err()::println);
    }
    return 0;
  }

  /// The first pass over weights brings them into memory; it is not timed.
  private static void warmUp(DbrxModel model, String text) {
    model.generate(text, GenerationOptions.builder().maxNewTokens(1).build());
  }

  private Map<String, Object> run(
      DbrxModel model, DbrxTokenizer tokenizer, List<String> batch, GenerationOptions options)
      throws IOException {
    long start = System.nanoTime();
    List<int[]> ids = batch.stream().map(tokenizer::encode).toList();
    long encoded = System.nanoTime();
    List<GenerationResult> results =
        ids.stream().map(each -> model.generateAsync(Prompt.ids(each), options)).toList().stream()
            .map(CompletableFuture::join)
            .toList();
    long generated = System.nanoTime();
    for (int i = 0; i < batch.size(); i++) {
      stdio.println(
          JsonMapper.shared().writeValueAsString(line(batch.get(i), results.get(i), options)));
    }
    return BatchMetrics.of(options, results, encoded - start, generated - encoded);
  }

  private static Map<String, Object> line(
      String prompt, GenerationResult result, GenerationOptions options) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("prompt", prompt);
    line.put("text", result.text());
    line.put("finish_reason", result.finishReason().name());
    line.put("options", OptionGrid.names(options));
    return line;
  }
}
