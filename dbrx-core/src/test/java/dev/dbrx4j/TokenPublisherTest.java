package dev.dbrx4j;

import static dev.dbrx4j.engine.ScriptedRunner.continuation;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dbrx4j.engine.ScriptedRunner;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class TokenPublisherTest {
  private static final int[] PROMPT = {5, 4, 3, 2, 1};
  private static final GenerationOptions OPTIONS =
      GenerationOptions.builder().maxNewTokens(200).build();

  private final DbrxModel model =
      DbrxModel.builder()
          .start(
              new ScriptedRunner(4, 256),
              Optional.empty(),
              new GenerationConfig(List.of(), GenerationOptions.defaults()));
  private final Flow.Publisher<TokenChunk> publisher = model.publisher(Prompt.ids(PROMPT), OPTIONS);

  @AfterEach
  void close() {
    model.close();
  }

  @Test
  void publishesEverythingToWhoAsksForEverything() throws Exception {
    Recorder recorder = new Recorder(Long.MAX_VALUE);
    publisher.subscribe(recorder);

    assertThat(recorder.end.get()).isEqualTo("complete");
    assertThat(recorder.ids()).isEqualTo(continuation(PROMPT, 200));
  }

  @Test
  void publishesNoMoreThanWasAskedFor() throws Exception {
    Recorder recorder = new Recorder(2);
    publisher.subscribe(recorder);
    recorder.subscription.get();

    assertThat(recorder.chunks.poll(5, TimeUnit.SECONDS)).isNotNull();
    assertThat(recorder.chunks.poll(5, TimeUnit.SECONDS)).isNotNull();
    assertThat(recorder.chunks.poll(50, TimeUnit.MILLISECONDS)).isNull();

    recorder.subscription.get().request(1);
    assertThat(recorder.chunks.poll(5, TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void isSilentAfterCancel() throws Exception {
    Recorder recorder = new Recorder(1);
    publisher.subscribe(recorder);
    assertThat(recorder.chunks.poll(5, TimeUnit.SECONDS)).isNotNull();

    recorder.subscription.get().cancel();
    recorder.subscription.get().request(10);

    assertThat(recorder.chunks.poll(50, TimeUnit.MILLISECONDS)).isNull();
    assertThat(recorder.end).isNotDone();
  }

  @Test
  void reportsWhatTheSubscriberItselfThrows() throws Exception {
    Recorder recorder =
        new Recorder(Long.MAX_VALUE) {
          @Override
          public void onNext(TokenChunk chunk) {
            throw new ArithmeticException("the subscriber's own");
          }
        };
    publisher.subscribe(recorder);

    assertThat(recorder.end.get()).isEqualTo("ArithmeticException");
  }

  @Test
  void reportsRefusedRequests() throws Exception {
    Recorder recorder = new Recorder(1);
    model.publisher(Prompt.ids(), OPTIONS).subscribe(recorder);

    assertThat(recorder.end.get()).isEqualTo("InvalidRequestException");
  }

  @Test
  void reportsDemandBelowOne() throws Exception {
    Recorder recorder = new Recorder(0);
    publisher.subscribe(recorder);

    assertThat(recorder.end.get()).isEqualTo("IllegalArgumentException");
  }

  @Test
  void refusesASecondSubscriber() throws Exception {
    publisher.subscribe(new Recorder(1));
    Recorder second = new Recorder(1);
    publisher.subscribe(second);

    assertThat(second.end.get()).isEqualTo("IllegalStateException");
  }

  /// Asks for some chunks and keeps what comes.
  private static class Recorder implements Flow.Subscriber<TokenChunk> {
    final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
    final BlockingQueue<TokenChunk> chunks = new LinkedBlockingQueue<>();
    final CompletableFuture<String> end = new CompletableFuture<>();
    private final long demand;

    Recorder(long demand) {
      this.demand = demand;
    }

    int[] ids() {
      return chunks.stream().map(TokenChunk::tokenIds).flatMapToInt(Arrays::stream).toArray();
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription.complete(given);
      given.request(demand);
    }

    @Override
    public void onNext(TokenChunk chunk) {
      chunks.add(chunk);
    }

    @Override
    public void onError(Throwable cause) {
      end.complete(cause.getClass().getSimpleName());
    }

    @Override
    public void onComplete() {
      end.complete("complete");
    }
  }
}
