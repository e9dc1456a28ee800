/// DBRX checkpoints as ONNX bundles.
///
/// ONNX Runtime cannot read a Hugging Face checkpoint. [DbrxExporter] turns one into a bundle, a
/// folder that [Bundle] opens and checks:
///
/// | file | what it is |
/// |---|---|
/// | `dbrx.json` | the manifest: configuration, precision, and a checksum for every byte of the rest |
/// | `model-cpu.onnx` | the graph of a [Flavour], without weights |
/// | `weights.bin` | the weights of all flavours, mapped into memory as they are |
/// | `config.json`, `tokenizer.json`, … | the checkpoint's own, unchanged |
///
/// Programs need none of this: loading a checkpoint exports it into the [BundleCache] on first use.
/// Exporting by hand makes sense to choose the place or the [dev.dbrx4j.Precision], or to leave the
/// checkpoint behind.
package dev.dbrx4j.onnx;
