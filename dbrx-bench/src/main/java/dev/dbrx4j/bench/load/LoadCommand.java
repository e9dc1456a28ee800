package dev.dbrx4j.bench.load;

import dev.dbrx4j.DbrxModel;
import dev.dbrx4j.Device;
import dev.dbrx4j.bench.BenchReport;
import dev.dbrx4j.bench.ModelFlags;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Puts load on a model.
@Command(
    name = "load",
    description = {
      "The load test of DBRX's announcement: a new user every second, prompts of about 2,000 tokens, 256 tokens out.",
      "Runs on our engine in this process, or with --url on any server that speaks OpenAI's protocol."
    })
public final class LoadCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec command;

  @Mixin private ModelFlags model = new ModelFlags();

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "1",
      description = "New users a second (default: ${DEFAULT-VALUE}).")
  private double rate;

  @Option(
      names = "--users",
      paramLabel = "N",
      defaultValue = "60",
      description = "How many come in all (default: ${DEFAULT-VALUE}).")
  private int users;

  @Option(
      names = "--prompt-tokens",
      paramLabel = "N",
      description = "Length of a prompt (default: 2000, or what our model's context leaves).")
  private @Nullable Integer promptTokens;

  @Option(
      names = "--new-tokens",
      paramLabel = "N",
      defaultValue = "256",
      description = "Tokens out (default: ${DEFAULT-VALUE}).")
  private int newTokens;

  @Option(
      names = "--slots",
      paramLabel = "N",
      defaultValue = "8",
      description = "Sequences that our engine runs at once (default: ${DEFAULT-VALUE}).")
  private int slots;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = "cpu",
      description = "Where our engine runs: cpu, cuda, cuda:0,1 (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init") // picocli sets the default
  private String device;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "A server's address, such as http://localhost:8000/v1.")
  private @Nullable String url;

  @Option(
      names = "--api",
      paramLabel = "NAME",
      defaultValue = "COMPLETIONS",
      description = "COMPLETIONS or CHAT (default: ${DEFAULT-VALUE}).")
  private HttpTarget.Api api = HttpTarget.Api.COMPLETIONS;

  @Option(
      names = "--served-model",
      paramLabel = "NAME",
      defaultValue = "dbrx",
      description = "What the server calls the model (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init") // picocli sets the default
  private String servedModel;

  @Option(names = "--svg", paramLabel = "FILE", description = "Draw the result there.")
  private @Nullable Path svg;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the rows there as JSON too.")
  private @Nullable Path json;

  /// For picocli.
  public LoadCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (url != null) {
      Optional<String> key = Optional.ofNullable(System.getenv("OPENAI_API_KEY"));
      try (LoadTarget server = new HttpTarget(url, api, servedModel, key)) {
        return run(server, promptTokens == null ? AnnouncedLoad.PROMPT_TOKENS : promptTokens);
      }
    }
    boolean here = device.equals("cpu");
    int asked = promptTokens == null ? AnnouncedLoad.PROMPT_TOKENS : promptTokens;
    int context = here ? contextLength() : asked;
    try (LoadTarget engine = new EngineTarget(load(context + newTokens))) {
      return run(engine, context);
    }
  }

  /// Tokens of a prompt in our engine.
  private int contextLength() {
    int longest;
    try (DbrxModel opened = DbrxModel.builder().slots(1).load(model.folder())) {
      longest = opened.contextLength() - newTokens;
    }
    if (longest < 1 || (promptTokens != null && promptTokens > longest)) {
      throw new ParameterException(
          command.commandLine(),
          "the model holds prompts of %d tokens with %d new ones: see --prompt-tokens, --new-tokens, --model"
              .formatted(longest, newTokens));
    }
    return promptTokens == null ? Math.min(AnnouncedLoad.PROMPT_TOKENS, longest) : promptTokens;
  }

  private DbrxModel load(int contextLength) {
    return DbrxModel.builder()
        .slots(slots)
        .contextLength(contextLength)
        .queueBound(Math.max(1, users))
        .device(Device.parse(device))
        .load(model.folder());
  }

  private int run(LoadTarget target, int tokens) throws IOException, InterruptedException {
    System.out.printf(
        "%d users, %s a second, each with a prompt of %d tokens, %d tokens out%n",
        users, rate, tokens, newTokens);
    Load load =
        new Load(
            target, user -> AnnouncedLoad.request(user, tokens, newTokens), LoadCommand::progress);
    Load.Outcome outcome = load.run(users, rate);
    System.err.println();
    LoadReport report = new LoadReport(outcome);
    BenchReport rows = report.rows();
    rows.print(System.out);
    if (json != null) {
      rows.writeJson(json);
    }
    if (svg != null) {
      report.draw(svg);
    }
    outcome.failures().stream().distinct().forEach(told -> System.err.println("failed: " + told));
    return outcome.failures().isEmpty() ? 0 : 1;
  }

  private static void progress(String what) {
    System.err.print("\r\033[K" + what);
  }
}
