package dev.dbrx4j;

import dev.dbrx4j.engine.Generation;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/// A generation's output as it comes. Iterating parks until the next chunk is there; a reader that
/// falls behind pauses its own generation and nobody else's. Closing the stream cancels what is not
/// done yet, and so does interrupting the reader, whose iteration then ends.
///
/// ```java
/// try (TokenStream stream = model.stream("Once upon a time", options)) {
///   for (TokenChunk chunk : stream) {
///     System.out.print(chunk.text());
///   }
///   System.out.println(stream.result().timings());
/// }
/// ```
///
/// For one thread at a time, apart from [#close()], which any thread may call.
public final class TokenStream implements Iterable<TokenChunk>, AutoCloseable {
  private final Generation generation;
  private final Iterator<TokenChunk> chunks = new Chunks();

  TokenStream(Generation generation) {
    this.generation = generation;
  }

  /// {@return the chunks that are still to come; always the same iterator}
  @Override
  public Iterator<TokenChunk> iterator() {
    return chunks;
  }

  /// {@return the chunks that are still to come, as a sequential stream}
  public Stream<TokenChunk> stream() {
    int properties = Spliterator.ORDERED | Spliterator.NONNULL;
    return StreamSupport.stream(Spliterators.spliteratorUnknownSize(chunks, properties), false);
  }

  /// Waits for the end; chunks not read until then are dropped.
  ///
  /// @return the result, with all of the text
  /// @throws DbrxException if the generation failed
  public GenerationResult result() {
    return generation.result();
  }

  /// Cancels the generation if it has not ended; [#result()] then tells what came out until here.
  @Override
  public void close() {
    generation.cancel();
  }

  private final class Chunks implements Iterator<TokenChunk> {
    private @Nullable TokenChunk next;

    @Override
    public boolean hasNext() {
      if (next == null) {
        next = generation.next();
      }
      return next != null;
    }

    @Override
    public TokenChunk next() {
      if (!hasNext() || next == null) {
        throw new NoSuchElementException("the stream has ended");
      }
      TokenChunk chunk = next;
      next = null;
      return chunk;
    }
  }
}
