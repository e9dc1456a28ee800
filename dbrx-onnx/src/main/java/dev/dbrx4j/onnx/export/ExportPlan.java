package dev.dbrx4j.onnx.export;

import com.google.protobuf.ByteString;
import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.InvalidModelException;
import dev.dbrx4j.ModelIoException;
import dev.dbrx4j.Precision;
import dev.dbrx4j.onnx.Flavour;
import dev.dbrx4j.onnx.bundle.Checksum;
import dev.dbrx4j.onnx.graph.CudaGraph;
import dev.dbrx4j.onnx.graph.DbrxGraph;
import dev.dbrx4j.onnx.graph.LayerRange;
import dev.dbrx4j.onnx.safetensors.Checkpoint;
import dev.dbrx4j.onnx.safetensors.DType;
import dev.dbrx4j.onnx.weights.WeightLayout;
import dev.dbrx4j.onnx.weights.WeightLayout.PlannedSection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Everything that an export will write.
///
/// @param precision how matrices are stored
/// @param graph the graph's file
/// @param sections the weights file
/// @param copies files taken over from the checkpoint
/// @param identity the checkpoint's state when the plan was made
public record ExportPlan(
    Precision precision,
    ByteString graph,
    List<PlannedSection> sections,
    List<Path> copies,
    SourceIdentity identity) {
  /// The attention operator turns rotary pairs in vectors of eight.
  private static final int HEAD_DIM_UNIT = 16;

  /// Bound on the size of the manifest: a section's entry stays below 1 KB.
  private static final long MANIFEST_BYTES_A_SECTION = 1024;

  /// Plans the export of a checkpoint.
  ///
  /// @param checkpoint the open checkpoint
  /// @param precision how to store its matrices
  /// @return the plan
  /// @throws InvalidModelException if its configuration cannot run on ONNX Runtime
  public static ExportPlan of(Checkpoint checkpoint, Precision precision) {
    SourceIdentity identity = SourceIdentity.of(checkpoint.folder());
    requireRunnable(checkpoint.config());
    WeightLayout layout = new WeightLayout();
    ByteString graph = DbrxGraph.write(checkpoint.config(), precision, layout).toByteString();
    if (CudaGraph.obstacle(checkpoint.config(), precision).isEmpty()) {
      placeForCuda(checkpoint.config(), precision, layout);
    }
    List<Path> copies = SourceIdentity.copiedFiles(checkpoint.folder());
    return new ExportPlan(precision, graph, layout.sections(), copies, identity);
  }

  /// Gives weights their place that only graphs for GPUs have. These graphs are written when a
  /// model is opened, since they depend on the GPUs.
  private static void placeForCuda(DbrxConfig config, Precision precision, WeightLayout layout) {
    CudaGraph.write(config, precision, LayerRange.all(config), DType.F16, layout);
  }

  /// {@return bytes of the weights file}
  public long weightBytes() {
    return sections.getLast().section().end();
  }

  /// {@return bytes of the bundle, at most}
  public long diskBytes() {
    return weightBytes() + graph.size() + copyBytes() + sections.size() * MANIFEST_BYTES_A_SECTION;
  }

  /// {@return a name for this plan; another one for any other outcome}
  String fingerprint() {
    return identity.key(precision) + "-" + Checksum.hex(Checksum.of(graph.toByteArray(), 0));
  }

  /// {@return the graph's file name}
  String graphFile() {
    return Flavour.CPU.graphFile();
  }

  private long copyBytes() {
    long bytes = 0;
    for (Path file : copies) {
      try {
        bytes += Files.size(file);
      } catch (IOException e) {
        throw new ModelIoException("cannot read " + file + ": " + e, e);
      }
    }
    return bytes;
  }

  private static void requireRunnable(DbrxConfig config) {
    if (config.headDim() % HEAD_DIM_UNIT != 0) {
      throw new InvalidModelException(
          "d_model "
              + config.dModel()
              + " in "
              + config.nHeads()
              + " heads makes a head_dim of "
              + config.headDim()
              + ", the attention operator needs a multiple of "
              + HEAD_DIM_UNIT);
    }
  }
}
