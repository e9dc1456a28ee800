package dev.dbrx4j.onnx.export;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.InvalidModelException;
import dev.dbrx4j.ModelIoException;
import dev.dbrx4j.ProgressListener;
import dev.dbrx4j.onnx.Flavour;
import dev.dbrx4j.onnx.bundle.BundleManifest;
import dev.dbrx4j.onnx.bundle.BundleManifest.SmallFile;
import dev.dbrx4j.onnx.bundle.BundleManifest.WeightSection;
import dev.dbrx4j.onnx.bundle.Checksum;
import dev.dbrx4j.onnx.bundle.ManifestFile;
import dev.dbrx4j.onnx.graph.GraphBuilder;
import dev.dbrx4j.onnx.safetensors.Checkpoint;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Carries out an [ExportPlan]. Everything is written into `<target>.partial`; whatever ends the
/// job early, the next one with the same plan goes on from there.
public final class ExportJob {
  private final Checkpoint checkpoint;
  private final ExportPlan plan;
  private final Path target;
  private final Path partial;
  private final int threads;
  private final WeightsOutput.Opener opener;

  /// Prepares a job.
  ///
  /// @param checkpoint the open checkpoint
  /// @param plan what to write
  /// @param target the bundle's folder, absolute, which must not exist; the caller holds its
  ///   [TargetLock]
  /// @param threads how many sections to work on at once
  public ExportJob(Checkpoint checkpoint, ExportPlan plan, Path target, int threads) {
    this(checkpoint, plan, target, threads, WeightsOutput::open);
  }

  ExportJob(
      Checkpoint checkpoint,
      ExportPlan plan,
      Path target,
      int threads,
      WeightsOutput.Opener opener) {
    this.checkpoint = checkpoint;
    this.plan = plan;
    this.target = target;
    this.partial = target.resolveSibling(target.getFileName() + ".partial");
    this.threads = threads;
    this.opener = opener;
  }

  /// Writes the bundle.
  ///
  /// @param listener told how far the job is; if it throws, the job ends and can be resumed
  public void run(ProgressListener listener) {
    try {
      Journal journal = openJournal();
      Path weights = partial.resolve(GraphBuilder.WEIGHTS_FILE);
      WeightsWriter writer = new WeightsWriter(checkpoint, plan, weights, journal, threads);
      requireSpace(plan.diskBytes() - writer.resume(listener));
      List<WeightSection> sections = writer.write(opener, listener);
      List<SmallFile> files = writeSmallFiles();
      requireUnchangedSource();
      writeManifest(files, sections);
      moveToTarget();
    } catch (IOException e) {
      throw new ModelIoException("cannot export to " + target + ": " + e, e);
    }
  }

  private Journal openJournal() throws IOException {
    if (Journal.isIn(partial) && Journal.matches(partial, plan.fingerprint())) {
      return Journal.open(partial);
    }
    deletePartial();
    Files.createDirectories(partial);
    return Journal.create(partial, plan.fingerprint());
  }

  /// Removes what an export of another plan has left.
  private void deletePartial() throws IOException {
    if (!Files.exists(partial)) {
      return;
    }
    try (Stream<Path> files = Files.list(partial)) {
      List<Path> all = files.toList();
      if (!all.isEmpty() && !Journal.isIn(partial)) {
        throw new ModelIoException(
            partial + " is in the way, and is no unfinished export: move it");
      }
      for (Path file : all) {
        Files.delete(file);
      }
    }
  }

  private void requireSpace(long needed) throws IOException {
    long free = Files.getFileStore(partial).getUsableSpace();
    if (needed > free) {
      throw new ModelIoException(
          "the export to " + target + " needs " + needed + " bytes, " + free + " are free there");
    }
  }

  private List<SmallFile> writeSmallFiles() throws IOException {
    List<SmallFile> files = new ArrayList<>();
    Path graph = partial.resolve(plan.graphFile());
    Files.write(graph, plan.graph().toByteArray());
    files.add(synced(graph));
    for (Path source : plan.copies()) {
      Path copy = partial.resolve(source.getFileName());
      try (InputStream in = Files.newInputStream(source)) { // content alone, not permissions
        Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
      }
      files.add(synced(copy));
    }
    return files;
  }

  /// The checkpoint must not have changed while it was read: the bundle would be part old, part
  /// new.
  private void requireUnchangedSource() {
    if (!SourceIdentity.of(checkpoint.folder()).equals(plan.identity())) {
      throw new InvalidModelException(
          checkpoint.folder() + " was changed during the export: start it again");
    }
  }

  private void writeManifest(List<SmallFile> files, List<WeightSection> sections)
      throws IOException {
    DbrxConfig config = checkpoint.config();
    List<Flavour> flavours = List.of(Flavour.CPU);
    BundleManifest manifest =
        new BundleManifest(
            ExporterVersion.NAME, config, plan.precision(), flavours, files, sections);
    Path file = partial.resolve(ManifestFile.NAME);
    Files.write(file, ManifestFile.encode(manifest));
    synced(file);
  }

  private void moveToTarget() throws IOException {
    syncFolder(partial);
    Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    syncFolder(target.resolveSibling("."));
    Journal.deleteFrom(target);
  }

  /// {@return a file's entry in the manifest, once it is on the disk}
  private static SmallFile synced(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      channel.force(true);
      long bytes = channel.size();
      int crc32c = Checksum.of(channel, 0, bytes, done -> {});
      return new SmallFile(file.getFileName().toString(), bytes, crc32c);
    }
  }

  private static void syncFolder(Path folder) {
    try (FileChannel channel = FileChannel.open(folder)) {
      channel.force(true);
    } catch (IOException e) {
      // Windows cannot open a folder, and needs no sync for its entries.
    }
  }
}
