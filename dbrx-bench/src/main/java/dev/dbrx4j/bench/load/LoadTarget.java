package dev.dbrx4j.bench.load;

/// Whom the load is put on.
interface LoadTarget extends AutoCloseable {
  /// Serves a user, who waits meanwhile.
  ///
  /// @param request what the user asks for
  /// @param tokens told how many tokens have come, each time some have
  /// @return the number of tokens that came in all
  /// @throws Exception if the target refuses or fails
  int serve(LoadRequest request, TokenClock tokens) throws Exception;

  @Override
  void close();
}
