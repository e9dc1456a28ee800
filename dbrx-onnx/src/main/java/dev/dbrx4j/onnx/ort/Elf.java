package dev.dbrx4j.onnx.ort;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Reads from a 64-bit little-endian Linux library which others it needs: what the loader would
/// look for, without loading anything.
final class Elf {
  private static final int PROGRAM_HEADER_BYTES = 56;
  private static final int LOAD = 1;
  private static final int DYNAMIC = 2;
  private static final long NEEDED = 1;
  private static final long STRING_TABLE = 5;
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MemorySegment file;

  private Elf(MemorySegment file) {
    this.file = file;
  }

  /// {@return the names in a library's `DT_NEEDED` entries; none if it is no such library}
  static List<String> needed(Path library) throws IOException {
    try (FileChannel channel = FileChannel.open(library);
        Arena arena = Arena.ofConfined()) {
      MemorySegment file = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      return new Elf(file).needed();
    } catch (IndexOutOfBoundsException e) {
      return List.of(); // cut off or not what it seemed
    }
  }

  private List<String> needed() {
    if (file.byteSize() < 64 || file.get(U32, 0) != 0x464c457f || file.get(U16, 4) != 0x0102) {
      return List.of();
    }
    List<Long> names = new ArrayList<>();
    long strings = -1;
    long dynamic = programHeader(DYNAMIC, 0);
    if (dynamic < 0) {
      return List.of();
    }
    long end = file.get(U64, dynamic + 8) + file.get(U64, dynamic + 32);
    for (long at = file.get(U64, dynamic + 8); at < end; at += 16) {
      long tag = file.get(U64, at);
      if (tag == NEEDED) {
        names.add(file.get(U64, at + 8));
      } else if (tag == STRING_TABLE) {
        strings = offset(file.get(U64, at + 8));
      }
    }
    long table = strings;
    return table < 0
        ? List.of()
        : names.stream().map(name -> file.getString(table + name)).toList();
  }

  /// {@return where the file has what is loaded at an address, -1 if nowhere}
  private long offset(long address) {
    for (int index = 0; ; index++) {
      long header = programHeader(LOAD, index);
      if (header < 0) {
        return -1;
      }
      long start = file.get(U64, header + 16);
      if (address >= start && address < start + file.get(U64, header + 32)) {
        return file.get(U64, header + 8) + address - start;
      }
    }
  }

  /// {@return where the program header of a type is, counted from 0, -1 if there is none}
  private long programHeader(int type, int index) {
    long headers = file.get(U64, 32);
    int found = 0;
    for (int i = 0; i < file.get(U16, 56); i++) {
      long header = headers + (long) i * PROGRAM_HEADER_BYTES;
      if (file.get(U32, header) == type && found++ == index) {
        return header;
      }
    }
    return -1;
  }
}
