package dev.dbrx4j;

import dev.dbrx4j.engine.Engine;
import dev.dbrx4j.engine.Generation;
import dev.dbrx4j.engine.PromptLogits;
import dev.dbrx4j.engine.Request;
import dev.dbrx4j.engine.Vocabulary;
import dev.dbrx4j.sampling.BeamAnswer;
import dev.dbrx4j.sampling.BeamSearch;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Drives a beam search on the caller's thread. Every beam is a prompt of its own whose last logits
/// are asked for: the engine finds all but its last token in the KV cache, copies slots where beams
/// part, and runs all beams in one step.
final class BeamRun {
  private final Engine engine;
  private final Vocabulary vocabulary;
  private final int[] prompt;
  private final GenerationOptions options;
  private final BeamSearch search;
  private final long startNanos = System.nanoTime();
  private long firstTokenNanos = startNanos;
  private @Nullable FinishReason endedFromOutside;

  BeamRun(Engine engine, int[] prompt, GenerationOptions options) {
    this.engine = engine;
    this.vocabulary = engine.vocabulary();
    this.prompt = prompt;
    int room = Math.min(options.maxNewTokens(), engine.maxContext() - prompt.length);
    this.options = options.toBuilder().maxNewTokens(room).build();
    this.search =
        new BeamSearch(
            this.options,
            vocabulary.size(),
            eosIds(),
            prompt,
            vocabulary.constraint(this.options, room));
  }

  private int[] eosIds() {
    return options.ignoreEos() ? new int[0] : vocabulary.eosIds();
  }

  /// Searches to the end, or until cancelled or late.
  ///
  /// @return the answers found, best first; an empty one if there are none
  List<GenerationResult> results() {
    List<int[]> beams = List.of(prompt);
    boolean goesOn = true;
    while (goesOn) {
      MemorySegment logits = logits(beams);
      goesOn = endedFromOutside == null && search.advance(logits);
      beams = children(beams);
      firstTokenNanos = firstTokenNanos == startNanos ? System.nanoTime() : firstTokenNanos;
    }
    List<BeamAnswer> answers = search.answers();
    return answers.isEmpty()
        ? List.of(result(List.of()))
        : answers.stream().map(answer -> result(answer.tokens())).toList();
  }

  /// The logits that follow each beam, a row each.
  private MemorySegment logits(List<int[]> beams) {
    List<PromptLogits> last =
        beams.stream()
            .map(beam -> new PromptLogits(beam.length - 1, beam.length, vocabulary.size()))
            .toList();
    engine.submit(requests(beams, last)).forEach(this::await);
    float[] rows = new float[beams.size() * vocabulary.size()];
    for (int i = 0; i < beams.size(); i++) {
      float[] row = last.get(i).row(beams.get(i).length - 1);
      System.arraycopy(row, 0, rows, i * row.length, row.length);
    }
    return MemorySegment.ofArray(rows);
  }

  private List<Request> requests(List<int[]> beams, List<PromptLogits> last) {
    GenerationOptions inTime =
        options
            .timeout()
            .map(timeout -> options.toBuilder().timeout(left(timeout)).build())
            .orElse(options);
    return IntStream.range(0, beams.size())
        .mapToObj(i -> new Request(beams.get(i), inTime, 0, last.get(i)))
        .toList();
  }

  private Duration left(Duration timeout) {
    long left = timeout.toNanos() - (System.nanoTime() - startNanos);
    return Duration.ofNanos(Math.max(1, left));
  }

  private void await(Generation generation) {
    FinishReason reason = generation.result().finishReason();
    if (reason != FinishReason.LENGTH) {
      endedFromOutside = reason;
    }
  }

  private List<int[]> children(List<int[]> beams) {
    int[] parents = search.parents();
    int[] tokens = search.tokens();
    return IntStream.range(0, parents.length)
        .mapToObj(i -> append(beams.get(parents[i]), tokens[i]))
        .toList();
  }

  private static int[] append(int[] ids, int id) {
    int[] longer = Arrays.copyOf(ids, ids.length + 1);
    longer[ids.length] = id;
    return longer;
  }

  private GenerationResult result(List<Integer> tokens) {
    int[] ids = tokens.stream().mapToInt(Integer::intValue).toArray();
    boolean ended =
        ids.length > 0 && IntStream.of(eosIds()).anyMatch(id -> id == ids[ids.length - 1]);
    int[] spoken = ended ? Arrays.copyOf(ids, ids.length - 1) : ids;
    return new GenerationResult(
        vocabulary.tokenizer().map(tokenizer -> tokenizer.decode(spoken)).orElse(""),
        ids,
        prompt.length,
        0,
        ended ? FinishReason.EOS : reasonAtEnd(ids.length),
        timings(ids.length));
  }

  private FinishReason reasonAtEnd(int tokens) {
    if (endedFromOutside != null) {
      return endedFromOutside;
    }
    if (tokens < options.maxNewTokens()) {
      return FinishReason.STOP; // only a complete structured output ends before the limit
    }
    boolean contextIsFull = prompt.length + options.maxNewTokens() == engine.maxContext();
    return contextIsFull ? FinishReason.CONTEXT : FinishReason.LENGTH;
  }

  private Timings timings(int tokens) {
    return new Timings(
        Duration.ZERO,
        Duration.ofNanos(firstTokenNanos - startNanos),
        Duration.ofNanos(System.nanoTime() - firstTokenNanos),
        Math.max(0, tokens - 1));
  }
}
