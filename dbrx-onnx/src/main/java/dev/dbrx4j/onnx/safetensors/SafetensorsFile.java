package dev.dbrx4j.onnx.safetensors;

import dev.dbrx4j.InvalidModelException;
import dev.dbrx4j.ModelIoException;
import dev.dbrx4j.checkpoint.JsonObject;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The header of a safetensors file, checked: all byte ranges lie inside the file, cover it without
/// gap or overlap, and have the length that type and shape ask for.
final class SafetensorsFile {
  private static final String METADATA = "__metadata__";
  private static final int MAX_DIMENSIONS = 8;
  private static final Comparator<Tensor> BY_POSITION =
      Comparator.comparingLong(Tensor::offset).thenComparingLong(Tensor::bytes);

  private final Path path;
  private final long dataStart;
  private final long fileSize;

  private SafetensorsFile(Path path, long dataStart, long fileSize) {
    this.path = path;
    this.dataStart = dataStart;
    this.fileSize = fileSize;
  }

  /// Reads the header of a file.
  ///
  /// @param path the file
  /// @param channel the file, open for reading
  /// @return its tensors, by position
  static List<Tensor> tensors(Path path, FileChannel channel) {
    try {
      long fileSize = channel.size();
      long headerBytes = headerLength(path, channel, fileSize);
      ByteBuffer header = ByteBuffer.allocate((int) headerBytes);
      readFully(channel, header, Long.BYTES);
      JsonObject json = JsonObject.parse(header.array(), path + ": header at byte 8");
      return new SafetensorsFile(path, Long.BYTES + headerBytes, fileSize).tensors(json);
    } catch (IOException e) {
      throw new ModelIoException("cannot read " + path + ": " + e, e);
    }
  }

  /// Fills a buffer from a position on.
  ///
  /// @throws EOFException if the file ends first
  static void readFully(FileChannel channel, ByteBuffer target, long position) throws IOException {
    long at = position;
    while (target.hasRemaining()) {
      int count = channel.read(target, at);
      if (count < 0) {
        throw new EOFException("the file ends at byte " + at);
      }
      at += count;
    }
  }

  private static long headerLength(Path path, FileChannel channel, long fileSize)
      throws IOException {
    if (fileSize < Long.BYTES) {
      throw new InvalidModelException(
          path + ": " + fileSize + " bytes are no safetensors file: download it again");
    }
    ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    readFully(channel, length, 0);
    long headerBytes = length.getLong(0);
    if (headerBytes < 2 || headerBytes > fileSize - Long.BYTES) {
      throw new InvalidModelException(
          path
              + ": header length at byte 0 is "
              + Long.toUnsignedString(headerBytes)
              + ", but the file has "
              + fileSize
              + " bytes: truncated or not safetensors, download it again");
    }
    if (headerBytes > JsonObject.MAX_BYTES) {
      throw new InvalidModelException(
          path + ": header of " + headerBytes + " bytes, the limit is " + JsonObject.MAX_BYTES);
    }
    return headerBytes;
  }

  private List<Tensor> tensors(JsonObject header) {
    List<Tensor> tensors = new ArrayList<>();
    for (String name : header.keys()) {
      if (!name.equals(METADATA)) {
        tensors.add(tensor(name, header.object(name)));
      }
    }
    tensors.sort(BY_POSITION);
    refuseGapsAndOverlaps(tensors);
    return tensors;
  }

  private Tensor tensor(String name, JsonObject entry) {
    DType dtype = dtype(entry);
    List<Long> shape = entry.integers("shape", 0, Long.MAX_VALUE);
    List<Long> range = entry.integers("data_offsets", 0, Long.MAX_VALUE);
    if (range.size() != 2 || range.get(0) > range.get(1)) {
      throw entry.error("data_offsets", "are " + range + ", expected [begin, end]");
    }
    long begin = range.get(0);
    long end = range.get(1);
    if (end > fileSize - dataStart) {
      throw entry.error(
          "data_offsets",
          range + " reach beyond the " + (fileSize - dataStart) + " bytes of data: truncated file");
    }
    if (end - begin != bytes(entry, dtype, shape)) {
      throw entry.error(
          "shape", shape + " of " + dtype + " does not fill the " + (end - begin) + " bytes given");
    }
    return new Tensor(name, dtype, shape, path, dataStart + begin, end - begin);
  }

  private static DType dtype(JsonObject entry) {
    String name = entry.string("dtype");
    for (DType dtype : DType.values()) {
      if (dtype.name().equals(name)) {
        return dtype;
      }
    }
    throw entry.error("dtype", "is " + name + ", expected F32, F16 or BF16");
  }

  private static long bytes(JsonObject entry, DType dtype, List<Long> shape) {
    if (shape.size() > MAX_DIMENSIONS) {
      throw entry.error("shape", "has " + shape.size() + " dimensions");
    }
    try {
      long bytes = dtype.bytes();
      for (long dimension : shape) {
        bytes = Math.multiplyExact(bytes, dimension);
      }
      return bytes;
    } catch (ArithmeticException e) {
      throw entry.error("shape", shape + " is larger than any file");
    }
  }

  private void refuseGapsAndOverlaps(List<Tensor> tensors) {
    long expected = dataStart;
    for (Tensor tensor : tensors) {
      if (tensor.offset() != expected) {
        throw new InvalidModelException(
            path
                + ": tensor "
                + tensor.name()
                + " begins at byte "
                + tensor.offset()
                + (tensor.offset() < expected
                    ? ", inside the tensor before, which ends"
                    : ", a gap")
                + " at byte "
                + expected
                + ": the header is damaged");
      }
      expected += tensor.bytes();
    }
    if (expected != fileSize) {
      throw new InvalidModelException(
          path + ": data ends at byte " + expected + ", but the file has " + fileSize + " bytes");
    }
  }
}
