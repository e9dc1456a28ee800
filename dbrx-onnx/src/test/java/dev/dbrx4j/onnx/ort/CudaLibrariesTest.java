package dev.dbrx4j.onnx.ort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dbrx4j.NativeRuntimeException;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CudaLibrariesTest {
  @TempDir Path folder;

  @AfterEach
  void clearProperty() {
    System.clearProperty(CudaLibraries.PATH_PROPERTY);
  }

  @Test
  void whatIsMissingIsToldWithWhereItWasLookedFor() throws IOException {
    System.setProperty(CudaLibraries.PATH_PROPERTY, folder.toString());
    Path library = Files.createFile(folder.resolve("libonnxruntime.so"));

    assertThatThrownBy(() -> CudaLibraries.require(library))
        .isInstanceOf(NativeRuntimeException.class)
        .hasMessageContaining("libonnxruntime_providers_cuda.so: missing: it is not at " + folder)
        .hasMessageContaining(CudaLibraries.PATH_PROPERTY + "=" + folder)
        .hasMessageContaining("LD_LIBRARY_PATH")
        .hasMessageContaining("onnxruntime_gpu:" + OrtRuntime.VERSION)
        .hasMessageContaining("orCpu()");
  }

  @Test
  void providersNeedsAreReadFromItsFileAndProbed() throws IOException {
    Path zip = jdkLibrary("zip");
    assertThat(Elf.needed(zip)).contains("libc.so.6").allMatch(name -> name.contains(".so"));
    assertThat(Elf.needed(OrtLibraryFile.find(Path.of("target", "cache")))).contains("libc.so.6");
  }

  @Test
  void fileThatIsNoLibraryNeedsNothing() throws IOException {
    assertThat(Elf.needed(Files.writeString(folder.resolve("text"), "x".repeat(1000)))).isEmpty();
    byte[] start = Files.readAllBytes(jdkLibrary("zip"));
    for (int length : new int[] {0, 10, 64, 100, 3000}) {
      byte[] cut = java.util.Arrays.copyOf(start, length);
      assertThat(Elf.needed(Files.write(folder.resolve("cut"), cut))).isEmpty();
    }
  }

  private static Path jdkLibrary(String name) {
    assumeTrue(Platform.current().name().equals("linux-x64"));
    return Path.of(System.getProperty("java.home"), "lib", System.mapLibraryName(name));
  }

  @Test
  void libraryThatIsFoundButDoesNotLoadIsToldApart() throws IOException {
    System.setProperty(CudaLibraries.PATH_PROPERTY, folder.toString());
    Files.writeString(folder.resolve("libcudnn.so.9"), "no library");
    Path library = folder.resolve("libonnxruntime.so");

    assertThat(CudaLibraries.probe(library))
        .anySatisfy(finding -> {
          assertThat(finding.name()).isEqualTo("libcudnn.so.9");
          assertThat(finding.outcome()).contains("cannot be loaded");
          assertThat(finding.found()).isFalse();
        });
  }

  @Test
  void providersOfAnArtifactAreBroughtBesideTheLibrary() throws IOException {
    Platform platform = new Platform("test-x64", "libonnxruntime.so");
    Path artifact = folder.resolve("artifact").resolve(platform.resource()).getParent();
    Files.createDirectories(artifact);
    Files.writeString(artifact.resolve("libonnxruntime_providers_cuda.so"), "kernels");
    Path library = Files.createDirectories(folder.resolve("cache")).resolve("libonnxruntime.so");
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {folder.resolve("artifact").toUri().toURL()}, null)) {
      OrtLibraryFile.extractProviders(platform, loader, library);
    }

    assertThat(library.resolveSibling("libonnxruntime_providers_cuda.so")).hasContent("kernels");
    assertThat(library.resolveSibling("libonnxruntime_providers_shared.so")).doesNotExist();
  }

  @Test
  void providersAreNamedAfterTheLibrary() {
    Path library = Path.of("folder", "onnxruntime.dll");
    assertThat(CudaLibraries.provider(library, "onnxruntime.dll", "cuda"))
        .isEqualTo(Path.of("folder", "onnxruntime_providers_cuda.dll"));
    assertThat(CudaLibraries.provider(library, "libonnxruntime.so.1.28.0", "cuda"))
        .isEqualTo(Path.of("folder", "libonnxruntime_providers_cuda.so"));
  }

  @Test
  void runtimeWithoutAProviderSaysSo() {
    Path graph = Path.of("none.onnx");
    for (String name : new String[] {"CUDA", "TensorRT", "Unheard"}) {
      var settings =
          new OrtSession.Settings(
              1,
              Map.of(),
              java.util.List.of(new ExecutionProvider(name, Map.of("device_id", "0"))));

      assertThatThrownBy(() -> OrtSession.open(TestRuntime.runtime(), graph, settings))
          .isInstanceOf(NativeRuntimeException.class)
          .hasMessageContaining("ONNX Runtime: ");
    }
  }
}
