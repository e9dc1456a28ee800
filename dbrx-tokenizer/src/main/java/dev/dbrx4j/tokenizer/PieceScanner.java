package dev.dbrx4j.tokenizer;

import static dev.dbrx4j.tokenizer.CharacterClasses.LETTER;
import static dev.dbrx4j.tokenizer.CharacterClasses.NUMBER;
import static dev.dbrx4j.tokenizer.CharacterClasses.OTHER;
import static dev.dbrx4j.tokenizer.CharacterClasses.SPACE;

import java.util.Arrays;

/// Cuts UTF-8 into the pieces within which bytes may merge; equal to cl100k's pattern
///
/// ```
/// (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}
/// | ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
/// ```
///
/// The bytes must be valid UTF-8 with eight zeros after the last, so that eight can be read at
/// once. The pattern's case folding also lets `ſ` stand for the s of `'s`; that moves a boundary
/// across which no token reaches, so it is left out.
final class PieceScanner {
  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final long ONES = 0x0101010101010101L;

  /// For each ASCII character its symbol, see [#symbolAt].
  private static final byte[] ASCII = new byte[128];

  private static final int CLASS_BITS = 2;
  private static final int CLASS_MASK = (1 << CLASS_BITS) - 1;

  /// For each first byte of a piece, which of the marks of [#nonLetters] must not be set for the
  /// piece to be a word: letters after perhaps one other character.
  private static final long[] NO_WORD = new long[256];

  private static final long SECOND_IS_NO_LETTER = 0x8000;
  private static final long ALWAYS = 1;

  static {
    Arrays.fill(NO_WORD, ALWAYS);
    for (int c = 0; c < ASCII.length; c++) {
      byte type = CharacterClasses.of(c);
      ASCII[c] = (byte) (1 << CLASS_BITS | type);
      if (type == LETTER) {
        NO_WORD[c] = 0;
      } else if (type != NUMBER && !isNewline(c) && c != '\'') {
        NO_WORD[c] = SECOND_IS_NO_LETTER;
      }
    }
  }

  private final byte[] utf8;
  private final int end;

  /// A scanner over the first `end` bytes.
  PieceScanner(byte[] utf8, int end) {
    this.utf8 = utf8;
    this.end = end;
  }

  /// The end of the piece that begins at `from`, which lies before the end.
  int pieceEnd(int from) {
    long eight = Bytes.eight(utf8, from);
    long stops = nonLetters(eight) & ~0xFFL;
    if (((stops | ALWAYS) & NO_WORD[(int) eight & 0xFF]) != 0) {
      return generalPieceEnd(from);
    }
    long stop = stops & -stops;
    int length = Long.numberOfTrailingZeros(stops) >>> 3;
    return stop == 0 || (eight & stop) != 0 ? lettersEnd(from + length) : from + length;
  }

  private int generalPieceEnd(int from) {
    int symbol = symbolAt(from);
    int next = from + length(symbol);
    return switch (type(symbol)) {
      case LETTER -> lettersEnd(next);
      case NUMBER -> numberEnd(next);
      default -> otherPieceEnd(from, type(symbol), next);
    };
  }

  /// The end of a piece that begins with neither letter nor number, whose second symbol is at
  /// `next`.
  private int otherPieceEnd(int from, int type, int next) {
    byte first = utf8[from];
    int contraction = first == '\'' ? contractionEnd(next) : 0;
    if (contraction > 0) {
      return contraction;
    }
    int second = type(symbolAt(next));
    if (second == LETTER && !isNewline(first)) {
      return lettersEnd(next);
    }
    if (type == OTHER || (first == ' ' && second == OTHER)) {
      return newlinesEnd(othersEnd(next));
    }
    return spacesEnd(from);
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
    while (true) {
      if (utf8[at] < 0) {
        int symbol = symbolAt(at);
        if (type(symbol) != LETTER) {
          return at;
        }
        at += length(symbol);
      } else {
        long stops = nonLetters(Bytes.eight(utf8, at));
        at += Long.numberOfTrailingZeros(stops) >>> 3;
        if (stops != 0 && utf8[at] >= 0) {
          return at;
        }
      }
    }
  }

  /// The end of at most two more numbers: three make a piece.
  private int numberEnd(int from) {
    int at = from;
    int symbol = symbolAt(at);
    for (int more = 0; more < 2 && type(symbol) == NUMBER; more++) {
      at += length(symbol);
      symbol = symbolAt(at);
    }
    return at;
  }

  private int othersEnd(int from) {
    int at = from;
    int symbol = symbolAt(at);
    while (type(symbol) == OTHER) {
      at += length(symbol);
      symbol = symbolAt(at);
    }
    return at;
  }

  private int newlinesEnd(int from) {
    int at = from;
    while (at < end && isNewline(utf8[at])) {
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
    for (int symbol = symbolAt(at); type(symbol) == SPACE && at < end; symbol = symbolAt(at)) {
      last = at;
      at += length(symbol);
      if (isNewline(utf8[last])) {
        afterNewline = at;
      }
    }
    if (afterNewline > from) {
      return afterNewline;
    }
    return at == end || last == from ? at : last;
  }

  /// The class of the character at an offset and, above it, its length in bytes. The end counts as
  /// white space of no length, so that nothing else includes it.
  private int symbolAt(int at) {
    if (at >= end) {
      return SPACE;
    }
    int first = utf8[at];
    if (first >= 0) {
      return ASCII[first];
    }
    int second = utf8[at + 1] & 0x3F;
    if (first < (byte) 0xE0) {
      return 2 << CLASS_BITS | CharacterClasses.of(first & 0x1F, second);
    }
    int third = utf8[at + 2] & 0x3F;
    int block = (first & 0x0F) << 6 | second;
    if (first < (byte) 0xF0) {
      return 3 << CLASS_BITS | CharacterClasses.of(block, third);
    }
    return 4 << CLASS_BITS | CharacterClasses.of(block << 6 | third, utf8[at + 3] & 0x3F);
  }

  private static int type(int symbol) {
    return symbol & CLASS_MASK;
  }

  private static int length(int symbol) {
    return symbol >>> CLASS_BITS;
  }

  private static boolean isNewline(int c) {
    return c == '\n' || c == '\r';
  }

  private int lowerAscii(int at) {
    return at < end ? utf8[at] | 0x20 : 0;
  }

  /// The high bit of each of eight bytes that is no ASCII letter.
  private static long nonLetters(long bytes) {
    long lower = (bytes & ~HIGH_BITS) | (0x20 * ONES);
    long fromA = lower + (0x80 - 'a') * ONES;
    long afterZ = lower + (0x7F - 'z') * ONES;
    return (~fromA | afterZ | bytes) & HIGH_BITS;
  }
}
