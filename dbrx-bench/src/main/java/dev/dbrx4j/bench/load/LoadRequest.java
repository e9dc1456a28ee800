package dev.dbrx4j.bench.load;

/// What a user asks for.
///
/// @param prompt text
/// @param newTokens tokens to generate, whatever the model thinks of ending earlier
record LoadRequest(String prompt, int newTokens) {}
