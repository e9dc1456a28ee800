package dev.dbrx4j.bench;

import dev.dbrx4j.bench.cpu.CpuCommand;
import dev.dbrx4j.bench.engine.EngineCommand;
import dev.dbrx4j.bench.gpu.GpuCommand;
import dev.dbrx4j.bench.load.LoadCommand;
import dev.dbrx4j.bench.quality.QualityCommand;
import dev.dbrx4j.bench.sampling.SamplingCommand;
import dev.dbrx4j.bench.soak.KillsCommand;
import dev.dbrx4j.bench.soak.SoakCommand;
import dev.dbrx4j.bench.tokenizer.TokenizerCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `./dbrx bench`: lists the benchmarks, or runs one.
@Command(
    name = "dbrx bench",
    description = "Benchmarks of dbrx4j.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      CpuCommand.class,
      EngineCommand.class,
      LoadCommand.class,
      SamplingCommand.class,
      SoakCommand.class,
      KillsCommand.class,
      TokenizerCommand.class,
      GpuCommand.class,
      QualityCommand.class,
      LayerCommand.class,
      JmhCommand.class,
      CheckpointCommand.class,
      LoadTimeCommand.class,
      CommandLine.HelpCommand.class
    })
public final class Main implements Runnable {
  private Main() {}

  /// Runs a benchmark.
  ///
  /// @param args its name and options; none lists what there is
  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }

  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }
}
