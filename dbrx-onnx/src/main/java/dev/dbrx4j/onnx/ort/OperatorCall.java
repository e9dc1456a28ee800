package dev.dbrx4j.onnx.ort;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// One call of an [Operator.Kernel]: the tensors that it reads and writes. Reused for every call of
/// a session, so that a call allocates nothing of its own.
public final class OperatorCall {
  private static final int MOST_DIMENSIONS = 8;

  private final OrtApi api;
  private final MethodHandle getInput;
  private final MethodHandle getOutput;
  private final MethodHandle getData;
  private final MethodHandle getShape;
  private final MethodHandle getRank;
  private final MethodHandle getDimensions;
  private final MethodHandle releaseShape;
  private final MemorySegment result;
  private final MemorySegment dimensions;
  private MemorySegment context = MemorySegment.NULL;

  OperatorCall(OrtApi api, Arena owner) {
    this.api = api;
    getInput = api.handle(OrtFunction.KERNEL_CONTEXT_GET_INPUT);
    getOutput = api.handle(OrtFunction.KERNEL_CONTEXT_GET_OUTPUT);
    getData = api.handle(OrtFunction.GET_TENSOR_MUTABLE_DATA);
    getShape = api.handle(OrtFunction.GET_TENSOR_TYPE_AND_SHAPE);
    getRank = api.handle(OrtFunction.GET_DIMENSIONS_COUNT);
    getDimensions = api.handle(OrtFunction.GET_DIMENSIONS);
    releaseShape = api.handle(OrtFunction.RELEASE_TENSOR_TYPE_AND_SHAPE_INFO);
    result = owner.allocate(ADDRESS);
    dimensions = owner.allocate(JAVA_LONG, MOST_DIMENSIONS);
  }

  OperatorCall in(MemorySegment context) {
    this.context = context;
    return this;
  }

  /// {@return address of an input's first element}
  ///
  /// @param index number of the input
  public long input(int index) {
    return data(value(index));
  }

  /// {@return the dimensions of an input}
  ///
  /// @param index number of the input
  public long[] shape(int index) {
    try {
      api.check((long) getShape.invokeExact(value(index), result));
      MemorySegment shape = result.get(ADDRESS, 0);
      try {
        api.check((long) getRank.invokeExact(shape, result));
        long rank = result.get(JAVA_LONG, 0);
        if (rank > MOST_DIMENSIONS) {
          throw new IllegalArgumentException(rank + " dimensions");
        }
        api.check((long) getDimensions.invokeExact(shape, dimensions, rank));
        return dimensions.asSlice(0, rank * Long.BYTES).toArray(JAVA_LONG);
      } finally {
        releaseShape.invokeExact(shape);
      }
    } catch (Throwable e) {
      throw OrtApi.unexpected(e);
    }
  }

  /// {@return address where an output's elements go}
  ///
  /// @param index number of the output
  /// @param shape its dimensions
  public long output(int index, long... shape) {
    MemorySegment.copy(shape, 0, dimensions, JAVA_LONG, 0, shape.length);
    try {
      api.check(
          (long)
              getOutput.invokeExact(
                  context, (long) index, dimensions, (long) shape.length, result));
    } catch (Throwable e) {
      throw OrtApi.unexpected(e);
    }
    return data(result.get(ADDRESS, 0));
  }

  private MemorySegment value(int index) {
    try {
      api.check((long) getInput.invokeExact(context, (long) index, result));
    } catch (Throwable e) {
      throw OrtApi.unexpected(e);
    }
    return result.get(ADDRESS, 0);
  }

  private long data(MemorySegment value) {
    try {
      api.check((long) getData.invokeExact(value, result));
    } catch (Throwable e) {
      throw OrtApi.unexpected(e);
    }
    return result.get(JAVA_LONG, 0);
  }
}
