package dev.dbrx4j.onnx.export;

import dev.dbrx4j.ModelIoException;
import dev.dbrx4j.ProgressListener;
import dev.dbrx4j.onnx.bundle.BundleManifest.WeightSection;
import dev.dbrx4j.onnx.bundle.ByteProgress;
import dev.dbrx4j.onnx.bundle.Checksum;
import dev.dbrx4j.onnx.bundle.Workers;
import dev.dbrx4j.onnx.safetensors.Checkpoint;
import dev.dbrx4j.onnx.weights.Section;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/// Writes the weights file, several sections at a time, leaving out those that an earlier attempt
/// has written intact.
final class WeightsWriter {
  private final Checkpoint checkpoint;
  private final ExportPlan plan;
  private final Path file;
  private final Journal journal;
  private final int threads;

  /// Checksums of the sections that are written, by number.
  private final Map<Integer, Integer> written = new ConcurrentHashMap<>();

  WeightsWriter(Checkpoint checkpoint, ExportPlan plan, Path file, Journal journal, int threads) {
    this.checkpoint = checkpoint;
    this.plan = plan;
    this.file = file;
    this.journal = journal;
    this.threads = threads;
  }

  /// Reads back what the journal says is written, and keeps what is.
  ///
  /// @return bytes found intact
  long resume(ProgressListener listener) throws IOException {
    Map<Integer, Integer> claimed = journal.entries();
    if (claimed.isEmpty() || !Files.exists(file)) {
      return 0;
    }
    long total = claimed.keySet().stream().mapToLong(i -> section(i).bytes()).sum();
    ByteProgress progress = new ByteProgress(listener, "checking what is exported", total, 0);
    try (FileChannel channel = FileChannel.open(file)) {
      Workers.forEach(
          "checking what is exported",
          threads,
          List.copyOf(claimed.keySet()),
          i -> keepIfIntact(channel, i, Objects.requireNonNull(claimed.get(i)), progress));
    }
    return written.keySet().stream().mapToLong(i -> section(i).bytes()).sum();
  }

  /// Writes the sections that are missing.
  ///
  /// @return all sections with their checksums
  List<WeightSection> write(WeightsOutput.Opener opener, ProgressListener listener)
      throws IOException {
    List<Integer> all = IntStream.range(0, plan.sections().size()).boxed().toList();
    List<Integer> missing = all.stream().filter(i -> !written.containsKey(i)).toList();
    long done = written.keySet().stream().mapToLong(i -> section(i).bytes()).sum();
    ByteProgress progress = new ByteProgress(listener, "exporting", plan.weightBytes(), done);
    try (WeightsOutput output = opener.open(file)) {
      Workers.forEach("exporting", threads, missing, i -> write(i, output, progress));
      output.sync();
    }
    return all.stream()
        .map(i -> new WeightSection(section(i), Objects.requireNonNull(written.get(i))))
        .toList();
  }

  private Section section(int number) {
    return plan.sections().get(number).section();
  }

  private void keepIfIntact(FileChannel channel, int number, int crc32c, ByteProgress progress) {
    Section section = section(number);
    try {
      int found =
          Checksum.of(
              channel,
              section.offset(),
              section.bytes(),
              bytes -> progress.add(section.name(), bytes));
      if (found == crc32c) {
        written.put(number, crc32c);
      }
    } catch (IOException e) {
      // Cut short by a crash: it is written again.
    }
  }

  private void write(int number, WeightsOutput output, ByteProgress progress) {
    SectionWriter writer = new SectionWriter(section(number), output, progress);
    try {
      plan.sections().get(number).content().writeTo(checkpoint, writer);
      int crc32c = writer.finish();
      journal.add(number, crc32c);
      written.put(number, crc32c);
    } catch (UncheckedIOException | IOException e) {
      throw new ModelIoException(
          "cannot write "
              + section(number).name()
              + " to "
              + file
              + ": "
              + e.getMessage()
              + "; the export needs "
              + plan.diskBytes()
              + " bytes in all, "
              + file.toFile().getUsableSpace()
              + " are free: make room and start it again, it goes on where it stopped",
          e);
    }
  }
}
