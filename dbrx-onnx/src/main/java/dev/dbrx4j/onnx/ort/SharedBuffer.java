package dev.dbrx4j.onnx.ort;

import java.lang.foreign.MemorySegment;

/// Memory in which the program and sessions exchange data. On the host both see the same bytes, and
/// nothing is copied; for a GPU there are pinned memory for the program and device memory for the
/// sessions.
///
/// @param memory where sessions see it
/// @param host what the program reads and writes
/// @param device what sessions are bound to
public record SharedBuffer(Memory memory, MemorySegment host, Buffer device) {
  /// Takes what the program wrote to the device.
  ///
  /// @param bytes how many, from the beginning
  public void upload(long bytes) {
    if (host.address() != device.data().address() && bytes > 0) {
      memory.write(host, device, bytes);
    }
  }

  /// Brings what a session wrote to the program.
  ///
  /// @param offset first byte
  /// @param bytes how many
  public void download(long offset, long bytes) {
    if (host.address() != device.data().address() && bytes > 0) {
      memory.read(device.from(offset), host.asSlice(offset), bytes);
    }
  }
}
