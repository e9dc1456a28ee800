package dev.dbrx4j.tokenizer;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Encodes texts of any length: finds the special tokens, cuts what lies between them into chunks,
/// and hands the ids of each chunk to a sink, which may end it early. Safe for use by many threads.
final class TextEncoder {
  /// Takes ids as they come.
  @FunctionalInterface
  interface Sink {
    /// Takes the ids of the next chunk, which are valid during this call only; false ends it.
    boolean accept(IdBuffer ids);
  }

  private final Vocabulary vocabulary;
  private final SpecialVocabulary specials;

  /// Idle encoders, so that a call allocates little. A thread looks in one place only.
  private final AtomicReferenceArray<@Nullable ChunkEncoder> idle =
      new AtomicReferenceArray<>(
          2 * Integer.highestOneBit(Runtime.getRuntime().availableProcessors()));

  TextEncoder(Vocabulary vocabulary, SpecialVocabulary specials) {
    this.vocabulary = vocabulary;
    this.specials = specials;
  }

  /// Encodes from the start.
  void encode(String text, SpecialVocabulary.Filter filter, Sink sink) {
    ChunkEncoder encoder = take();
    int from = 0;
    boolean more = true;
    while (more && from < text.length()) {
      int special = specials.find(text, from, filter);
      more = encodeChunks(encoder, text, from, special, sink);
      from = special;
      if (more && special < text.length()) {
        String name = specials.nameAt(text, special);
        more = sink.accept(encoder.single(specials.id(name).orElseThrow()));
        from += name.length();
      }
    }
    giveBack(encoder);
  }

  private static boolean encodeChunks(
      ChunkEncoder encoder, String text, int from, int to, Sink sink) {
    boolean more = true;
    int at = from;
    while (more && at < to) {
      int next = Chunks.end(text, at, to);
      more = sink.accept(encoder.encode(text, at, next));
      at = next;
    }
    return more;
  }

  /// Encodes from the end: the last chunk first.
  void encodeBackwards(String text, SpecialVocabulary.Filter filter, Sink sink) {
    IdBuffer found = new IdBuffer(8);
    for (int at = specials.find(text, 0, filter); at < text.length(); ) {
      found.add(at);
      at = specials.find(text, at + specials.nameAt(text, at).length(), filter);
    }
    ChunkEncoder encoder = take();
    int to = text.length();
    boolean more = true;
    for (int i = found.size() - 1; more && i >= 0; i--) {
      String name = specials.nameAt(text, found.get(i));
      more =
          encodeChunksBackwards(encoder, text, found.get(i) + name.length(), to, sink)
              && sink.accept(encoder.single(specials.id(name).orElseThrow()));
      to = found.get(i);
    }
    if (more) {
      encodeChunksBackwards(encoder, text, 0, to, sink);
    }
    giveBack(encoder);
  }

  private static boolean encodeChunksBackwards(
      ChunkEncoder encoder, String text, int from, int to, Sink sink) {
    boolean more = true;
    int at = to;
    while (more && at > from) {
      int next = Chunks.start(text, from, at);
      more = sink.accept(encoder.encode(text, next, at));
      at = next;
    }
    return more;
  }

  private ChunkEncoder take() {
    ChunkEncoder spare = idle.getAndSet(slot(), null);
    return spare == null ? new ChunkEncoder(vocabulary) : spare;
  }

  private void giveBack(ChunkEncoder encoder) {
    encoder.trim();
    idle.set(slot(), encoder);
  }

  private int slot() {
    return (int) Thread.currentThread().threadId() & (idle.length() - 1);
  }
}
