/// Text to token ids and back: cl100k_base with DBRX's special tokens, incremental decoding, and
/// the chat template.
@org.jspecify.annotations.NullMarked
module dev.dbrx4j.tokenizer {
  requires static transitive org.jspecify;
  requires tools.jackson.core;

  exports dev.dbrx4j.tokenizer;
}
