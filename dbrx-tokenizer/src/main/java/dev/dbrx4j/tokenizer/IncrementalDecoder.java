package dev.dbrx4j.tokenizer;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// Decodes ids that come one by one, and never shows half a character: a token may end in the
/// middle of one, whose bytes are then held back until the rest has come.
///
/// What [#append] and [#finish] return, joined, is what [DbrxTokenizer#decode] makes of all ids.
/// For one thread at a time.
public final class IncrementalDecoder {
  private final TokenBytes tokenBytes;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private byte[] held = {};

  IncrementalDecoder(TokenBytes tokenBytes) {
    this.tokenBytes = tokenBytes;
  }

  /// Takes the next id.
  ///
  /// @param id a token id
  /// @return the characters that are now complete, often the token's text, sometimes none
  /// @throws TokenizerException if the id is negative
  public String append(int id) {
    byte[] token = tokenBytes.bytes(id);
    ByteBuffer bytes = ByteBuffer.allocate(held.length + token.length).put(held).put(token);
    CharBuffer chars = CharBuffer.allocate(bytes.capacity());
    decoder.decode(bytes.flip(), chars, false);
    held = new byte[bytes.remaining()];
    bytes.get(held);
    return chars.flip().toString();
  }

  /// Ends the text; the decoder can then be used for another.
  ///
  /// @return U+FFFD for a character that was never completed, else nothing
  public String finish() {
    String rest = new String(held, StandardCharsets.UTF_8);
    held = new byte[0];
    decoder.reset();
    return rest;
  }
}
