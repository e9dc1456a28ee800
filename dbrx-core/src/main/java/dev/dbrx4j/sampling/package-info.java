/// From logits to the next token.
///
/// [TokenSampler] is the whole way, one a sequence. First every [dev.dbrx4j.LogitsProcessor]
/// changes single scores in a [LogitsRow] (penalties, bans), looking at the [TokenHistory]. Then
/// either the largest score wins, or the scores become [Candidates]: divided by the temperature,
/// cut down by one [CandidateFilter] after another, and drawn from.
///
/// No filter sorts: each is "in descending order of some key, up to where a running sum reaches a
/// target", which [RunningSumCut] finds in linear time.
@org.jspecify.annotations.NullMarked
package dev.dbrx4j.sampling;
