package dev.dbrx4j.engine;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.spi.Logits;
import dev.dbrx4j.spi.LogitsRows;
import dev.dbrx4j.spi.ModelRunner;
import dev.dbrx4j.spi.RunTerminatedException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// A model whose logits are a pure function of the tokens that a slot holds: whoever loses count of
/// a slot's contents gets another text. Passes can be made to fail, or to hang until terminated.
public final class ScriptedRunner implements ModelRunner {
  public static final int VOCAB_SIZE = 64;

  private final DbrxConfig config;
  private final int[][] cache;
  private RuntimeException failure;
  private int passesToFailure;
  private boolean hanging;
  private boolean underWay;
  private boolean terminated;
  private boolean closed;
  private int prefilledTokens;
  private int decodeSteps;
  private int tokensRun;

  public ScriptedRunner(int slots, int maxContext) {
    this(slots, maxContext, VOCAB_SIZE);
  }

  public ScriptedRunner(int slots, int maxContext, int vocabSize) {
    config =
        new DbrxConfig(
            8, 2, 1, 1, 4096, vocabSize, null, 1e4, 8, 2, 1, null, DbrxConfig.Activation.SILU);
    cache = new int[slots][maxContext];
  }

  /// What the model says after a prompt when decoded greedily.
  public static int[] continuation(int[] prompt, int count) {
    int[] tokens = Arrays.copyOf(prompt, prompt.length + count);
    for (int i = prompt.length; i < tokens.length; i++) {
      tokens[i] = mostLikely(tokens, i);
    }
    return Arrays.copyOfRange(tokens, prompt.length, tokens.length);
  }

  /// The logits after the first tokens of an array.
  public static float[] scores(int[] tokens, int count) {
    return scores(tokens, count, VOCAB_SIZE);
  }

  private static float[] scores(int[] tokens, int count, int vocabSize) {
    int state = 1;
    for (int i = 0; i < count; i++) {
      state = mix(state + tokens[i]);
    }
    float[] scores = new float[vocabSize];
    for (int id = 0; id < vocabSize; id++) {
      scores[id] = (mix(state ^ id * 0x9E3779B9) >>> 8) * 0x1p-20f;
    }
    return scores;
  }

  private static int mostLikely(int[] tokens, int count) {
    float[] scores = scores(tokens, count);
    int best = 0;
    for (int id = 1; id < VOCAB_SIZE; id++) {
      best = scores[id] > scores[best] ? id : best;
    }
    return best;
  }

  private static int mix(int bits) {
    int mixed = (bits ^ bits >>> 16) * 0x85EBCA6B;
    mixed = (mixed ^ mixed >>> 13) * 0xC2B2AE35;
    return mixed ^ mixed >>> 16;
  }

  public int prefilledTokens() {
    return prefilledTokens;
  }

  /// Tokens that passes have run, of whichever kind.
  public int tokensRun() {
    return tokensRun;
  }

  /// Whether a failure is to come.
  public boolean failsSoon() {
    return passesToFailure > 0;
  }

  public int decodeSteps() {
    return decodeSteps;
  }

  public synchronized boolean isClosed() {
    return closed;
  }

  /// Makes a pass fail, the first being the next one, and leave garbage in its slots.
  public void failPass(int number, RuntimeException cause) {
    passesToFailure = number;
    failure = cause;
  }

  /// Makes every pass hang until it is terminated, or until hanging is turned off.
  public synchronized void hang(boolean on) {
    hanging = on;
    notifyAll();
  }

  public synchronized void awaitPass() throws InterruptedException {
    while (!underWay) {
      wait();
    }
  }

  @Override
  public DbrxConfig config() {
    return config;
  }

  @Override
  public int slots() {
    return cache.length;
  }

  @Override
  public int maxContext() {
    return cache[0].length;
  }

  @Override
  public Logits prefill(int slot, int[] tokens, int position, LogitsRows rows) {
    pass(slot);
    System.arraycopy(tokens, 0, cache[slot], position, tokens.length);
    prefilledTokens += tokens.length;
    tokensRun += tokens.length;
    int end = position + tokens.length;
    return switch (rows) {
      case NONE -> logits(new int[0], new int[0]);
      case LAST -> logits(new int[] {slot}, new int[] {end});
      case ALL -> {
        int[] slots = new int[tokens.length];
        Arrays.fill(slots, slot);
        int[] counts = new int[tokens.length];
        Arrays.setAll(counts, i -> position + i + 1);
        yield logits(slots, counts);
      }
    };
  }

  @Override
  public Logits decode(int[] slots, int[] tokens, int[] positions) {
    pass(slots);
    decodeSteps++;
    tokensRun += tokens.length;
    int[] counts = new int[slots.length];
    for (int i = 0; i < slots.length; i++) {
      if (i > 0 && slots[i] <= slots[i - 1]) {
        throw new IllegalArgumentException("slots not ascending: " + Arrays.toString(slots));
      }
      cache[slots[i]][positions[i]] = tokens[i];
      counts[i] = positions[i] + 1;
    }
    return logits(slots, counts);
  }

  private Logits logits(int[] slots, int[] counts) {
    int size = config.vocabSize();
    float[] values = new float[slots.length * size];
    for (int i = 0; i < slots.length; i++) {
      System.arraycopy(scores(cache[slots[i]], counts[i], size), 0, values, i * size, size);
    }
    return Logits.of(MemorySegment.ofArray(values), slots.length, size);
  }

  @Override
  public void copySlot(int from, int to, int tokens) {
    System.arraycopy(cache[from], 0, cache[to], 0, tokens);
  }

  @Override
  public String identity() {
    return "scripted";
  }

  @Override
  public long kvBytesPerToken() {
    return Integer.BYTES;
  }

  @Override
  public void readKv(int slot, int position, int tokens, MemorySegment target) {
    MemorySegment.copy(cache[slot], position, target, ValueLayout.JAVA_INT, 0, tokens);
  }

  @Override
  public void writeKv(int slot, int position, int tokens, MemorySegment source) {
    MemorySegment.copy(source, ValueLayout.JAVA_INT, 0, cache[slot], position, tokens);
  }

  private synchronized void pass(int... slots) {
    if (closed) {
      throw new IllegalStateException("a pass on a closed runner");
    }
    underWay = true;
    notifyAll();
    try {
      while (hanging && !terminated) {
        wait();
      }
      endEarly(slots);
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts the engine", e);
    } finally {
      underWay = false;
      terminated = false;
    }
  }

  private void endEarly(int[] slots) {
    if (terminated) {
      throw new RunTerminatedException();
    }
    if (--passesToFailure == 0) {
      if (!(failure instanceof RunTerminatedException)) {
        Arrays.stream(slots).forEach(slot -> Arrays.fill(cache[slot], -1));
      }
      throw failure;
    }
  }

  @Override
  public synchronized void terminate() {
    terminated = underWay;
    notifyAll();
  }

  @Override
  public synchronized void close() {
    if (closed || underWay) {
      throw new IllegalStateException("closed twice or under a pass");
    }
    closed = true;
  }
}
