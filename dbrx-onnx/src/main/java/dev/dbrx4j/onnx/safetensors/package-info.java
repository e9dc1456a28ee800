/// Reading Hugging Face checkpoints: safetensors files, their index, and whether the tensors are
/// those of a DBRX model.
///
/// A safetensors file is eight bytes of header length (little-endian), a JSON header that gives
/// each tensor a type, a shape and a byte range, and the bytes. [SafetensorsFile] reads one and
/// believes nothing in it: every length and range is checked before use. [Checkpoint] puts the
/// files of a folder together and compares the tensors with what `config.json` asks for. Tensor
/// data is read in pieces through [Checkpoint#read], never held as a whole.
package dev.dbrx4j.onnx.safetensors;
