/// Products with quantised matrices, computed in Java with the JDK's vector module. One node does
/// what takes ONNX Runtime's own operators dozens, and weights are read where they are mapped.
///
/// [BlockOperators] is what a session registers. A [BlockMatrix] is multiplied by [Activations] in
/// [BlockKernel]; [BlockProduct] and [BlockExperts] spread that over the threads of a [WorkerPool].
package dev.dbrx4j.onnx.kernel;
