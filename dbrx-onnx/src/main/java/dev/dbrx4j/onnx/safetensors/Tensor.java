package dev.dbrx4j.onnx.safetensors;

import java.nio.file.Path;
import java.util.List;

/// Where a tensor lies and what it is.
///
/// @param name its name in the checkpoint
/// @param dtype element type
/// @param shape dimensions, outermost first
/// @param file the safetensors file that holds it
/// @param offset its first byte in the file
/// @param bytes its length
public record Tensor(
    String name, DType dtype, List<Long> shape, Path file, long offset, long bytes) {}
