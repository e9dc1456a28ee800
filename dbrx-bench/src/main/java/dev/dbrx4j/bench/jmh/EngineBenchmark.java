package dev.dbrx4j.bench.jmh;

import dev.dbrx4j.GenerationOptions;
import dev.dbrx4j.engine.Engine;
import dev.dbrx4j.engine.EngineLimits;
import dev.dbrx4j.engine.Generation;
import dev.dbrx4j.engine.Request;
import dev.dbrx4j.engine.Vocabulary;
import dev.dbrx4j.tokenizer.DbrxTokenizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// What the engine itself costs for each token of eight running sequences: scheduling,
/// detokenising, and handing over to eight readers that park in between. Passes take no time, nor
/// does sampling.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls start() first
public class EngineBenchmark {
  private static final int SEQUENCES = 8;
  private static final int TOKENS = 512;
  private static final int STREAM_CAPACITY = 64;
  private static final int[] PROMPT = {1, 2, 3, 4};

  private final GenerationOptions options =
      GenerationOptions.builder().maxNewTokens(TOKENS).build();
  private Engine engine;

  /// For JMH.
  public EngineBenchmark() {}

  /// Starts the engine.
  @Setup
  public void start() {
    engine =
        Engine.start(
            new InstantRunner(SEQUENCES, 2 * TOKENS),
            new Vocabulary(
                InstantRunner.VOCAB_SIZE, new int[0], Optional.of(DbrxTokenizer.bundled())),
            new EngineLimits(512, 2 * SEQUENCES));
  }

  /// Stops it.
  @TearDown
  public void stop() {
    engine.close();
  }

  /// {@return a result}
  ///
  /// @throws InterruptedException never
  @Benchmark
  @OperationsPerInvocation(SEQUENCES * TOKENS)
  public Object streamedToken() throws InterruptedException {
    List<Generation> generations = engine.submit(requests(STREAM_CAPACITY));
    List<Thread> readers = new ArrayList<>();
    for (Generation generation : generations) {
      readers.add(Thread.startVirtualThread(() -> read(generation)));
    }
    for (Thread reader : readers) {
      reader.join();
    }
    return generations;
  }

  /// {@return a result}
  @Benchmark
  @OperationsPerInvocation(SEQUENCES * TOKENS)
  public Object token() {
    return engine.submit(requests(0)).stream().map(Generation::result).toList();
  }

  private List<Request> requests(int streamCapacity) {
    Request request = new Request(PROMPT, options, streamCapacity, null);
    return Collections.nCopies(SEQUENCES, request);
  }

  private static void read(Generation generation) {
    while (generation.next() != null) {}
  }
}
