package dev.dbrx4j.onnx.ort;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Where the tensors of a session lie: in the memory of this machine or in that of a GPU. What uses
/// it need not know which: it allocates [Buffer]s for what only sessions touch, and [SharedBuffer]s
/// for what the program writes or reads between runs.
///
/// Not for concurrent use of one buffer. All copies are complete when a call returns.
public sealed interface Memory permits HostMemory, CudaMemory {
  /// Allocates a buffer that only sessions read and write. On a GPU it is filled with zeros:
  /// attention reads whole tiles, and what it masks out must at least be a number. On the host it
  /// is left untouched, so that the operating system provides it as tokens fill it.
  ///
  /// @param owner frees it when it closes
  /// @param bytes how much
  /// @return the buffer
  /// @throws dev.dbrx4j.NativeRuntimeException if there is not enough
  Buffer allocate(Arena owner, long bytes);

  /// Allocates a buffer that the program and sessions exchange data in.
  ///
  /// @param owner frees it when it closes
  /// @param bytes how much
  /// @return the buffer
  /// @throws dev.dbrx4j.NativeRuntimeException if there is not enough
  SharedBuffer allocateShared(Arena owner, long bytes);

  /// Copies bytes from one buffer to another, which may lie on another device.
  ///
  /// @param from source
  /// @param to target in this memory
  /// @param bytes how many, from the beginning of each
  void copy(Buffer from, Buffer to, long bytes);

  /// Copies bytes from the program into a buffer.
  ///
  /// @param from source
  /// @param to target in this memory
  /// @param bytes how many, from the beginning of each
  void write(MemorySegment from, Buffer to, long bytes);

  /// Copies bytes from a buffer to the program.
  ///
  /// @param from source in this memory
  /// @param to target
  /// @param bytes how many, from the beginning of each
  void read(Buffer from, MemorySegment to, long bytes);

  /// {@return bytes that can still be allocated, as far as is known, and in all}
  Room room();

  /// How much memory there is.
  ///
  /// @param free bytes that can still be allocated
  /// @param total bytes in all
  record Room(long free, long total) {}
}
