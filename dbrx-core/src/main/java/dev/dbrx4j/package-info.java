/// The public API: load a model, generate text.
///
/// [DbrxModel] is the place to start. It takes a [Prompt] (text, a conversation or token ids) and
/// [GenerationOptions], and there are four ways to wait for what comes out: a call that blocks for
/// the [GenerationResult], a [TokenStream], a future, and a publisher. [DbrxModelBuilder] says how
/// a model is opened.
///
/// What goes wrong is a [DbrxException]. How a generation ended is a [FinishReason].
package dev.dbrx4j;
