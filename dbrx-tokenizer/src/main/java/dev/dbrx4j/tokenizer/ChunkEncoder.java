package dev.dbrx4j.tokenizer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// Encodes one chunk of a text at a time: characters to UTF-8, UTF-8 to pieces, pieces to ids.
/// Holds the working memory, small enough for the processor's nearest cache: for one thread at a
/// time.
final class ChunkEncoder {
  private static final byte[] REPLACEMENT_CHARACTER = "\uFFFD".getBytes(StandardCharsets.UTF_8);
  private static final int MAX_BYTES_PER_CHAR = 3;
  private static final int LARGEST_KEPT = 1 << 16;

  private final Vocabulary vocabulary;
  private final BytePairEncoder merger;
  private final CharsetEncoder encoder;
  private final CharBuffer chars = CharBuffer.allocate(Chunks.CHARS);
  private final IdBuffer ids = new IdBuffer(Chunks.CHARS);
  private ByteBuffer utf8;

  ChunkEncoder(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
    this.merger = new BytePairEncoder(vocabulary);
    this.utf8 = allocate(MAX_BYTES_PER_CHAR * Chunks.CHARS);
    this.encoder =
        StandardCharsets.UTF_8
            .newEncoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .replaceWith(REPLACEMENT_CHARACTER);
  }

  private static ByteBuffer allocate(int bytes) {
    return ByteBuffer.allocate(bytes + PieceScanner.PADDING).order(ByteOrder.LITTLE_ENDIAN);
  }

  /// The ids of the characters in `[from, to)`; valid until the next call. A surrogate without its
  /// partner counts as U+FFFD.
  IdBuffer encode(String text, int from, int to) {
    int end = transcode(text, from, to);
    PieceScanner scanner = new PieceScanner(utf8, end);
    ids.truncate(0);
    for (int at = 0; at < end; ) {
      int next = scanner.pieceEnd(at);
      int id = vocabulary.find(utf8, at, next);
      if (id >= 0) {
        ids.add(id);
      } else {
        merger.encode(utf8, at, next, ids);
      }
      at = next;
    }
    return ids;
  }

  /// The list of one special token; valid until the next call.
  IdBuffer single(int id) {
    ids.truncate(0);
    ids.add(id);
    return ids;
  }

  /// Whether an extraordinary chunk left too much memory behind to keep.
  boolean oversized() {
    return utf8.capacity() > LARGEST_KEPT || ids.capacity() > LARGEST_KEPT;
  }

  private int transcode(String text, int from, int to) {
    utf8.clear();
    encoder.reset();
    int at = from;
    while (at < to) {
      int count = Math.min(to - at, Chunks.CHARS);
      reserve(MAX_BYTES_PER_CHAR * count, to - at);
      text.getChars(at, at + count, chars.array(), 0);
      encoder.encode(chars.clear().limit(count), utf8, at + count == to);
      at += chars.position();
    }
    return utf8.position();
  }

  /// Makes room for so many bytes, and once it must grow, for so many characters.
  private void reserve(int bytes, int charsLeft) {
    if (utf8.remaining() < bytes + PieceScanner.PADDING) {
      int used = utf8.position();
      utf8 = allocate(bytes + Math.max(used + charsLeft, used + used / 2)).put(utf8.flip());
    }
  }
}
