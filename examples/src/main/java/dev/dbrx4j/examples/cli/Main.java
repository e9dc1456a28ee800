package dev.dbrx4j.examples.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/// The `dbrx` command line.
public final class Main {
  private Main() {}

  /// Runs a command and ends the process with its exit code.
  ///
  /// @param args the command and its options
  public static void main(String[] args) {
    System.exit(run(Stdio.ofProcess(), args));
  }

  /// {@return the exit code: 0, 1 for a failure, 2 for wrong usage, 141 if nobody reads the output}
  static int run(Stdio stdio, String... args) {
    DbrxCommand dbrx = new DbrxCommand();
    Failures failures = new Failures(stdio, dbrx);
    return new CommandLine(dbrx)
        .addSubcommand(new GenerateCommand(stdio))
        .addSubcommand(new BatchCommand(stdio))
        .addSubcommand(new ChatCommand(stdio))
        .addSubcommand(new TokenizeCommand(stdio))
        .addSubcommand(new DetokenizeCommand(stdio))
        .addSubcommand(new LogitsCommand(stdio))
        .addSubcommand(new ExportCommand(stdio))
        .addSubcommand(new VerifyCommand(stdio))
        .addSubcommand(new InspectCommand(stdio))
        .addSubcommand(new CommandLine.HelpCommand())
        .setOut(new PrintWriter(stdio.out(), true, StandardCharsets.UTF_8))
        .setErr(stdio.err())
        .setUsageHelpWidth(100)
        .setExpandAtFiles(false)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(failures)
        .setExecutionExceptionHandler(failures)
        .execute(args);
  }
}
