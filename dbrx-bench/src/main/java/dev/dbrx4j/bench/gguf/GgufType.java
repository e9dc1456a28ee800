package dev.dbrx4j.bench.gguf;

import java.nio.ByteBuffer;

/// How llama.cpp stores numbers, with the files' own numbers for the types.
public enum GgufType {
  /// 32-bit floats.
  F32(0, 0, 1, 4) {
    @Override
    void encode(float[] values, int at, ByteBuffer target) {
      target.putFloat(values[at]);
    }
  },
  /// Blocks of 32 four-bit integers and a float16 scale: the number of largest magnitude becomes
  /// -8.
  Q4_0(2, 2, 32, 18) {
    @Override
    void encode(float[] values, int at, ByteBuffer target) {
      float extreme = 0;
      for (int i = at; i < at + 32; i++) {
        extreme = Math.abs(values[i]) > Math.abs(extreme) ? values[i] : extreme;
      }
      float scale = extreme / -8;
      float inverse = scale == 0 ? 0 : 1 / scale;
      target.putShort(Float.floatToFloat16(scale));
      for (int i = at; i < at + 16; i++) {
        int low = Math.min(15, (int) (values[i] * inverse + 8.5f));
        int high = Math.min(15, (int) (values[i + 16] * inverse + 8.5f));
        target.put((byte) (low | (high << 4)));
      }
    }
  },
  /// Blocks of 32 eight-bit integers and a float16 scale: the largest magnitude becomes 127.
  Q8_0(8, 7, 32, 34) {
    @Override
    void encode(float[] values, int at, ByteBuffer target) {
      float largest = 0;
      for (int i = at; i < at + 32; i++) {
        largest = Math.max(largest, Math.abs(values[i]));
      }
      float scale = largest / 127;
      float inverse = scale == 0 ? 0 : 1 / scale;
      target.putShort(Float.floatToFloat16(scale));
      for (int i = at; i < at + 32; i++) {
        target.put((byte) Math.round(values[i] * inverse));
      }
    }
  };

  final int number;
  final int fileType;
  final int block;
  final int blockBytes;

  GgufType(int number, int fileType, int block, int blockBytes) {
    this.number = number;
    this.fileType = fileType;
    this.block = block;
    this.blockBytes = blockBytes;
  }

  /// Stores the block of values from `at` on.
  abstract void encode(float[] values, int at, ByteBuffer target);

  long bytes(long elements) {
    return elements / block * blockBytes;
  }
}
