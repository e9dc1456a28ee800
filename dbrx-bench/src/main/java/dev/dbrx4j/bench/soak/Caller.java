package dev.dbrx4j.bench.soak;

import dev.dbrx4j.DbrxModel;
import dev.dbrx4j.GenerationOptions;
import dev.dbrx4j.GenerationResult;
import dev.dbrx4j.Prompt;
import dev.dbrx4j.QueueFullException;
import dev.dbrx4j.Session;
import dev.dbrx4j.TokenChunk;
import dev.dbrx4j.TokenStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Somebody who uses the model in every way there is, one after another, and checks what comes.
final class Caller {
  private static final int MAX_PAUSE_MILLIS = 20;

  private final DbrxModel model;
  private final KnownAnswers known;
  private final Path folder;
  private final Tally tally;
  private final Random random;
  private final List<Runnable> doings =
      List.of(
          this::waits,
          this::waits,
          this::reads,
          this::readsSlowly,
          this::stopsReading,
          this::waitsForAFuture,
          this::cancelsAFuture,
          this::isInterrupted,
          this::isInAHurry,
          this::subscribes,
          this::cancelsASubscription,
          this::takesSamples,
          this::talks,
          this::savesATalk);

  /// @param folder for saved sessions
  Caller(DbrxModel model, KnownAnswers known, Path folder, Tally tally, long seed) {
    this.model = model;
    this.known = known;
    this.folder = folder;
    this.tally = tally;
    this.random = new Random(seed);
  }

  /// Does one thing, whichever.
  void act() {
    try {
      doings.get(random.nextInt(doings.size())).run();
    } catch (QueueFullException e) {
      tally.refused();
      pause();
    }
  }

  private void waits() {
    KnownAnswer answer = known.any(random);
    check(answer, model.generate(prompt(answer), answer.options()));
  }

  private void reads() {
    KnownAnswer answer = known.any(random);
    try (TokenStream stream = model.stream(prompt(answer), answer.options())) {
      read(answer, stream, Integer.MAX_VALUE, false);
    }
  }

  private void readsSlowly() {
    KnownAnswer answer = known.any(random);
    try (TokenStream stream = model.stream(prompt(answer), answer.options())) {
      read(answer, stream, Integer.MAX_VALUE, true);
    }
  }

  private void stopsReading() {
    KnownAnswer answer = known.any(random);
    TokenStream stream = model.stream(prompt(answer), answer.options());
    try (stream) {
      read(answer, stream, random.nextInt(10), false);
    }
    check(answer, stream.result());
  }

  /// Takes so many chunks, and if these are all, compares them with the result.
  private void read(KnownAnswer answer, TokenStream stream, int chunks, boolean slowly) {
    int[] read = {};
    for (TokenChunk chunk : (Iterable<TokenChunk>) stream.stream().limit(chunks)::iterator) {
      read = concat(read, chunk.tokenIds());
      answer.checkBeginning(read);
      if (slowly) {
        pause();
      }
    }
    if (chunks == Integer.MAX_VALUE) {
      checkChunks(answer, read, stream.result());
    }
  }

  private void checkChunks(KnownAnswer answer, int[] read, GenerationResult result) {
    if (!Arrays.equals(read, result.tokenIds())) {
      throw new WrongAnswerException("chunks do not add up to the result");
    }
    check(answer, result);
  }

  private void waitsForAFuture() {
    KnownAnswer answer = known.any(random);
    check(answer, model.generateAsync(prompt(answer), answer.options()).join());
  }

  private void cancelsAFuture() {
    KnownAnswer answer = known.any(random);
    CompletableFuture<GenerationResult> future =
        model.generateAsync(prompt(answer), answer.options());
    pause();
    future.cancel(true);
    try {
      check(answer, future.join());
    } catch (CancellationException e) {
      tally.cutShort();
    }
  }

  private void isInterrupted() {
    KnownAnswer answer = known.any(random);
    FutureTask<GenerationResult> call =
        new FutureTask<>(() -> model.generate(prompt(answer), answer.options()));
    Thread thread = Thread.startVirtualThread(call);
    pause();
    thread.interrupt();
    GenerationResult result = await(call);
    if (result != null) {
      check(answer, result);
    }
  }

  /// Returns null if it was refused, or interrupted before it began.
  private @Nullable GenerationResult await(FutureTask<GenerationResult> call) {
    try {
      return call.get();
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts callers", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof QueueFullException refused) {
        throw refused;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private void isInAHurry() {
    KnownAnswer answer = known.any(random);
    GenerationOptions hasty =
        answer.options().toBuilder().timeout(Duration.ofMillis(1 + random.nextInt(200))).build();
    check(answer, model.generate(prompt(answer), hasty));
  }

  private void subscribes() {
    subscribe(Integer.MAX_VALUE);
  }

  private void cancelsASubscription() {
    subscribe(random.nextInt(10));
  }

  private void subscribe(int chunks) {
    KnownAnswer answer = known.any(random);
    Subscriber subscriber = new Subscriber(chunks);
    model.publisher(prompt(answer), answer.options()).subscribe(subscriber);
    int[] ids = subscriber.await();
    answer.checkBeginning(ids);
    if (!subscriber.isCancelled() && ids.length != answer.ids().length) {
      throw new WrongAnswerException(
          "a subscriber was told %d of %d tokens".formatted(ids.length, answer.ids().length));
    }
    if (subscriber.isCancelled()) {
      tally.cutShort();
    } else {
      tally.complete(ids.length);
    }
  }

  /// The first of several samples is the one that a single call with the seed gives.
  private void takesSamples() {
    KnownAnswer answer = known.any(random);
    GenerationOptions several = answer.options().toBuilder().samples(1 + random.nextInt(3)).build();
    List<GenerationResult> samples = model.samples(prompt(answer), several);
    check(answer, samples.getFirst());
  }

  /// Two turns, the second of them on a fork too.
  private void talks() {
    KnownDialogue dialogue = known.anyDialogue(random);
    Session session = model.newSession();
    check(dialogue.first(), session.sendIds(dialogue.first().prompt(), dialogue.first().options()));
    Session fork = session.fork();
    check(dialogue.second(), session.sendIds(dialogue.more(), dialogue.second().options()));
    check(dialogue.second(), fork.sendIds(dialogue.more(), dialogue.second().options()));
  }

  private void savesATalk() {
    KnownDialogue dialogue = known.anyDialogue(random);
    Session session = model.newSession();
    check(dialogue.first(), session.sendIds(dialogue.first().prompt(), dialogue.first().options()));
    Path file = temporaryFile();
    try {
      session.save(file);
      Session restored = model.restoreSession(file);
      check(dialogue.second(), restored.sendIds(dialogue.more(), dialogue.second().options()));
    } finally {
      delete(file);
    }
  }

  private Path temporaryFile() {
    try {
      return Files.createTempFile(folder, "session", null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void check(KnownAnswer answer, GenerationResult result) {
    answer.check(result);
    if (result.finishReason() == answer.reason()) {
      tally.complete(result.tokenIds().length);
    } else {
      tally.cutShort();
    }
  }

  private static Prompt prompt(KnownAnswer answer) {
    return Prompt.ids(answer.prompt());
  }

  private void pause() {
    try {
      Thread.sleep(random.nextInt(MAX_PAUSE_MILLIS));
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts callers", e);
    }
  }

  private static int[] concat(int[] first, int[] second) {
    return IntStream.concat(Arrays.stream(first), Arrays.stream(second)).toArray();
  }
}
