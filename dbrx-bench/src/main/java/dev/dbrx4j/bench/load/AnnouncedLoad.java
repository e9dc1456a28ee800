package dev.dbrx4j.bench.load;

import dev.dbrx4j.DbrxModel;
import dev.dbrx4j.bench.BenchReport;
import dev.dbrx4j.bench.RandomText;
import dev.dbrx4j.tokenizer.DbrxTokenizer;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/// The load of DBRX's announcement: a new user each second, 2,000 tokens in, 256 out; or one like
/// it.
///
/// @param users how many come
/// @param usersPerSecond how fast
/// @param promptTokens length of a prompt
/// @param newTokens tokens out
public record AnnouncedLoad(int users, double usersPerSecond, int promptTokens, int newTokens) {
  /// Length of a prompt.
  static final int PROMPT_TOKENS = 2000;

  private static final int NEW_TOKENS = 256;

  /// The announced load.
  ///
  /// @param users how many come
  public AnnouncedLoad(int users) {
    this(users, 1, PROMPT_TOKENS, NEW_TOKENS);
  }

  /// Lets users come, and waits for the last one.
  ///
  /// @param model serves them; stays open
  /// @param progress told who came and who was served
  /// @return throughput, and percentiles of times
  /// @throws InterruptedException if the caller is interrupted
  public BenchReport run(DbrxModel model, Consumer<String> progress) throws InterruptedException {
    Load load =
        new Load(new EngineTarget(model), user -> request(user, promptTokens, newTokens), progress);
    return new LoadReport(load.run(users, usersPerSecond)).rows();
  }

  /// No two users ask the same, so nobody finds their prompt in a cache.
  static LoadRequest request(int user, int tokens, int newTokens) {
    DbrxTokenizer tokenizer = DbrxTokenizer.bundled();
    int[] ids = RandomText.ids(tokenizer, tokens, new SplittableRandom(user));
    return new LoadRequest(tokenizer.decode(ids), newTokens);
  }
}
