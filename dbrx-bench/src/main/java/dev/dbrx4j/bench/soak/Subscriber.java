package dev.dbrx4j.bench.soak;

import dev.dbrx4j.TokenChunk;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Asks for chunks one at a time and cancels after so many.
final class Subscriber implements Flow.Subscriber<TokenChunk> {
  private final int wanted;
  private final IntStream.Builder ids = IntStream.builder();
  private final CompletableFuture<int[]> end = new CompletableFuture<>();
  private Flow.@Nullable Subscription subscription;
  private volatile boolean cancelled;
  private int received;

  Subscriber(int wanted) {
    this.wanted = wanted;
  }

  /// {@return all ids received, once there will be no more}
  ///
  /// @throws RuntimeException what it was told of
  int[] await() {
    try {
      return end.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException told ? told : e;
    }
  }

  boolean isCancelled() {
    return cancelled;
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    goOn(given);
  }

  @Override
  public void onNext(TokenChunk chunk) {
    if (cancelled) {
      end.completeExceptionally(new WrongAnswerException("a chunk came after cancel()"));
    }
    IntStream.of(chunk.tokenIds()).forEach(ids::add);
    received++;
    if (subscription != null) {
      goOn(subscription);
    }
  }

  private void goOn(Flow.Subscription given) {
    if (received < wanted) {
      given.request(1);
    } else {
      cancelled = true;
      given.cancel();
      end.complete(ids.build().toArray());
    }
  }

  @Override
  public void onError(Throwable cause) {
    end.completeExceptionally(cause);
  }

  @Override
  public void onComplete() {
    end.complete(ids.build().toArray());
  }
}
