package dev.dbrx4j.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Writes a random checkpoint.
@Command(
    name = "checkpoint",
    description = "Write a checkpoint with random weights, to run benchmarks on.")
final class CheckpointCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", description = "Folder to write; created if absent.")
  @SuppressWarnings("NullAway.Init") // required, so picocli sets it
  private Path folder;

  @Option(
      names = "--geometry",
      paramLabel = "NAME",
      defaultValue = "dbrx-0.5b",
      description = "dbrx, dbrx-0.5b, dbrx-2b or dbrx-tiny (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init") // picocli sets the default
  private String geometry;

  @Option(
      names = "--weights",
      paramLabel = "KIND",
      defaultValue = "NORMAL",
      description = "NORMAL, or TERNARY which compresses well (default: ${DEFAULT-VALUE}).")
  private RandomWeights weights = RandomWeights.NORMAL;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Same seed, same bytes (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--max-shard-bytes",
      paramLabel = "N",
      defaultValue = "5000000000",
      description = "Cut files between tensors at this size (default: ${DEFAULT-VALUE}).")
  private long maxShardBytes;

  @Override
  public Integer call() throws IOException {
    new RandomCheckpoint(Geometries.named(geometry), weights, seed, maxShardBytes).write(folder);
    return 0;
  }
}
