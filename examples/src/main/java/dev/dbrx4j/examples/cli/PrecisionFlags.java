package dev.dbrx4j.examples.cli;

import dev.dbrx4j.Precision;
import dev.dbrx4j.Precision.WeightType;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// How a model's matrices are to be stored.
final class PrecisionFlags {
  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec command;

  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      description = {
        "Type of the experts' matrices: fp32, int8 or int4; fp32 unless given.",
        "int4 stores the embedding and the logits' matrix in int8, unless told otherwise below."
      })
  private @Nullable WeightType matrices;

  @Option(
      names = "--block",
      paramLabel = "N",
      description =
          "Numbers that share a scale: 32, 64 or 128. Fewer follow the weights more closely and"
              + " take more bytes.")
  private @Nullable Integer block;

  @Option(
      names = "--attention",
      paramLabel = "TYPE",
      description =
          "Type of the attention's matrices: fp32, bf16, int8 or int4; that of the experts unless"
              + " given.")
  private @Nullable WeightType attention;

  @Option(
      names = "--lm-head",
      paramLabel = "TYPE",
      description = "Type of the matrix that makes the logits: fp32, bf16, int8 or int4.")
  private @Nullable WeightType lmHead;

  @Option(
      names = "--embedding",
      paramLabel = "TYPE",
      description = "Type of the token embeddings: fp32, bf16, int8 or int4.")
  private @Nullable WeightType embedding;

  /// {@return what was asked for, empty if nothing was}
  Optional<Precision> chosen() {
    if (matrices == null) {
      if (block != null || attention != null || lmHead != null || embedding != null) {
        throw new ParameterException(
            command.commandLine(),
            "--block, --attention, --lm-head and --embedding need --precision");
      }
      return Optional.empty();
    }
    Precision precision = Precision.of(matrices);
    precision = block == null ? precision : precision.withBlock(block);
    precision = attention == null ? precision : precision.withAttention(attention);
    precision = lmHead == null ? precision : precision.withLmHead(lmHead);
    return Optional.of(embedding == null ? precision : precision.withEmbedding(embedding));
  }
}
