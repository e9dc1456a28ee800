package dev.dbrx4j.examples.cli;

import dev.dbrx4j.DbrxModel;
import dev.dbrx4j.OverflowPolicy;
import dev.dbrx4j.spi.LogitsRows;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "logits",
    mixinStandardHelpOptions = true,
    description =
        "Write the raw scores of the next token, for comparing with another implementation: little-endian"
            + " 32-bit floats, as many as the vocabulary has entries for each position.",
    footerHeading = "%nExample:%n",
    footer = "  dbrx logits --ids 12805,5304,264 --all-positions --out logits.f32")
final class LogitsCommand implements Callable<Integer> {
  private final Stdio stdio;

  @Mixin private ModelFlags model = new ModelFlags();

  @Option(
      names = "--ids",
      required = true,
      paramLabel = "IDS|@FILE",
      converter = TokenIds.Converter.class,
      description = "Token ids: 1,2,3 or a file that holds them.")
  @SuppressWarnings("NullAway.Init") // required, so picocli sets it
  private TokenIds ids;

  @Option(names = "--all-positions", description = "Of every position, not of the last one only.")
  private boolean allPositions;

  @Option(
      names = "--chunk",
      paramLabel = "N",
      defaultValue = "512",
      description = "Tokens that a forward pass runs at most (default: ${DEFAULT-VALUE}).")
  private int chunk;

  @Option(names = "--out", required = true, paramLabel = "FILE", description = "The file to write.")
  @SuppressWarnings("NullAway.Init") // required, so picocli sets it
  private Path file;

  LogitsCommand(Stdio stdio) {
    this.stdio = stdio;
  }

  @Override
  public Integer call() throws IOException {
    LogitsRows rows = allPositions ? LogitsRows.ALL : LogitsRows.LAST;
    try (DbrxModel opened = model.open(stdio, OverflowPolicy.ERROR);
        OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
      opened.logits(ids.toArray(), rows, chunk, (_, logits) -> write(logits, out));
    }
    return 0;
  }

  private static void write(float[] logits, OutputStream out) {
    ByteBuffer bytes =
        ByteBuffer.allocate(logits.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(logits);
    try {
      out.write(bytes.array());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
