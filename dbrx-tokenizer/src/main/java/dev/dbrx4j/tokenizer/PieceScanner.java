package dev.dbrx4j.tokenizer;

import static dev.dbrx4j.tokenizer.CharacterClasses.LETTER;
import static dev.dbrx4j.tokenizer.CharacterClasses.NUMBER;
import static dev.dbrx4j.tokenizer.CharacterClasses.OTHER;
import static dev.dbrx4j.tokenizer.CharacterClasses.SPACE;

import java.nio.ByteBuffer;

/// Cuts UTF-8 into the pieces within which bytes may merge; equal to cl100k's pattern
///
/// ```
/// (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}
/// | ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
/// ```
///
/// The bytes must be valid UTF-8, with [#PADDING] bytes after the last so that eight can be read at
/// once. The pattern's case folding also lets `ſ` stand for the s of `'s`; that moves a boundary
/// across which no token reaches, so it is left out.
final class PieceScanner {
  /// Bytes that may be read, and are not looked at, after the end.
  static final int PADDING = 8;

  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final long ONES = 0x0101010101010101L;

  private static final byte[] ASCII = new byte[128];

  static {
    for (int c = 0; c < ASCII.length; c++) {
      ASCII[c] = CharacterClasses.of(c);
    }
  }

  private final ByteBuffer utf8;
  private final int end;

  /// A scanner over the first `end` bytes of a little-endian heap buffer.
  PieceScanner(ByteBuffer utf8, int end) {
    this.utf8 = utf8;
    this.end = end;
  }

  /// The end of the piece that begins at `from`, which lies before the end.
  int pieceEnd(int from) {
    int first = utf8.get(from);
    int word = first == ' ' ? from + 1 : from;
    if (isAsciiLetter(utf8.get(word)) && word < end) {
      return lettersEnd(word);
    }
    return generalPieceEnd(from);
  }

  private int generalPieceEnd(int from) {
    int codePoint = codePointAt(from);
    int next = from + utf8Length(codePoint);
    byte kind = CharacterClasses.of(codePoint);
    return switch (kind) {
      case LETTER -> lettersEnd(next);
      case NUMBER -> numberEnd(next);
      default -> {
        boolean newline = codePoint == '\r' || codePoint == '\n';
        int contraction = codePoint == '\'' ? contractionEnd(next) : from;
        if (contraction > from) {
          yield contraction;
        }
        if (!newline && classAt(next) == LETTER) {
          yield lettersEnd(next);
        }
        if (kind == OTHER) {
          yield newlinesEnd(othersEnd(next));
        }
        if (codePoint == ' ' && classAt(next) == OTHER) {
          yield newlinesEnd(othersEnd(next));
        }
        yield spacesEnd(from);
      }
    };
  }

  /// After an apostrophe: the end of s, t, re, ve, m, ll or d in any case, or 0.
  private int contractionEnd(int from) {
    int first = lowerAscii(from);
    if (first == 's' || first == 't' || first == 'm' || first == 'd') {
      return from + 1;
    }
    int second = lowerAscii(from + 1);
    boolean two =
        (first == 'r' && second == 'e')
            || (first == 'v' && second == 'e')
            || (first == 'l' && second == 'l');
    return two ? from + 2 : 0;
  }

  private int lettersEnd(int from) {
    int at = from;
    while (at < end) {
      long others = notAsciiLetters(utf8.getLong(at));
      if (others == 0) {
        at += Long.BYTES;
        continue;
      }
      at += Long.numberOfTrailingZeros(others) >>> 3;
      if (at >= end || utf8.get(at) >= 0) {
        break;
      }
      int codePoint = codePointAt(at);
      if (CharacterClasses.of(codePoint) != LETTER) {
        break;
      }
      at += utf8Length(codePoint);
    }
    return Math.min(at, end);
  }

  /// The end of at most two more numbers: three make a piece.
  private int numberEnd(int from) {
    int at = from;
    for (int more = 0; more < 2 && classAt(at) == NUMBER; more++) {
      at += utf8Length(codePointAt(at));
    }
    return at;
  }

  private int othersEnd(int from) {
    int at = from;
    while (at < end && classAt(at) == OTHER) {
      at += utf8Length(codePointAt(at));
    }
    return at;
  }

  private int newlinesEnd(int from) {
    int at = from;
    while (at < end && isNewline(utf8.get(at))) {
      at++;
    }
    return at;
  }

  /// White space up to its last newline; where it has none, all of it at the end of the text, all
  /// but its last character before something else, and a lone character whole.
  private int spacesEnd(int from) {
    int afterNewline = from;
    int last = from;
    int at = from;
    while (at < end && classAt(at) == SPACE) {
      last = at;
      at += utf8Length(codePointAt(at));
      if (isNewline(utf8.get(last))) {
        afterNewline = at;
      }
    }
    if (afterNewline > from) {
      return afterNewline;
    }
    return at == end || last == from ? at : last;
  }

  /// The class of the code point at an offset; the end counts as a newline does: as white space
  /// that nothing can include.
  private byte classAt(int at) {
    if (at >= end) {
      return SPACE;
    }
    int first = utf8.get(at);
    return first >= 0 ? ASCII[first] : CharacterClasses.of(codePointAt(at));
  }

  private int codePointAt(int at) {
    int first = utf8.get(at);
    if (first >= 0) {
      return first;
    }
    int second = utf8.get(at + 1) & 0x3F;
    if (first < (byte) 0xE0) {
      return (first & 0x1F) << 6 | second;
    }
    int third = utf8.get(at + 2) & 0x3F;
    if (first < (byte) 0xF0) {
      return (first & 0x0F) << 12 | second << 6 | third;
    }
    return (first & 0x07) << 18 | second << 12 | third << 6 | (utf8.get(at + 3) & 0x3F);
  }

  private static int utf8Length(int codePoint) {
    return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
  }

  private static boolean isNewline(int c) {
    return c == '\n' || c == '\r';
  }

  private static boolean isAsciiLetter(int c) {
    return (((c | 0x20) - 'a') & 0xFF) < 26;
  }

  private int lowerAscii(int at) {
    return at < end ? utf8.get(at) | 0x20 : 0;
  }

  /// The high bit of each of eight bytes that is no ASCII letter.
  private static long notAsciiLetters(long bytes) {
    long lower = (bytes & ~HIGH_BITS) | (0x20 * ONES);
    long fromA = lower + (0x80 - 'a') * ONES;
    long afterZ = lower + (0x7F - 'z') * ONES;
    return (~fromA | afterZ | bytes) & HIGH_BITS;
  }
}
