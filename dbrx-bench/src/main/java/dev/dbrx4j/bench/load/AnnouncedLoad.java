package dev.dbrx4j.bench.load;

import dev.dbrx4j.DbrxModel;
import dev.dbrx4j.bench.BenchReport;
import dev.dbrx4j.bench.RandomText;
import dev.dbrx4j.tokenizer.DbrxTokenizer;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/// The load of DBRX's announcement: a new user each second, 2,000 tokens in, 256 out.
public final class AnnouncedLoad {
  /// Length of a prompt.
  public static final int PROMPT_TOKENS = 2000;

  /// Tokens out.
  public static final int NEW_TOKENS = 256;

  private AnnouncedLoad() {}

  /// Lets users come, one a second, and waits for the last one.
  ///
  /// @param model serves them; stays open
  /// @param users how many
  /// @param progress told who came and who was served
  /// @return throughput, and percentiles of times
  /// @throws InterruptedException if the caller is interrupted
  public static BenchReport run(DbrxModel model, int users, Consumer<String> progress)
      throws InterruptedException {
    Load load =
        new Load(
            new EngineTarget(model), user -> request(user, PROMPT_TOKENS, NEW_TOKENS), progress);
    return new LoadReport(load.run(users, 1)).rows();
  }

  /// No two users ask the same, so nobody finds their prompt in a cache.
  static LoadRequest request(int user, int tokens, int newTokens) {
    DbrxTokenizer tokenizer = DbrxTokenizer.bundled();
    int[] ids = RandomText.ids(tokenizer, tokens, new SplittableRandom(user));
    return new LoadRequest(tokenizer.decode(ids), newTokens);
  }
}
