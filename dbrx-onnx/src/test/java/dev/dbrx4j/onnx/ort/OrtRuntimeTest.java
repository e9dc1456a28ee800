package dev.dbrx4j.onnx.ort;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbrx4j.NativeRuntimeException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrtRuntimeTest {
  @TempDir Path folder;

  @Test
  void libraryHasThePinnedVersion() {
    assertThat(TestRuntime.runtime().version()).isEqualTo(OrtRuntime.VERSION);
    assertThat(OrtRuntime.OLDEST).startsWith("1." + OrtRuntime.API_VERSION + ".");
  }

  @Test
  void fileThatIsNoLibraryIsRefused() throws IOException {
    Path library = Files.writeString(folder.resolve("libonnxruntime.so"), "not a library");

    assertThatThrownBy(() -> OrtRuntime.load(library))
        .isInstanceOf(NativeRuntimeException.class)
        .hasMessageContaining(library.toString())
        .hasMessageContaining(OrtLibraryFile.COORDINATES)
        .hasMessageNotContaining("unknown reason");
  }

  @Test
  void libraryForAnotherProcessorIsRefused() {
    boolean arm = Platform.current().name().endsWith("aarch64");
    Platform other = Platform.of("Linux", arm ? "amd64" : "aarch64");
    Path library = OrtLibraryFile.extracted(other, getClass().getClassLoader(), folder);

    assertThatThrownBy(() -> OrtRuntime.load(library))
        .isInstanceOf(NativeRuntimeException.class)
        .hasMessageContaining(library.toString())
        .hasMessageContaining("holds one for " + Platform.current().name());
  }

  @Test
  void anotherLibraryIsRefused() {
    Path library = Path.of(System.getProperty("java.home"), "lib", System.mapLibraryName("zip"));

    assertThatThrownBy(() -> OrtRuntime.load(library))
        .isInstanceOf(NativeRuntimeException.class)
        .hasMessageContaining(library + " is not an ONNX Runtime library");
  }

  @Test
  void olderLibraryIsRefused() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment base = apiBase(arena, "1.20.1");

      assertThatThrownBy(() -> OrtRuntime.of(base, Path.of("old.so")))
          .isInstanceOf(NativeRuntimeException.class)
          .hasMessageContaining("old.so is ONNX Runtime 1.20.1, and 1.28.0 or later is needed");
    }
  }

  @Test
  void failureCarriesOnnxRuntimesMessage() {
    Path missing = folder.resolve("missing.onnx");

    assertThatThrownBy(() -> TestRuntime.open(missing))
        .isInstanceOf(NativeRuntimeException.class)
        .hasMessageStartingWith("ONNX Runtime: ")
        .hasMessageContaining(missing.toString());
  }

  @Test
  void memoryBeyondTheMachineIsRefused() {
    try (Arena arena = Arena.ofConfined()) {
      assertThatThrownBy(() -> TestRuntime.runtime().allocate(arena, Long.MAX_VALUE / 2))
          .isInstanceOf(NativeRuntimeException.class);
    }
  }

  /// An `OrtApiBase` whose `GetVersionString` is written in Java and whose `GetApi` is not to be
  /// called.
  @SuppressWarnings("restricted")
  private static MemorySegment apiBase(Arena arena, String version) {
    MethodHandle getVersion =
        MethodHandles.constant(MemorySegment.class, arena.allocateFrom(version));
    MethodHandle getApi =
        MethodHandles.dropArguments(MethodHandles.zero(MemorySegment.class), 0, int.class);
    Linker linker = Linker.nativeLinker();
    MemorySegment base = arena.allocate(ADDRESS, 2);
    base.setAtIndex(
        ADDRESS, 0, linker.upcallStub(getApi, FunctionDescriptor.of(ADDRESS, JAVA_INT), arena));
    base.setAtIndex(
        ADDRESS, 1, linker.upcallStub(getVersion, FunctionDescriptor.of(ADDRESS), arena));
    return base;
  }
}
