package dev.dbrx4j.onnx.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbrx4j.ModelIoException;
import dev.dbrx4j.Precision;
import dev.dbrx4j.ProgressListener;
import dev.dbrx4j.onnx.Bundle;
import dev.dbrx4j.onnx.DbrxExporter;
import dev.dbrx4j.onnx.ExportOptions;
import dev.dbrx4j.onnx.TestFolders;
import dev.dbrx4j.onnx.safetensors.Checkpoint;
import dev.dbrx4j.onnx.weights.Section;
import dev.dbrx4j.onnx.weights.WeightLayout.PlannedSection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiskFullTest {
  @TempDir private Path temp;

  /// A disk with room for so many bytes of the weights file.
  private record SmallDisk(WeightsOutput file, long room) implements WeightsOutput {
    @Override
    public void write(ByteBuffer bytes, long offset) throws IOException {
      if (offset + bytes.remaining() > room) {
        throw new IOException("No space left on device");
      }
      file.write(bytes, offset);
    }

    @Override
    public void sync() throws IOException {
      file.sync();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100_000, 500_000, 1_208_319})
  void saysWhatIsNeededAndGoesOnOnceThereIsRoom(long room) {
    Path target = temp.resolve("bundle");
    try (Checkpoint checkpoint = Checkpoint.open(TestFolders.golden("nano-f32"))) {
      ExportPlan plan = ExportPlan.of(checkpoint, Precision.FP32);
      ExportJob job =
          new ExportJob(
              checkpoint, plan, target, 2, file -> new SmallDisk(WeightsOutput.open(file), room));

      assertThatThrownBy(() -> job.run(ProgressListener.none()))
          .isInstanceOf(ModelIoException.class)
          .hasMessageContaining(temp.resolve("bundle.partial/weights.bin").toString())
          .hasMessageContaining("No space left on device")
          .hasMessageContaining("needs " + plan.diskBytes() + " bytes")
          .hasMessageContaining("are free");
      assertThat(target).doesNotExist();
    }

    DbrxExporter.export(TestFolders.golden("nano-f32"), target, ExportOptions.defaults());

    Bundle.verify(target, ProgressListener.none());
  }

  @Test
  void asksForSpaceBeforeWriting() {
    Path target = temp.resolve("bundle");
    try (Checkpoint checkpoint = Checkpoint.open(TestFolders.golden("nano-f32"))) {
      ExportPlan plan = ExportPlan.of(checkpoint, Precision.FP32);
      ExportPlan huge = enlarged(plan);

      assertThatThrownBy(
              () -> new ExportJob(checkpoint, huge, target, 1).run(ProgressListener.none()))
          .isInstanceOf(ModelIoException.class)
          .hasMessageMatching(".*needs " + huge.diskBytes() + " bytes, \\d+ are free there.*");
      assertThat(temp.resolve("bundle.partial/weights.bin")).doesNotExist();
    }
  }

  /// The same plan with a last section of an exabyte.
  private static ExportPlan enlarged(ExportPlan plan) {
    List<PlannedSection> sections = new ArrayList<>(plan.sections());
    PlannedSection last = sections.removeLast();
    Section s = last.section();
    Section exabyte = new Section(s.name(), s.dtype(), s.shape(), s.offset(), 1L << 60);
    sections.add(new PlannedSection(exabyte, last.content(), last.part()));
    return new ExportPlan(plan.precision(), plan.graph(), sections, plan.copies(), plan.identity());
  }
}
