package dev.dbrx4j.onnx;

import dev.dbrx4j.InvalidRequestException;
import dev.dbrx4j.Precision;
import dev.dbrx4j.onnx.export.ExportJob;
import dev.dbrx4j.onnx.export.ExportPlan;
import dev.dbrx4j.onnx.export.TargetLock;
import dev.dbrx4j.onnx.safetensors.Checkpoint;
import java.nio.file.Files;
import java.nio.file.Path;

/// Turns a Hugging Face checkpoint of DBRX into a bundle that ONNX Runtime can run.
///
/// Tensors are read, converted and written piece by piece, so memory does not grow with the model.
/// Everything is written into `<target>.partial`, which becomes the target when it is complete. An
/// export that was cut off goes on where it stopped when it is started again with the same
/// checkpoint, target and precision; it reads back what it finds and keeps what is intact.
public final class DbrxExporter {
  private DbrxExporter() {}

  /// Exports a checkpoint. Waits while another thread or process exports to the same target.
  ///
  /// @param checkpoint folder with `config.json` and safetensors files
  /// @param target the bundle's folder, which must not exist
  /// @param options how to export
  /// @return the opened bundle
  /// @throws dev.dbrx4j.InvalidModelException if the checkpoint cannot be used
  /// @throws InvalidRequestException if the target exists
  /// @throws dev.dbrx4j.ModelIoException if the disk is too small, a file cannot be read or
  ///   written, or the thread is interrupted
  public static Bundle export(Path checkpoint, Path target, ExportOptions options) {
    Path bundle = target.toAbsolutePath().normalize();
    try (TargetLock _ = TargetLock.acquire(bundle, options.progress())) {
      if (Files.exists(bundle)) {
        throw new InvalidRequestException(
            "target " + bundle + " exists: remove it or name another folder");
      }
      write(checkpoint, bundle, options);
    }
    return Bundle.open(bundle);
  }

  /// Says how much disk an export will need, without writing anything.
  ///
  /// @param checkpoint folder with `config.json` and safetensors files
  /// @param precision how matrices are to be stored
  /// @return bytes of the bundle, at most
  /// @throws dev.dbrx4j.InvalidModelException if the checkpoint cannot be used
  public static long diskBytes(Path checkpoint, Precision precision) {
    try (Checkpoint source = Checkpoint.open(checkpoint)) {
      return ExportPlan.of(source, precision).diskBytes();
    }
  }

  /// Writes a bundle whose lock the caller holds.
  static void write(Path checkpoint, Path target, ExportOptions options) {
    try (Checkpoint source = Checkpoint.open(checkpoint)) {
      ExportPlan plan = ExportPlan.of(source, options.precision());
      new ExportJob(source, plan, target, options.threads()).run(options.progress());
    }
  }
}
