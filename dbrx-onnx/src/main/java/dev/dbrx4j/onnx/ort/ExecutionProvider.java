package dev.dbrx4j.onnx.ort;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;

/// A set of kernels that a session prefers over those for the processor.
///
/// @param name `CUDA`, `TensorRT`, or any that the runtime knows
/// @param options as the provider documents them
public record ExecutionProvider(String name, Map<String, String> options) {
  /// Adds the provider to a session's options.
  ///
  /// @throws dev.dbrx4j.NativeRuntimeException if the runtime has no such provider, it cannot be
  ///   loaded, or refuses an option
  void appendTo(MemorySegment sessionOptions, OrtApi api) {
    switch (name) {
      case "CUDA" ->
          append(
              sessionOptions,
              api,
              OrtFunction.CREATE_CUDA_PROVIDER_OPTIONS,
              OrtFunction.UPDATE_CUDA_PROVIDER_OPTIONS,
              OrtFunction.RELEASE_CUDA_PROVIDER_OPTIONS,
              OrtFunction.SESSION_OPTIONS_APPEND_EXECUTION_PROVIDER_CUDA_V2);
      case "TensorRT" ->
          append(
              sessionOptions,
              api,
              OrtFunction.CREATE_TENSOR_RT_PROVIDER_OPTIONS,
              OrtFunction.UPDATE_TENSOR_RT_PROVIDER_OPTIONS,
              OrtFunction.RELEASE_TENSOR_RT_PROVIDER_OPTIONS,
              OrtFunction.SESSION_OPTIONS_APPEND_EXECUTION_PROVIDER_TENSOR_RT_V2);
      default -> appendByName(sessionOptions, api);
    }
  }

  private void append(
      MemorySegment sessionOptions,
      OrtApi api,
      OrtFunction create,
      OrtFunction update,
      OrtFunction release,
      OrtFunction append) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment provider = api.create(arena, create, release);
      api.call(
          update, provider, strings(arena, true), strings(arena, false), (long) options.size());
      api.call(append, sessionOptions, provider);
    }
  }

  private void appendByName(MemorySegment sessionOptions, OrtApi api) {
    try (Arena arena = Arena.ofConfined()) {
      api.call(
          OrtFunction.SESSION_OPTIONS_APPEND_EXECUTION_PROVIDER,
          sessionOptions,
          arena.allocateFrom(name),
          strings(arena, true),
          strings(arena, false),
          (long) options.size());
    }
  }

  /// The keys or the values, in the same order.
  private MemorySegment strings(Arena arena, boolean keys) {
    MemorySegment array =
        arena.allocate(java.lang.foreign.ValueLayout.ADDRESS, Math.max(1, options.size()));
    int index = 0;
    for (Map.Entry<String, String> option : options.entrySet()) {
      String text = keys ? option.getKey() : option.getValue();
      array.setAtIndex(java.lang.foreign.ValueLayout.ADDRESS, index++, arena.allocateFrom(text));
    }
    return array;
  }
}
