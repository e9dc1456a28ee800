/// The ONNX graph of DBRX, written node by node.
///
/// Read [DbrxGraph] first: it is the model, in the order of the forward pass, with shapes as
/// comments. [RoutedExperts] is its mixture of experts, [MatrixFormat] how a matrix is stored and
/// multiplied, [GraphBuilder] the thin layer over ONNX's messages.
///
/// ## Names
///
/// A weight is called as in the checkpoint
/// (`transformer.blocks.3.norm_attn_norm.attn.Wqkv.weight`), the expert matrices by stack and
/// number (`transformer.blocks.3.ffn.experts.mlp.w1v1.7`, `….w2.7`). A value is called
/// `<module>/<what>`, where the module is the checkpoint's name of what computes it, without
/// `.weight`. With `N` the block, `T = batch * seq` tokens and `E` experts:
///
/// | value | shape | what it is |
/// |---|---|---|
/// | `transformer.wte/output` | `[batch, seq, d]` | embeddings |
/// | `transformer.blocks.N.norm_attn_norm.norm_1/output` | `[batch, seq, d]` | first norm |
/// | `transformer.blocks.N.norm_attn_norm.attn.Wqkv/output` | `[batch, seq, q+k+v]` | before the clip |
/// | `transformer.blocks.N.norm_attn_norm.attn.Wqkv/clipped` | `[batch, seq, q+k+v]` | only with a clip |
/// | `transformer.blocks.N.norm_attn_norm.attn/context` | `[batch, seq, d]` | attention, heads joined |
/// | `transformer.blocks.N.norm_attn_norm.attn.out_proj/output` | `[batch, seq, d]` | |
/// | `transformer.blocks.N.norm_attn_norm/output` | `[batch, seq, d]` | residual stream after attention |
/// | `transformer.blocks.N.norm_attn_norm.norm_2/output` | `[batch, seq, d]` | second norm |
/// | `transformer.blocks.N.ffn.router.layer/logits` | `[T, E]` | |
/// | `transformer.blocks.N.ffn.router.layer/probabilities` | `[T, E]` | softmax of the logits |
/// | `transformer.blocks.N.ffn.router/experts` | `[T, k]` | chosen experts, likeliest first |
/// | `transformer.blocks.N.ffn.router/weights` | `[T, k]` | their weights, normalised |
/// | `transformer.blocks.N.ffn/output` | `[batch, seq, d]` | weighted sum of the experts |
/// | `transformer.blocks.N/output` | `[batch, seq, d]` | residual stream after the block |
/// | `transformer.norm_f/output` | `[rows, d]` | only the rows asked for |
///
/// The reference's hidden states are `transformer.wte/output`, each block's output but the last
/// one's, and `transformer.norm_f/output` with all rows asked for. Keys after rotation are
/// `present_key.N`.
package dev.dbrx4j.onnx.graph;
