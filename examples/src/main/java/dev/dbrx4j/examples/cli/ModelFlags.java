package dev.dbrx4j.examples.cli;

import dev.dbrx4j.DbrxModel;
import dev.dbrx4j.DbrxModelBuilder;
import dev.dbrx4j.Device;
import dev.dbrx4j.OverflowPolicy;
import dev.dbrx4j.tokenizer.ChatTemplate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Which model, and how to open it.
final class ModelFlags {
  @Mixin private ModelFolder folder = new ModelFolder();

  @Mixin private PrecisionFlags precision = new PrecisionFlags();

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of a forward pass; one a physical core unless given.")
  private @Nullable Integer threads;

  @Option(
      names = "--context-length",
      paramLabel = "N",
      description = "Tokens of prompt and answer together; the model's maximum unless given.")
  private @Nullable Integer contextLength;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = "cpu",
      description = "Where to run: cpu, cuda, cuda:0,1 (default: ${DEFAULT-VALUE}).")
  private String device = "cpu";

  DbrxModel open(Stdio stdio, OverflowPolicy overflow) {
    return open(stdio, DbrxModel.builder().slots(1).overflow(overflow));
  }

  /// Opens the model for several sequences at once.
  DbrxModel open(Stdio stdio, int slots) {
    return open(stdio, DbrxModel.builder().slots(slots));
  }

  private DbrxModel open(Stdio stdio, DbrxModelBuilder builder) {
    builder.progress(new ProgressLine(stdio));
    precision.chosen().ifPresent(builder::precision);
    builder.device(Device.parse(device));
    if (threads != null) {
      builder.threads(threads);
    }
    if (contextLength != null) {
      builder.contextLength(contextLength);
    }
    return builder.load(folder.path(stdio));
  }

  /// How the model reads a conversation.
  ChatTemplate template(Stdio stdio) {
    return ChatTemplate.load(folder.path(stdio));
  }
}
