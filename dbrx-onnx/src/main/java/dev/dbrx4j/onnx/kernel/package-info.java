/// Products with quantised matrices, computed by machine code that Java writes. One node does what
/// takes ONNX Runtime's own operators dozens, and weights are read where they are mapped.
///
/// [BlockOperators] is what a session registers. [ProductCode] is the inner loop: it multiplies
/// rows of a [BlockMatrix] by a [Tile] of [Activations]. [BlockProduct] and [BlockExperts] spread
/// that over the threads of a [WorkerPool].
package dev.dbrx4j.onnx.kernel;
