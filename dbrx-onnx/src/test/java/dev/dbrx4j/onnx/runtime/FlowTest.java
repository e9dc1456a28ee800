package dev.dbrx4j.onnx.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlowTest {
  private final List<ExecutorService> threads = new ArrayList<>();

  @AfterEach
  void shutDown() {
    threads.forEach(ExecutorService::shutdownNow);
  }

  private Flow flow(int stages, int lanes) {
    IntStream.range(0, stages).forEach(_ -> threads.add(Executors.newSingleThreadExecutor()));
    return new Flow(List.<Executor>copyOf(threads), lanes);
  }

  /// Piece `p` is in stage `n - 1 - p` when all `n` stages are at work. There each waits for the
  /// others: if one did not work beside them, none would go on.
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5})
  void allStagesWorkAtOnce(int stages) {
    Flow flow = flow(stages, stages);
    CyclicBarrier atWork = new CyclicBarrier(stages);
    for (int i = 0; i < stages; i++) {
      int piece = i;
      flow.send(
          piece,
          stage -> {
            if (stage == stages - 1 - piece) {
              meet(atWork);
            }
          });
    }
    flow.awaitAll();
  }

  private static void meet(CyclicBarrier barrier) {
    try {
      barrier.await(5, TimeUnit.MINUTES);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void everyStageTakesAllPiecesInTheOrderTheyWereSent() {
    Flow flow = flow(3, 2);
    List<List<Integer>> seen =
        List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>()); // each of one thread
    for (int i = 0; i < 50; i++) {
      int piece = i;
      flow.await(piece % 2);
      flow.send(piece % 2, stage -> seen.get(stage).add(piece));
    }
    flow.awaitAll();
    List<Integer> all = IntStream.range(0, 50).boxed().toList();
    assertThat(seen).containsExactly(all, all, all);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void afterAFailureNothingIsBegunAndNothingIsUnderWay(int failing) {
    Flow flow = flow(3, 3);
    AtomicInteger atWork = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    for (int round = 0; round < 20; round++) {
      for (int i = 0; i < 3; i++) {
        int piece = i;
        flow.send(
            piece,
            stage -> {
              atWork.incrementAndGet();
              try {
                if (piece == 1 && stage == failing) {
                  throw new IllegalStateException("stage " + stage);
                }
                done.incrementAndGet();
              } finally {
                atWork.decrementAndGet();
              }
            });
      }
      assertThatThrownBy(() -> flow.await(2)).hasMessage("stage " + failing);
      assertThat(atWork).hasValue(0);
      assertThat(done.getAndSet(0)).isBetween(1 + 2 * failing, 3 + 2 * failing);

      flow.send(0, _ -> done.incrementAndGet());
      flow.awaitAll();
      assertThat(done.getAndSet(0)).isEqualTo(3);
    }
  }

  @Test
  void singleStageWithoutAThreadWorksOnTheCallers() {
    Flow flow = new Flow(List.of(Stage.HERE), 1);
    List<Thread> seen = new ArrayList<>();
    flow.send(0, _ -> seen.add(Thread.currentThread()));
    assertThat(seen).containsExactly(Thread.currentThread());
    assertThatThrownBy(() ->
            flow.send(
                0,
                _ -> {
                  throw new IllegalStateException("here");
                }))
        .hasMessage("here");
  }
}
