package dev.dbrx4j;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.dbrx4j.engine.Engine;
import dev.dbrx4j.tokenizer.ChatMessage;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UTFDataFormatException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import org.jspecify.annotations.Nullable;

/// A session on disk, big-endian:
///
/// ```
/// bytes[8]  "dbrx4j-s"
/// int       format version
/// utf       identity of the model
/// int       n, then n token ids
/// int       m, then m messages: utf role, int length, UTF-8 content
/// pieces of the KV cache in order: int tokens > 0, then tokens * kvBytesPerToken bytes
/// int       0
/// long      CRC-32C of everything before
/// ```
///
/// The cache's pieces are copied on the engine's thread, and written or read on the caller's, so
/// that a long session does not hold up others.
final class SessionFile {
  private static final byte[] MAGIC = "dbrx4j-s".getBytes(UTF_8);
  private static final int VERSION = 1;
  private static final int PIECE_TOKENS = 64;

  private final Path file;
  private final Engine engine;

  SessionFile(Path file, Engine engine) {
    this.file = file;
    this.engine = engine;
  }

  /// What a session consists of besides its part of the KV cache.
  ///
  /// @param messages the conversation
  /// @param ids the same as the model knows it
  @SuppressWarnings("ArrayRecordComponent") // never compared, never written to
  record Content(List<ChatMessage> messages, int[] ids) {}

  void write(Content content) {
    Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
    try {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(unfinished))) {
        CheckedOutputStream checked = new CheckedOutputStream(out, new CRC32C());
        DataOutputStream data = new DataOutputStream(checked);
        writeContent(content, data);
        writeCache(content.ids(), data);
        data.writeLong(checked.getChecksum().getValue());
      }
      Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new ModelIoException("the session cannot be saved to " + file + ": " + e, e);
    }
  }

  private void writeContent(Content content, DataOutputStream data) throws IOException {
    data.write(MAGIC);
    data.writeInt(VERSION);
    data.writeUTF(engine.modelIdentity());
    data.writeInt(content.ids().length);
    for (int id : content.ids()) {
      data.writeInt(id);
    }
    data.writeInt(content.messages().size());
    for (ChatMessage message : content.messages()) {
      byte[] text = message.content().getBytes(UTF_8);
      data.writeUTF(message.role());
      data.writeInt(text.length);
      data.write(text);
    }
  }

  private void writeCache(int[] ids, DataOutputStream data) throws IOException {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment piece = arena.allocate(pieceBytes(PIECE_TOKENS));
      int position = 0;
      int count;
      do {
        count = engine.readKv(ids, position, PIECE_TOKENS, piece);
        data.writeInt(count);
        data.write(piece.asSlice(0, pieceBytes(count)).toArray(ValueLayout.JAVA_BYTE));
        position += count;
      } while (count > 0);
    }
  }

  private long pieceBytes(int tokens) {
    return tokens * engine.kvBytesPerToken();
  }

  /// Reads a session and puts its part of the cache into a slot that nobody needs.
  Content read(int vocabSize) {
    try {
      checkSum();
      try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
        DataInputStream data = new DataInputStream(in);
        checkHeader(data);
        int[] ids = readIds(data, vocabSize);
        List<ChatMessage> messages = readMessages(data);
        readCache(ids, data);
        return new Content(messages, ids);
      }
    } catch (EOFException | UTFDataFormatException e) {
      throw damaged("ends early", e);
    } catch (IOException e) {
      throw new ModelIoException("the session cannot be read from " + file + ": " + e, e);
    }
  }

  private void checkSum() throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      CheckedInputStream checked = new CheckedInputStream(in, new CRC32C());
      checked.skipNBytes(Math.max(0, Files.size(file) - Long.BYTES));
      long sum = checked.getChecksum().getValue();
      if (sum != new DataInputStream(in).readLong()) {
        throw damaged("its checksum does not fit its contents", null);
      }
    }
  }

  private void checkHeader(DataInputStream data) throws IOException {
    if (!Arrays.equals(data.readNBytes(MAGIC.length), MAGIC)) {
      throw new InvalidRequestException(file + " is not a saved session");
    }
    int version = data.readInt();
    if (version != VERSION) {
      throw new InvalidRequestException(
          "%s has format version %d, this release reads version %d"
              .formatted(file, version, VERSION));
    }
    String identity = data.readUTF();
    if (!identity.equals(engine.modelIdentity())) {
      throw new InvalidRequestException(
          "%s was saved by model %s, this is %s: restore it with the model that saved it"
              .formatted(file, identity, engine.modelIdentity()));
    }
  }

  private int[] readIds(DataInputStream data, int vocabSize) throws IOException {
    int[] ids = new int[checked(data.readInt(), 0, engine.maxContext(), "tokens")];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = checked(data.readInt(), 0, vocabSize - 1, "a token id");
    }
    return ids;
  }

  private List<ChatMessage> readMessages(DataInputStream data) throws IOException {
    List<ChatMessage> messages = new ArrayList<>();
    for (int left = checked(data.readInt(), 0, Integer.MAX_VALUE, "messages"); left > 0; left--) {
      String role = data.readUTF();
      int length = checked(data.readInt(), 0, Integer.MAX_VALUE, "a message's length");
      messages.add(new ChatMessage(role, new String(exactly(length, data), UTF_8)));
    }
    return messages;
  }

  /// Hands the cache's pieces on until the engine has no room for them.
  private void readCache(int[] ids, DataInputStream data) throws IOException {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment piece = arena.allocate(pieceBytes(PIECE_TOKENS));
      int position = 0;
      boolean taken = true;
      int count = data.readInt();
      while (taken && count > 0) {
        checked(count, 1, Math.min(PIECE_TOKENS, ids.length - position), "a piece of the cache");
        byte[] bytes = exactly(Math.toIntExact(pieceBytes(count)), data);
        MemorySegment.copy(bytes, 0, piece, ValueLayout.JAVA_BYTE, 0, bytes.length);
        taken = engine.writeKv(ids, position, count, piece);
        position += count;
        count = data.readInt();
      }
    }
  }

  private static byte[] exactly(int length, DataInputStream data) throws IOException {
    byte[] bytes = data.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException();
    }
    return bytes;
  }

  private int checked(int value, int least, int most, String what) {
    if (value < least || value > most) {
      throw damaged("%s is %d, not %d to %d".formatted(what, value, least, most), null);
    }
    return value;
  }

  private InvalidRequestException damaged(String how, @Nullable Exception cause) {
    String message = "%s is damaged (%s): save the session again".formatted(file, how);
    return cause == null
        ? new InvalidRequestException(message)
        : new InvalidRequestException(message, cause);
  }
}
