package dev.dbrx4j.onnx.runtime;

import dev.dbrx4j.onnx.graph.CudaGraph;
import dev.dbrx4j.onnx.ort.ElementType;
import dev.dbrx4j.onnx.ort.Memory;
import dev.dbrx4j.spi.Logits;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/// Where sessions leave logits. Where the graph says which tokens are the likeliest, only that is
/// brought to the program after a pass, and rows when they are asked for.
final class LogitsBuffer implements Logits, AutoCloseable {
  private final RowsBuffer logits;
  private final RowsBuffer likeliest;
  private final int vocabSize;
  private final int likeliestCount;
  private final BitSet brought = new BitSet();
  private int rows;

  /// @param memory where sessions leave them
  /// @param owner frees the rows of decode steps when it closes
  /// @param steadyRows rows of a decode step, at most
  /// @param likeliestCount tokens of each row that the graph tells apart from it; 0 if it does not
  LogitsBuffer(Memory memory, Arena owner, int steadyRows, int vocabSize, int likeliestCount) {
    this.vocabSize = vocabSize;
    this.likeliestCount = likeliestCount;
    logits = new RowsBuffer(memory, owner, steadyRows, bytes(vocabSize));
    int width = CudaGraph.likeliestWidth(likeliestCount);
    likeliest = new RowsBuffer(memory, owner, steadyRows, bytes(width));
  }

  private static long bytes(int numbers) {
    return ElementType.FLOAT.byteSize(numbers);
  }

  /// Makes room for a pass's rows. What earlier passes left is lost.
  void reserve(int wanted) {
    logits.reserve(wanted);
    likeliest.reserve(wanted);
  }

  RowsBuffer rowsOfLogits() {
    return logits;
  }

  RowsBuffer rowsOfLikeliest() {
    return likeliest;
  }

  /// {@return the first rows, as they are on the device now}
  Logits left(int count) {
    rows = count;
    brought.clear();
    if (likeliestCount == 0) {
      bring(0, count);
    } else {
      likeliest.download(0, count);
    }
    return this;
  }

  private void bring(int first, int count) {
    logits.download(first, count);
    brought.set(first, first + count);
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int vocabSize() {
    return vocabSize;
  }

  @Override
  public MemorySegment row(int index) {
    if (!brought.get(index)) {
      bring(index, 1);
    }
    return logits.host(index, 1);
  }

  @Override
  public MemorySegment data() {
    for (int row = 0; row < rows; row++) {
      if (!brought.get(row)) {
        bring(row, 1);
      }
    }
    return logits.host(0, rows);
  }

  @Override
  public int likeliestCount() {
    return likeliestCount;
  }

  @Override
  public MemorySegment likeliest(int index) {
    return likeliest.host(index, 1);
  }

  @Override
  public void close() {
    logits.close();
    likeliest.close();
  }
}
