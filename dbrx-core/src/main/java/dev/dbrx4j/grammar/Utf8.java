package dev.dbrx4j.grammar;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Characters as their UTF-8 bytes.
record Utf8(Expressions expressions) implements CharacterText {
  private static final int[] LAST_BY_LENGTH = {0x7F, 0x7FF, 0xFFFF, CodePoints.MAX};

  /// Ranges of bytes in a row.
  @SuppressWarnings("ArrayRecordComponent") // read only, and never compared
  private record Bytes(byte[] first, byte[] last) {
    ByteSet at(int index) {
      return ByteSet.range(first[index] & 0xFF, last[index] & 0xFF);
    }
  }

  @Override
  public Expression oneOf(CodePoints set) {
    List<Bytes> rows = new ArrayList<>();
    for (int i = 0; i < set.ranges(); i++) {
      split(set.first(i), set.last(i), rows);
    }
    return tree(rows, 0);
  }

  private static void split(int first, int last, List<Bytes> rows) {
    for (int end : LAST_BY_LENGTH) {
      if (first <= end && last > end) {
        split(first, end, rows);
        split(end + 1, last, rows);
        return;
      }
    }
    for (int low = 0x3F; last > 0x7F && low < last; low = low << 6 | 0x3F) {
      int block = first | low;
      if (block < last && (first & low) != 0) {
        split(first, block, rows);
        split(block + 1, last, rows);
        return;
      }
      int lastBlock = last & ~low;
      if (first < lastBlock && (last & low) != low) {
        split(first, lastBlock - 1, rows);
        split(lastBlock, last, rows);
        return;
      }
    }
    rows.add(new Bytes(encode(first), encode(last)));
  }

  private static byte[] encode(int codePoint) {
    return Character.toString(codePoint).getBytes(UTF_8);
  }

  /// Rows that agree in a byte share it.
  private Expression tree(List<Bytes> rows, int depth) {
    Map<ByteSet, List<Bytes>> byByte = new LinkedHashMap<>();
    List<Expression> found = new ArrayList<>();
    for (Bytes row : rows) {
      if (depth == row.first.length) {
        return Expression.EMPTY;
      }
      byByte.computeIfAbsent(row.at(depth), each -> new ArrayList<>()).add(row);
    }
    byByte.forEach(
        (set, rest) -> found.add(expressions.then(expressions.bytes(set), tree(rest, depth + 1))));
    return expressions.either(found);
  }
}
