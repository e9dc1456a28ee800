package dev.dbrx4j.onnx.ort;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.dbrx4j.NativeRuntimeException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A graph of one node, `y = x + x`, for any length of `x`.
class OrtSessionTest {
  @TempDir Path folder;
  private OrtSession session;
  private Arena arena;

  @BeforeEach
  void open() throws IOException {
    session = TestRuntime.open(Files.write(folder.resolve("sömé gräph.onnx"), graph()));
    arena = Arena.ofConfined();
  }

  @AfterEach
  void close() {
    arena.close();
    if (session.arena.scope().isAlive()) {
      session.close();
    }
  }

  private static byte[] graph() {
    ModelProto.Builder model = ModelProto.newBuilder().setIrVersion(9);
    model.addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17));
    model
        .getGraphBuilder()
        .setName("twice")
        .addInput(vector("x"))
        .addOutput(vector("y"))
        .addNode(
            NodeProto.newBuilder().setOpType("Add").addInput("x").addInput("x").addOutput("y"));
    return model.build().toByteArray();
  }

  private static ValueInfoProto vector(String name) {
    ValueInfoProto.Builder info = ValueInfoProto.newBuilder().setName(name);
    info.getTypeBuilder()
        .getTensorTypeBuilder()
        .setElemType(DataType.FLOAT.getNumber())
        .getShapeBuilder()
        .addDim(Dimension.newBuilder().setDimParam("n"));
    return info.build();
  }

  @Test
  void runsOnBoundMemory() {
    MemorySegment x = arena.allocateFrom(JAVA_FLOAT, 1, 2, 3);
    MemorySegment y = arena.allocate(JAVA_FLOAT, 3);
    OrtBinding binding = bound(x, y, 3);

    session.run(binding);
    assertThat(y.toArray(JAVA_FLOAT)).containsExactly(2, 4, 6);

    x.setAtIndex(JAVA_FLOAT, 0, 10);
    session.run(binding);
    assertThat(y.toArray(JAVA_FLOAT)).containsExactly(20, 4, 6);

    binding.input("x", x, ElementType.FLOAT, 1);
    binding.output("y", x, ElementType.FLOAT, 1);
    session.run(binding);
    assertThat(x.toArray(JAVA_FLOAT)).containsExactly(20, 2, 3);
  }

  @Test
  void tensorMayBeEmpty() {
    MemorySegment nothing = arena.allocate(8).asSlice(0, 0);

    session.run(bound(nothing, nothing, 0));
  }

  @Test
  void inputsAndOutputsHaveTheirTypes() {
    TensorType vector = new TensorType(ElementType.FLOAT, List.of(-1L));

    assertThat(session.inputs()).containsOnlyKeys("x").containsEntry("x", vector);
    assertThat(session.outputs()).containsOnlyKeys("y").containsEntry("y", vector);
  }

  @Test
  void memoryTooSmallForItsShapeIsRefused() {
    OrtBinding binding = session.newBinding();
    MemorySegment two = arena.allocate(JAVA_FLOAT, 2);

    assertThatThrownBy(() -> binding.input("x", two, ElementType.FLOAT, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("x needs 12 bytes");
    assertThatThrownBy(() -> binding.input("x", two, ElementType.FLOAT, Long.MAX_VALUE))
        .isInstanceOf(ArithmeticException.class);
    MemorySegment heap = MemorySegment.ofArray(new float[3]);
    assertThatThrownBy(() -> binding.input("x", heap, ElementType.FLOAT, 3))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void wrongNameIsOnnxRuntimesError() {
    OrtBinding binding = session.newBinding();
    MemorySegment x = arena.allocate(JAVA_FLOAT, 3);

    assertThatThrownBy(() -> binding.input("z", x, ElementType.FLOAT, 3))
        .isInstanceOf(NativeRuntimeException.class)
        .hasMessageContaining("z");
  }

  @Test
  void terminateLastsUntilItIsTakenBack() {
    MemorySegment x = arena.allocateFrom(JAVA_FLOAT, 1);
    OrtBinding binding = bound(x, arena.allocate(JAVA_FLOAT), 1);

    session.setTerminate(true);
    assertThatThrownBy(() -> session.run(binding))
        .isInstanceOf(NativeRuntimeException.class)
        .hasMessageContaining("terminate");
    session.setTerminate(false);
    session.run(binding);
  }

  @Test
  void closedSessionThrows() {
    OrtBinding binding = session.newBinding();
    session.close();

    assertThatThrownBy(() -> session.run(binding)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> session.setTerminate(true)).isInstanceOf(IllegalStateException.class);
  }

  private OrtBinding bound(MemorySegment x, MemorySegment y, long length) {
    OrtBinding binding = session.newBinding();
    binding.input("x", x, ElementType.FLOAT, length);
    binding.output("y", y, ElementType.FLOAT, length);
    return binding;
  }
}
