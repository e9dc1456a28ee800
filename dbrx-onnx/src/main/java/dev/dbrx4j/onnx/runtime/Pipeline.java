package dev.dbrx4j.onnx.runtime;

import dev.dbrx4j.onnx.ort.Memory;
import dev.dbrx4j.spi.Logits;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// Sends passes through the stages. With several stages as many passes can be under way, each in a
/// lane of its own: while the second stage runs one, the first runs the next. A stage runs its
/// passes in the order in which they were sent, so a later chunk of a prompt finds the keys and
/// values of those before.
final class Pipeline implements AutoCloseable {
  private final List<Stage> stages;
  private final Lane[] lanes; // arrays, since a step over a list would make an object
  private final LogitsBuffer logits;
  private final int maxTokens;
  private int sent;

  /// A pass's way through the stages.
  static final class Lane {
    private final StageLane[] stages;
    private PassShape shape = new PassShape(0, 0, 0, 0, 0);
    private @Nullable CompletableFuture<Void> underWay;

    Lane(StageLane[] stages) {
      this.stages = stages;
    }

    void setToken(int index, int token) {
      stages[0].buffers().setToken(index, token);
    }

    void setLastPosition(int index, int position) {
      for (StageLane lane : stages) {
        lane.buffers().setLastPosition(index, position);
      }
    }

    int select(dev.dbrx4j.spi.LogitsRows wanted, int tokenCount) {
      return stages[stages.length - 1].buffers().select(wanted, tokenCount);
    }
  }

  /// @param owner frees the memory when it closes
  /// @param host the memory of this machine
  /// @param maxTokens new tokens in a pass, at most
  Pipeline(List<Stage> stages, Memory host, Arena owner, int maxTokens) {
    this.stages = stages;
    this.maxTokens = maxTokens;
    Stage last = stages.getLast();
    logits = new LogitsBuffer(last.memory(), owner, last.slots(), last.config().vocabSize());
    lanes = new Lane[stages.size()];
    for (int i = 0; i < lanes.length; i++) {
      boolean first = i == 0;
      lanes[i] =
          new Lane(
              stages.stream()
                  .map(stage -> stageLane(stage, host, owner, first))
                  .toArray(StageLane[]::new));
    }
  }

  private StageLane stageLane(Stage stage, Memory host, Arena owner, boolean first) {
    LogitsBuffer ends = stage.givesLogits() ? logits : null;
    return new StageLane(stage, host, owner, maxTokens, ends, first);
  }

  /// {@return new tokens that a pass may have}
  int maxTokens() {
    return maxTokens;
  }

  /// Begins a series of passes.
  ///
  /// @param rows of logits that they will give together
  void begin(int rows) {
    logits.reserve(rows);
    sent = 0;
  }

  /// {@return the next pass's lane, to be filled; waits until it is free}
  Lane next() {
    Lane lane = lanes[sent++ % lanes.length];
    await(lane);
    return lane;
  }

  /// Sends a filled lane through the stages, as [PassShape] says.
  void send(Lane lane, int firstSlot, int count, int tokensEach, int firstRow, int rows) {
    if (!lane.shape.is(firstSlot, count, tokensEach, firstRow, rows)) {
      lane.shape = new PassShape(firstSlot, count, tokensEach, firstRow, rows);
    }
    send(lane, lane.shape);
  }

  private void send(Lane lane, PassShape shape) {
    if (stages.size() == 1 && !stages.getFirst().hasThread()) {
      lane.stages[0].run(shape, null);
      return;
    }
    CompletableFuture<Void> way = CompletableFuture.completedFuture(null);
    StageLane before = null;
    for (StageLane stage : lane.stages) {
      StageLane from = before;
      way = way.thenRunAsync(() -> stage.run(shape, from), stage.stage().executor());
      before = stage;
    }
    lane.underWay = way;
  }

  /// Ends a series of passes: waits for all of them.
  ///
  /// @return the logits that they gave together, from row 0 on
  Logits end(int rows) {
    RuntimeException failure = null;
    for (Lane lane : lanes) {
      try {
        await(lane);
      } catch (RuntimeException e) {
        failure = failure == null ? e : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
    return logits.download(rows);
  }

  private static void await(Lane lane) {
    CompletableFuture<Void> way = lane.underWay;
    lane.underWay = null;
    if (way != null) {
      try {
        way.join();
      } catch (CompletionException e) {
        throw e.getCause() instanceof RuntimeException cause ? cause : e;
      }
    }
  }

  /// Frees what [#begin] reserved.
  @Override
  public void close() {
    logits.close();
  }
}
