package dev.dbrx4j.tokenizer;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Encodes one chunk of a text at a time: characters to UTF-8, UTF-8 to pieces, pieces to ids.
/// Holds the working memory, small enough for the processor's nearest cache: for one thread at a
/// time.
final class ChunkEncoder {
  private static final byte[] REPLACEMENT_CHARACTER = "\uFFFD".getBytes(StandardCharsets.UTF_8);
  private static final int MAX_BYTES_PER_CHAR = 3;
  private static final int USUAL_BYTES = MAX_BYTES_PER_CHAR * Chunks.CHARS + Bytes.PADDING;
  private static final int LARGEST_KEPT = 1 << 16;

  private final BytePairEncoder merger;
  private final CharsetEncoder encoder;
  private final CharBuffer chars = CharBuffer.allocate(Chunks.CHARS);
  private IdBuffer ids = new IdBuffer(Chunks.CHARS);
  private byte[] utf8 = new byte[USUAL_BYTES];

  ChunkEncoder(Vocabulary vocabulary) {
    this.merger = new BytePairEncoder(vocabulary);
    this.encoder =
        StandardCharsets.UTF_8
            .newEncoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .replaceWith(REPLACEMENT_CHARACTER);
  }

  /// The ids of the characters in `[from, to)`; valid until the next call. A surrogate without its
  /// partner counts as U+FFFD.
  IdBuffer encode(String text, int from, int to) {
    int end = transcode(text, from, to);
    PieceScanner scanner = new PieceScanner(utf8, end);
    ids.truncate(0);
    for (int at = 0; at < end; ) {
      int next = scanner.pieceEnd(at);
      merger.encode(utf8, at, next, ids);
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

  /// Lets go of memory that an extraordinary chunk needed.
  void trim() {
    if (utf8.length > LARGEST_KEPT || ids.capacity() > LARGEST_KEPT) {
      utf8 = new byte[USUAL_BYTES];
      ids = new IdBuffer(Chunks.CHARS);
    }
  }

  /// Fills [#utf8], puts zeros after it, and returns how many bytes the text has.
  private int transcode(String text, int from, int to) {
    encoder.reset();
    int at = from;
    int end = 0;
    while (at < to) {
      int count = Math.min(to - at, Chunks.CHARS);
      reserve(end, MAX_BYTES_PER_CHAR * count, to - at);
      text.getChars(at, at + count, chars.array(), 0);
      ByteBuffer target = ByteBuffer.wrap(utf8, end, utf8.length - end);
      encoder.encode(chars.clear().limit(count), target, at + count == to);
      at += chars.position();
      end = target.position();
    }
    Bytes.putEight(utf8, end, 0);
    return end;
  }

  /// Makes room for so many bytes, and once it must grow, for so many characters.
  private void reserve(int used, int bytes, int charsLeft) {
    if (utf8.length - used < bytes + Bytes.PADDING) {
      int more = bytes + Math.max(charsLeft, used / 2);
      utf8 = Arrays.copyOf(utf8, used + more + Bytes.PADDING);
    }
  }
}
