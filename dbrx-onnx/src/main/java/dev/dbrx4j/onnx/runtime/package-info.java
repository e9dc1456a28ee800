/// Forward passes on ONNX Runtime.
///
/// [OnnxModelRunner] checks its arguments, writes them into [PassBuffers], and runs a [Pass], which
/// is a binding of the graph's inputs and outputs for one run of slots of the [KvCache]. [RunGate]
/// keeps a session from being freed under a run. [GraphContract] is what the exporter and the
/// runner agree on.
package dev.dbrx4j.onnx.runtime;
