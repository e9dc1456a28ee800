/// Text to token ids and back for DBRX, and its chat template.
///
/// [DbrxTokenizer] encodes, counts and decodes; [IncrementalDecoder] decodes ids as they are
/// generated; [ChatTemplate] turns [ChatMessage]s into the prompt that the model was trained on.
///
/// How encoding works, in reading order: `TextEncoder` finds special tokens and cuts the text into
/// `Chunks`; `ChunkEncoder` turns a chunk into UTF-8, `PieceScanner` cuts that into pieces (a word,
/// a number, punctuation), and a piece that is no token of the `Vocabulary` goes through
/// `BytePairEncoder`, which applies the `Merges`.
package dev.dbrx4j.tokenizer;
