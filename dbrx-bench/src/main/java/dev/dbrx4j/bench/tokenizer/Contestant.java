package dev.dbrx4j.bench.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import com.knuddels.jtokkit.api.IntArrayList;
import dev.dbrx4j.tokenizer.DbrxTokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.function.Supplier;

/// A tokenizer that can be measured.
enum Contestant {
  OURS("dbrx4j") {
    @Override
    Tokenizer open(VocabularyFiles files) {
      return new Ours(DbrxTokenizer.bundled());
    }
  },
  JTOKKIT("jtokkit 1.1.0") {
    @Override
    Tokenizer open(VocabularyFiles files) {
      return new Jtokkit(Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.CL100K_BASE));
    }
  },
  DJL("DJL tokenizers 0.38.0") {
    @Override
    Tokenizer open(VocabularyFiles files) {
      try {
        // Texts are neither cut to a model's length, which is the default, nor padded.
        return new Djl(
            HuggingFaceTokenizer.newInstance(
                files.tokenizerJson(),
                Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false")));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  };

  private final String title;

  Contestant(String title) {
    this.title = title;
  }

  /// Its name and version.
  String title() {
    return title;
  }

  /// Loads it, as a program would that needs it for the first time.
  abstract Tokenizer open(VocabularyFiles files);

  /// What is measured. Special tokens are not looked for where a tokenizer leaves the choice.
  interface Tokenizer {
    /// The ids, in whatever form the tokenizer has them.
    Object encode(String text);

    int count(String text);

    /// Decodes the ids of a text, each time it is asked.
    Supplier<String> decoder(String text);
  }

  private record Ours(DbrxTokenizer tokenizer) implements Tokenizer {
    @Override
    public Object encode(String text) {
      return tokenizer.encode(text);
    }

    @Override
    public int count(String text) {
      return tokenizer.count(text);
    }

    @Override
    public Supplier<String> decoder(String text) {
      int[] ids = tokenizer.encode(text);
      return () -> tokenizer.decode(ids);
    }
  }

  private record Jtokkit(Encoding encoding) implements Tokenizer {
    @Override
    public Object encode(String text) {
      return encoding.encodeOrdinary(text);
    }

    @Override
    public int count(String text) {
      return encoding.countTokensOrdinary(text);
    }

    @Override
    public Supplier<String> decoder(String text) {
      IntArrayList ids = encoding.encodeOrdinary(text);
      return () -> encoding.decode(ids);
    }
  }

  private record Djl(HuggingFaceTokenizer tokenizer) implements Tokenizer {
    @Override
    public Object encode(String text) {
      return ids(text);
    }

    @Override
    public int count(String text) {
      return ids(text).length;
    }

    @Override
    public Supplier<String> decoder(String text) {
      long[] ids = ids(text);
      return () -> tokenizer.decode(ids);
    }

    private long[] ids(String text) {
      return tokenizer.encode(text, false, false).getIds();
    }
  }
}
