package dev.dbrx4j.examples.cli;

import dev.dbrx4j.DbrxException;
import dev.dbrx4j.InvalidRequestException;
import dev.dbrx4j.tokenizer.TokenizerException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/// Turns exceptions into one line on standard error and an exit code.
final class Failures implements IParameterExceptionHandler, IExecutionExceptionHandler {
  /// What a shell reports for a program that SIGPIPE ended.
  private static final int BROKEN_PIPE = 128 + 13;

  private final Stdio stdio;
  private final DbrxCommand dbrx;

  Failures(Stdio stdio, DbrxCommand dbrx) {
    this.stdio = stdio;
    this.dbrx = dbrx;
  }

  @Override
  public int handleParseException(ParameterException e, String[] args) {
    Exception shown = e.getCause() instanceof InvalidRequestException cause ? cause : e;
    report(message(shown), e);
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    stdio.err().println("Try '" + command + " --help'.");
    return ExitCode.USAGE;
  }

  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
    if (isBrokenPipe(e)) {
      return BROKEN_PIPE;
    }
    report(message(e), e);
    return e instanceof InvalidRequestException ? ExitCode.USAGE : ExitCode.SOFTWARE;
  }

  private static boolean isBrokenPipe(Exception e) {
    return causes(e)
        .anyMatch(
            cause -> cause instanceof IOException && "Broken pipe".equals(cause.getMessage()));
  }

  private static String message(Exception e) {
    String message = Optional.ofNullable(e.getMessage()).orElse(e.getClass().getSimpleName());
    return switch (e) {
      case FileSystemException _ -> e.getClass().getSimpleName() + ": " + message;
      case DbrxException _, TokenizerException _, IllegalStateException _, ParameterException _ ->
          message;
      case IOException _, UncheckedIOException _ -> message;
      default -> "unexpected " + e + "; --debug shows where";
    };
  }

  private void report(String message, Exception e) {
    stdio.note(message);
    if (dbrx.debug()) {
      e.printStackTrace(stdio.err());
    }
  }

  private static Stream<Throwable> causes(Throwable e) {
    return Stream.iterate(e, cause -> cause != null, Throwable::getCause);
  }
}
