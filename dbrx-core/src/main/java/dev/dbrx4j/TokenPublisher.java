package dev.dbrx4j;

import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A stream for one subscriber, which is told on a virtual thread of its own. The generation starts
/// with the subscription.
final class TokenPublisher implements Flow.Publisher<TokenChunk> {
  /// More chunks than any generation has.
  private static final int NO_BOUND = Integer.MAX_VALUE / 2;

  private final Supplier<TokenStream> start;
  private final AtomicBoolean taken = new AtomicBoolean();

  TokenPublisher(Supplier<TokenStream> start) {
    this.start = start;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super TokenChunk> subscriber) {
    Subscription subscription = new Subscription(subscriber);
    Runnable work = taken.compareAndSet(false, true) ? subscription::run : subscription::refuse;
    Thread.ofVirtual().name("dbrx4j-publisher").start(work);
  }

  private final class Subscription implements Flow.Subscription {
    private final Flow.Subscriber<? super TokenChunk> subscriber;
    private final Semaphore demand = new Semaphore(0);
    private volatile boolean cancelled;
    private @Nullable TokenStream stream;
    private volatile @Nullable RuntimeException misuse;

    Subscription(Flow.Subscriber<? super TokenChunk> subscriber) {
      this.subscriber = subscriber;
    }

    void refuse() {
      subscriber.onSubscribe(this);
      subscriber.onError(new IllegalStateException("a generation has only one subscriber"));
    }

    void run() {
      try {
        subscriber.onSubscribe(this);
        publish();
      } catch (RuntimeException | Error e) {
        subscriber.onError(e);
      }
    }

    private void publish() {
      try (TokenStream chunks = start.get()) {
        attach(chunks);
        for (TokenChunk chunk : chunks) {
          demand.acquireUninterruptibly();
          if (!cancelled) {
            subscriber.onNext(chunk);
          }
        }
      }
      complete();
    }

    private synchronized void attach(TokenStream chunks) {
      stream = chunks;
      if (cancelled) {
        chunks.close();
      }
    }

    private void complete() {
      if (misuse != null) {
        throw misuse;
      }
      if (!cancelled) {
        subscriber.onComplete();
      }
    }

    @Override
    public synchronized void request(long chunks) {
      if (chunks <= 0) {
        misuse = new IllegalArgumentException("requested " + chunks + " chunks, not at least one");
        cancel();
      } else if (!cancelled) {
        int room = NO_BOUND - demand.availablePermits();
        demand.release((int) Math.min(chunks, room));
      }
    }

    /// From here on nobody counts what is handed out, so that the worker gets through to the end.
    @Override
    public synchronized void cancel() {
      cancelled = true;
      demand.release(NO_BOUND - demand.availablePermits());
      if (stream != null) {
        stream.close();
      }
    }
  }
}
