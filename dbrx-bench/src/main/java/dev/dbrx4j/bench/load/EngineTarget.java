package dev.dbrx4j.bench.load;

import dev.dbrx4j.DbrxModel;
import dev.dbrx4j.GenerationOptions;
import dev.dbrx4j.TokenChunk;
import dev.dbrx4j.TokenStream;

/// Our engine, in this process.
final class EngineTarget implements LoadTarget {
  private final DbrxModel model;

  /// @param model is closed with this
  EngineTarget(DbrxModel model) {
    this.model = model;
  }

  @Override
  public int serve(LoadRequest request, TokenClock tokens) {
    GenerationOptions options =
        GenerationOptions.builder().maxNewTokens(request.newTokens()).ignoreEos(true).build();
    try (TokenStream stream = model.stream(request.prompt(), options)) {
      for (TokenChunk chunk : stream) {
        tokens.arrived(chunk.tokenIds().length);
      }
      return stream.result().tokenIds().length;
    }
  }

  @Override
  public void close() {
    model.close();
  }
}
