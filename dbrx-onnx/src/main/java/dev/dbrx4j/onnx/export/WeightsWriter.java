package dev.dbrx4j.onnx.export;

import dev.dbrx4j.ModelIoException;
import dev.dbrx4j.ProgressListener;
import dev.dbrx4j.onnx.bundle.BundleManifest.WeightSection;
import dev.dbrx4j.onnx.bundle.ByteProgress;
import dev.dbrx4j.onnx.bundle.Checksum;
import dev.dbrx4j.onnx.bundle.Workers;
import dev.dbrx4j.onnx.safetensors.Checkpoint;
import dev.dbrx4j.onnx.weights.ByteSink;
import dev.dbrx4j.onnx.weights.Section;
import dev.dbrx4j.onnx.weights.SectionContent;
import dev.dbrx4j.onnx.weights.WeightLayout.PlannedSection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
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

  /// Numbers of the sections that are made together, in the file's order.
  private final List<List<Integer>> groups;

  /// Checksums of the sections that are written, by number.
  private final Map<Integer, Integer> written = new ConcurrentHashMap<>();

  WeightsWriter(Checkpoint checkpoint, ExportPlan plan, Path file, Journal journal, int threads) {
    this.checkpoint = checkpoint;
    this.plan = plan;
    this.file = file;
    this.journal = journal;
    this.threads = threads;
    Map<SectionContent, List<Integer>> byContent = new LinkedHashMap<>();
    for (int i = 0; i < plan.sections().size(); i++) {
      byContent.computeIfAbsent(planned(i).content(), _ -> new ArrayList<>()).add(i);
    }
    this.groups = List.copyOf(byContent.values());
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
    missing().forEach(written.keySet()::removeAll); // what is made together is written together
    return written.keySet().stream().mapToLong(i -> section(i).bytes()).sum();
  }

  /// Writes the sections that are missing.
  ///
  /// @return all sections with their checksums
  List<WeightSection> write(WeightsOutput.Opener opener, ProgressListener listener)
      throws IOException {
    long done = written.keySet().stream().mapToLong(i -> section(i).bytes()).sum();
    ByteProgress progress = new ByteProgress(listener, "exporting", plan.weightBytes(), done);
    try (WeightsOutput output = opener.open(file)) {
      Workers.forEach("exporting", threads, missing(), group -> write(group, output, progress));
      output.sync();
    }
    return IntStream.range(0, plan.sections().size())
        .mapToObj(i -> new WeightSection(section(i), Objects.requireNonNull(written.get(i))))
        .toList();
  }

  private List<List<Integer>> missing() {
    return groups.stream().filter(group -> !written.keySet().containsAll(group)).toList();
  }

  private PlannedSection planned(int number) {
    return plan.sections().get(number);
  }

  private Section section(int number) {
    return planned(number).section();
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

  private void write(List<Integer> group, WeightsOutput output, ByteProgress progress) {
    SectionContent content = planned(group.getFirst()).content();
    List<ByteSink> sinks = new ArrayList<>(Collections.nCopies(content.partCount(), bytes -> {}));
    Map<Integer, SectionWriter> writers = new LinkedHashMap<>();
    for (int number : group) {
      SectionWriter writer = new SectionWriter(section(number), output, progress);
      writers.put(number, writer);
      sinks.set(planned(number).part(), writer);
    }
    try {
      content.writeTo(checkpoint, sinks);
      for (Map.Entry<Integer, SectionWriter> entry : writers.entrySet()) {
        int crc32c = entry.getValue().finish();
        journal.add(entry.getKey(), crc32c);
        written.put(entry.getKey(), crc32c);
      }
    } catch (UncheckedIOException | IOException e) {
      throw new ModelIoException(
          "cannot write "
              + section(group.getFirst()).name()
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
