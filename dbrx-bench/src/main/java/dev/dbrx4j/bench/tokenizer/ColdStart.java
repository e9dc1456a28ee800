package dev.dbrx4j.bench.tokenizer;

import java.nio.file.Path;

/// A program that encodes one short text and ends: `ColdStart CONTESTANT FOLDER`, or without
/// arguments does nothing, to tell what the JVM itself takes.
final class ColdStart {
  private ColdStart() {}

  public static void main(String[] args) {
    if (args.length == 2) {
      Contestant contestant = Contestant.valueOf(args[0]);
      contestant.open(new VocabularyFiles(Path.of(args[1]))).encode("Hello, world");
    }
    System.out.println("done");
    Runtime.getRuntime().halt(0);
  }
}
