package dev.dbrx4j.examples.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

@Command(
    name = "dbrx",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      " 0:success",
      " 1:failure; one line on standard error says what and what to do",
      " 2:wrong usage",
      "130, 143:ended by Ctrl-C, by SIGTERM",
      "141:nobody reads the output any more"
    },
    header = "DBRX, Databricks' mixture-of-experts language model, on ONNX Runtime.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  dbrx generate \"Once upon a time\"",
      "  dbrx generate --model dbrx-instruct --temperature 0.7 --top-p 0.95 < prompt.txt",
      "  dbrx chat --model dbrx-instruct",
      "  dbrx inspect --model dbrx-instruct",
      "",
      "A model is a folder: a checkpoint as Hugging Face ships it, or a bundle that 'dbrx export' made.",
      "'dbrx COMMAND --help' tells more about a command, 'dbrx bench' runs benchmarks."
    })
final class DbrxCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Where something fails, print the stack trace too.")
  private boolean debug;

  boolean debug() {
    return debug;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "no command given");
  }
}
