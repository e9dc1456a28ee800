package dev.dbrx4j.bench.jmh;

import dev.dbrx4j.tokenizer.DbrxTokenizer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// Encodes, counts and decodes a short English message.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TokenizerBenchmark {
  private static final String TEXT =
      """
      A mixture of experts holds many small networks and asks only a few of them about each word.
      DBRX has 16 experts in every layer, of which a router chooses 4, so that a token meets 36 of
      the model's 132 billion parameters. How many ways are there to choose 4 of 16? It's 1,820.
      """;

  private final DbrxTokenizer tokenizer = DbrxTokenizer.bundled();
  private final int[] ids = tokenizer.encode(TEXT);

  /// For JMH.
  public TokenizerBenchmark() {}

  /// {@return the text's ids}
  @Benchmark
  public int[] encode() {
    return tokenizer.encode(TEXT);
  }

  /// {@return how many they are}
  @Benchmark
  public int count() {
    return tokenizer.count(TEXT);
  }

  /// {@return the text again}
  @Benchmark
  public String decode() {
    return tokenizer.decode(ids);
  }
}
