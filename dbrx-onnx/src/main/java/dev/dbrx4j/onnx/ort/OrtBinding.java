package dev.dbrx4j.onnx.ort;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Which memory a session's run reads its inputs from and writes its outputs to. The memory stays
/// the caller's and must outlive the last run on this binding.
public final class OrtBinding {
  final MemorySegment handle;
  private final OrtRuntime runtime;

  OrtBinding(OrtSession session) {
    runtime = session.runtime;
    handle =
        runtime.api.create(
            session.arena,
            OrtFunction.CREATE_IO_BINDING,
            OrtFunction.RELEASE_IO_BINDING,
            session.session);
  }

  /// Binds an input, in place of what was bound before.
  ///
  /// @param name the input
  /// @param data its elements, row-major
  /// @param type type of an element
  /// @param shape dimensions, none for a scalar
  public void input(String name, MemorySegment data, ElementType type, long... shape) {
    bind(OrtFunction.BIND_INPUT, name, runtime.cpuMemory, data, type, shape);
  }

  /// Binds an input, in place of what was bound before.
  ///
  /// @param name the input
  /// @param data its elements, row-major, on any device that the session can read
  /// @param type type of an element
  /// @param shape dimensions, none for a scalar
  public void input(String name, Buffer data, ElementType type, long... shape) {
    bind(OrtFunction.BIND_INPUT, name, data.info(), data.data(), type, shape);
  }

  /// Binds an output, in place of what was bound before.
  ///
  /// @param name the output
  /// @param data where its elements go, row-major, on any device that the session can write
  /// @param type type of an element
  /// @param shape the dimensions that the run will produce
  public void output(String name, Buffer data, ElementType type, long... shape) {
    bind(OrtFunction.BIND_OUTPUT, name, data.info(), data.data(), type, shape);
  }

  /// Binds an output, in place of what was bound before.
  ///
  /// @param name the output
  /// @param data where its elements go, row-major
  /// @param type type of an element
  /// @param shape the dimensions that the run will produce
  public void output(String name, MemorySegment data, ElementType type, long... shape) {
    bind(OrtFunction.BIND_OUTPUT, name, runtime.cpuMemory, data, type, shape);
  }

  /// The binding keeps a share of the tensor, so the tensor's own handle need not outlive the call.
  private void bind(
      OrtFunction bind,
      String name,
      MemorySegment memory,
      MemorySegment data,
      ElementType type,
      long... shape) {
    long bytes = type.byteSize(shape);
    if (!data.isNative() || data.byteSize() < bytes) {
      throw new IllegalArgumentException(
          "%s needs %d bytes of native memory and got %s".formatted(name, bytes, data));
    }
    OrtApi api = runtime.api;
    try (Arena binding = Arena.ofConfined()) {
      MemorySegment tensor =
          api.create(
              binding,
              OrtFunction.CREATE_TENSOR_WITH_DATA_AS_ORT_VALUE,
              OrtFunction.RELEASE_VALUE,
              memory,
              data,
              bytes,
              binding.allocateFrom(JAVA_LONG, shape),
              (long) shape.length,
              type.code);
      api.call(bind, handle, binding.allocateFrom(name), tensor);
    }
  }
}
