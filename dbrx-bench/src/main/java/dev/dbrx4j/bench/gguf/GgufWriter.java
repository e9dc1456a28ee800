package dev.dbrx4j.bench.gguf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Writes GGUF files, version 3: a header of metadata and tensors' places, then the tensors, each
/// at a multiple of 32 bytes.
final class GgufWriter {
  private static final int MAGIC = 0x46554747;
  private static final int VERSION = 3;
  private static final int ALIGNMENT = 32;
  private static final int UINT32 = 4;
  private static final int INT32 = 5;
  private static final int FLOAT32 = 6;
  private static final int STRING = 8;
  private static final int ARRAY = 9;

  /// Makes a tensor's numbers.
  interface Rows {
    /// Fills in one row.
    void read(long row, float[] values);
  }

  /// A tensor to write.
  ///
  /// @param shape dimensions, the innermost first, as the format has them
  @SuppressWarnings("ArrayRecordComponent") // never compared, never written to
  record Tensor(String name, GgufType type, long[] shape, Rows rows) {
    long rowCount() {
      long rows = 1;
      for (int i = 1; i < shape.length; i++) {
        rows *= shape[i];
      }
      return rows;
    }

    long bytes() {
      return type.bytes(shape[0]) * rowCount();
    }
  }

  private final Header header = new Header();
  private final List<Tensor> tensors = new ArrayList<>();

  /// Adds a tensor.
  void add(Tensor tensor) {
    tensors.add(tensor);
  }

  /// Writes the file.
  ///
  /// @param metadata integers, floats, strings and lists of them, by key
  void write(Path file, Map<String, Object> metadata) throws IOException {
    header.int32(MAGIC).int32(VERSION).int64(tensors.size()).int64(metadata.size());
    metadata.forEach((key, value) -> header.string(key).typed(value));
    long offset = 0;
    for (Tensor tensor : tensors) {
      header.string(tensor.name).int32(tensor.shape.length);
      for (long dimension : tensor.shape) {
        header.int64(dimension);
      }
      header.int32(tensor.type.number).int64(offset);
      offset += aligned(tensor.bytes());
    }
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      byte[] bytes = header.bytes();
      channel.write(ByteBuffer.wrap(bytes));
      long at = aligned(bytes.length);
      for (Tensor tensor : tensors) {
        write(channel, at, tensor);
        at += aligned(tensor.bytes());
      }
      if (channel.size() < at) {
        channel.write(ByteBuffer.allocate(1), at - 1);
      }
    }
  }

  private static long aligned(long bytes) {
    return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
  }

  private static void write(FileChannel channel, long at, Tensor tensor) throws IOException {
    int width = Math.toIntExact(tensor.shape[0]);
    int rowBytes = Math.toIntExact(tensor.type.bytes(width));
    int rowsAtOnce = Math.max(1, (4 << 20) / rowBytes);
    ByteBuffer buffer =
        ByteBuffer.allocateDirect(rowsAtOnce * rowBytes).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[width];
    for (long row = 0; row < tensor.rowCount(); ) {
      buffer.clear();
      for (int i = 0; i < rowsAtOnce && row < tensor.rowCount(); i++, row++) {
        tensor.rows.read(row, values);
        for (int block = 0; block < width; block += tensor.type.block) {
          tensor.type.encode(values, block, buffer);
        }
      }
      buffer.flip();
      while (buffer.hasRemaining()) {
        at += channel.write(buffer, at);
      }
    }
  }

  /// The bytes of a header as they come.
  private static final class Header {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    byte[] bytes() {
      return out.toByteArray();
    }

    Header int32(int value) {
      return raw(Integer.BYTES, b -> b.putInt(value));
    }

    Header int64(long value) {
      return raw(Long.BYTES, b -> b.putLong(value));
    }

    Header string(String text) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      int64(utf8.length);
      out.writeBytes(utf8);
      return this;
    }

    Header typed(Object value) {
      int32(type(value));
      return untyped(value);
    }

    private Header untyped(Object value) {
      switch (value) {
        case Integer i -> int32(i);
        case Float f -> int32(Float.floatToRawIntBits(f));
        case String s -> string(s);
        case List<?> list -> {
          int32(list.getFirst() instanceof Integer ? INT32 : type(list.getFirst()));
          int64(list.size());
          list.forEach(this::untyped);
        }
        default -> throw new IllegalArgumentException("cannot store " + value);
      }
      return this;
    }

    private static int type(Object value) {
      return switch (value) {
        case Integer _ -> UINT32;
        case Float _ -> FLOAT32;
        case String _ -> STRING;
        default -> ARRAY;
      };
    }

    private Header raw(int bytes, java.util.function.Consumer<ByteBuffer> put) {
      ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
      put.accept(buffer);
      out.writeBytes(buffer.array());
      return this;
    }
  }
}
