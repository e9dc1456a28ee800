package dev.dbrx4j.onnx.bundle;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.dbrx4j.InvalidModelException;
import dev.dbrx4j.ModelIoException;
import dev.dbrx4j.ProgressListener;
import dev.dbrx4j.onnx.Flavour;
import dev.dbrx4j.onnx.bundle.BundleManifest.SmallFile;
import dev.dbrx4j.onnx.bundle.BundleManifest.WeightSection;
import dev.dbrx4j.onnx.graph.GraphBuilder;
import dev.dbrx4j.onnx.weights.Section;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// Compares a bundle's files with its manifest.
public final class BundleCheck {
  private final Path folder;
  private final BundleManifest manifest;
  private final ByteProgress progress;

  /// Prepares a check.
  ///
  /// @param folder the bundle's folder
  /// @param manifest its manifest
  /// @param listener told how far the check of the weights is
  public BundleCheck(Path folder, BundleManifest manifest, ProgressListener listener) {
    this.folder = folder;
    this.manifest = manifest;
    this.progress = new ByteProgress(listener, "verifying", manifest.weightBytes(), 0);
  }

  /// Checks all but the content of the weights file: that every file is there with its length, the
  /// small files' checksums, and that the graphs take their weights from the sections.
  ///
  /// @throws InvalidModelException naming the first file that is not as the manifest says
  public void checkFiles() {
    manifest.files().forEach(this::check);
    checkLength(GraphBuilder.WEIGHTS_FILE, manifest.weightBytes());
    for (Flavour flavour : manifest.flavours()) {
      checkGraph(flavour.graphFile());
    }
  }

  /// Checks every section of the weights file.
  ///
  /// @throws InvalidModelException naming the section and its place in the file
  public void checkWeights() {
    Path file = folder.resolve(GraphBuilder.WEIGHTS_FILE);
    try (FileChannel channel = FileChannel.open(file)) {
      int threads = Runtime.getRuntime().availableProcessors();
      Workers.forEach(
          "verifying", threads, manifest.sections(), entry -> check(file, channel, entry));
    } catch (IOException e) {
      throw new ModelIoException("cannot read " + file + ": " + e, e);
    }
  }

  private void check(SmallFile entry) {
    checkLength(entry.name(), entry.bytes());
    Path file = folder.resolve(entry.name());
    try (FileChannel channel = FileChannel.open(file)) {
      int found = Checksum.of(channel, 0, entry.bytes(), bytes -> {});
      if (found != entry.crc32c()) {
        throw damaged(file, "bytes 0 to " + (entry.bytes() - 1), entry.crc32c(), found);
      }
    } catch (IOException e) {
      throw new ModelIoException("cannot read " + file + ": " + e, e);
    }
  }

  private void check(Path file, FileChannel channel, WeightSection entry) {
    Section section = entry.section();
    String where =
        "section " + section.name() + ", bytes " + section.offset() + " to " + (section.end() - 1);
    try {
      int found =
          Checksum.of(
              channel,
              section.offset(),
              section.bytes(),
              bytes -> progress.add(section.name(), bytes));
      if (found != entry.crc32c()) {
        throw damaged(file, where, entry.crc32c(), found);
      }
    } catch (ClosedByInterruptException e) {
      throw new ModelIoException("interrupted while verifying " + file, e);
    } catch (IOException e) {
      throw new ModelIoException(file + ": cannot read " + where + ": " + e, e);
    }
  }

  private void checkLength(String name, long expected) {
    Path file = folder.resolve(name);
    try {
      if (!Files.isRegularFile(file)) {
        throw new InvalidModelException(file + " is missing: export the checkpoint again");
      }
      if (Files.size(file) != expected) {
        throw new InvalidModelException(
            file
                + ": has "
                + Files.size(file)
                + " bytes, the manifest says "
                + expected
                + ": export the checkpoint again");
      }
    } catch (IOException e) {
      throw new ModelIoException("cannot read " + file + ": " + e, e);
    }
  }

  private static InvalidModelException damaged(Path file, String where, int expected, int found) {
    return new InvalidModelException(
        file
            + ": damaged in "
            + where
            + " (checksum "
            + Checksum.hex(found)
            + ", expected "
            + Checksum.hex(expected)
            + "): export the checkpoint again");
  }

  /// Every weight of the graph must be a section, byte for byte: so nothing outside the checked
  /// file is read, whatever the graph says.
  private void checkGraph(String name) {
    Path file = folder.resolve(name);
    if (manifest.files().stream().noneMatch(entry -> entry.name().equals(name))) {
      throw new InvalidModelException(folder + ": the manifest has no entry for " + name);
    }
    Map<String, Section> sections = new HashMap<>();
    manifest.sections().forEach(entry -> sections.put(entry.section().name(), entry.section()));
    for (TensorProto tensor : readGraph(file).getGraph().getInitializerList()) {
      if (tensor.getExternalDataCount() > 0 && !isSection(tensor, sections.get(tensor.getName()))) {
        throw new InvalidModelException(
            file + ": weight " + tensor.getName() + " is not a section of the manifest");
      }
    }
  }

  private static ModelProto readGraph(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return ModelProto.parseFrom(in);
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new InvalidModelException(file + ": not an ONNX graph: export again", e);
    } catch (IOException e) {
      throw new ModelIoException("cannot read " + file + ": " + e, e);
    }
  }

  private static boolean isSection(
      TensorProto tensor, @org.jspecify.annotations.Nullable Section section) {
    return section != null
        && tensor.getExternalDataList().equals(GraphBuilder.externalData(section))
        && tensor.getDataType() == GraphBuilder.onnxType(section.dtype()).getNumber()
        && tensor.getDimsList().equals(section.shape());
  }
}
