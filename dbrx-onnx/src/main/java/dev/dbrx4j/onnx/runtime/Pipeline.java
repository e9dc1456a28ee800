package dev.dbrx4j.onnx.runtime;

import dev.dbrx4j.onnx.ort.Memory;
import dev.dbrx4j.spi.Logits;
import dev.dbrx4j.spi.LogitsRows;
import java.lang.foreign.Arena;
import java.util.List;

/// Sends passes through the stages. With several stages as many passes can be under way, each in a
/// lane of its own. A stage runs its passes in the order in which they were sent, so a later piece
/// of a prompt finds the keys and values of those before.
final class Pipeline implements AutoCloseable {
  private final Lane[] lanes; // arrays, since a step over a list would make an object
  private final Flow flow;
  private final LogitsBuffer logits;
  private final int maxTokens;
  private int sent;

  /// A pass's way through the stages.
  static final class Lane implements Flow.Work {
    private final int number;
    private final StageLane[] stages;
    private PassShape shape = new PassShape(0, 0, 0, 0, 0);

    Lane(int number, StageLane[] stages) {
      this.number = number;
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

    /// Selects the rows of logits that are wanted; one at least of a graph that looks for the
    /// likeliest, as ONNX Runtime's `TopK` divides by their number.
    int select(LogitsRows wanted, int tokenCount) {
      StageLane last = stages[stages.length - 1];
      boolean needsOne = wanted == LogitsRows.NONE && last.stage().likeliestCount() > 0;
      return last.buffers().select(needsOne ? LogitsRows.LAST : wanted, tokenCount);
    }

    @Override
    public void run(int stage) {
      stages[stage].run(shape, stage == 0 ? null : stages[stage - 1]);
    }
  }

  /// @param owner frees the memory when it closes
  /// @param host the memory of this machine
  /// @param maxTokens new tokens in a pass, at most
  Pipeline(List<Stage> stages, Memory host, Arena owner, int maxTokens) {
    this.maxTokens = maxTokens;
    Stage last = stages.getLast();
    logits =
        new LogitsBuffer(
            last.memory(), owner, last.slots(), last.config().vocabSize(), last.likeliestCount());
    lanes = new Lane[stages.size()];
    for (int i = 0; i < lanes.length; i++) {
      int number = i;
      StageLane[] ofStages =
          stages.stream()
              .map(stage -> stageLane(stage, host, owner, number))
              .toArray(StageLane[]::new);
      lanes[i] = new Lane(number, ofStages);
    }
    flow = new Flow(stages.stream().map(Stage::executor).toList(), lanes.length);
  }

  private StageLane stageLane(Stage stage, Memory host, Arena owner, int number) {
    LogitsBuffer ends = stage.givesLogits() ? logits : null;
    return new StageLane(stage, host, owner, maxTokens, ends, number);
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
  ///
  /// @throws RuntimeException what failed in an earlier pass of the series; then none is under way
  Lane next() {
    Lane lane = lanes[sent++ % lanes.length];
    flow.await(lane.number);
    return lane;
  }

  /// Sends a filled lane through the stages, as [PassShape] says.
  void send(Lane lane, int firstSlot, int count, int tokensEach, int firstRow, int rows) {
    if (!lane.shape.is(firstSlot, count, tokensEach, firstRow, rows)) {
      lane.shape = new PassShape(firstSlot, count, tokensEach, firstRow, rows);
    }
    flow.send(lane.number, lane);
  }

  /// Ends a series of passes: waits for all of them.
  ///
  /// @return the logits that they gave together, from row 0 on
  /// @throws RuntimeException what failed first
  Logits end(int rows) {
    flow.awaitAll();
    return logits.left(rows);
  }

  /// Frees what [#begin] reserved.
  @Override
  public void close() {
    logits.close();
  }
}
