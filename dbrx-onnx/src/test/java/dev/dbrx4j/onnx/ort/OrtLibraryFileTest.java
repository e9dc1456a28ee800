package dev.dbrx4j.onnx.ort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbrx4j.ModelIoException;
import dev.dbrx4j.NativeRuntimeException;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrtLibraryFileTest {
  private static final Platform PLATFORM = new Platform("test-x64", "libonnxruntime.so");
  private static final byte[] CONTENT = new byte[100_000];

  @TempDir Path folder;
  private Path cache;
  private Path artifact;

  @BeforeEach
  void writeArtifact() throws IOException {
    cache = folder.resolve("cache");
    artifact = folder.resolve("artifact").resolve(PLATFORM.resource());
    Files.createDirectories(artifact.getParent());
    Files.write(artifact, CONTENT);
  }

  @AfterEach
  void clearProperty() {
    System.clearProperty(OrtLibraryFile.PATH_PROPERTY);
  }

  @Test
  void libraryIsCopiedOnceAndLeavesNothingElse() throws IOException {
    Path library = extracted();
    var written = Files.getLastModifiedTime(library);

    assertThat(extracted()).isEqualTo(library).hasBinaryContent(CONTENT);
    assertThat(Files.getLastModifiedTime(library)).isEqualTo(written);
    assertThat(library.getParent()).isDirectoryContaining(library::equals);
    try (Stream<Path> files = Files.list(library.getParent())) {
      assertThat(files).containsExactly(library);
    }
  }

  @Test
  void truncatedCopyIsReplaced() throws IOException {
    Path library = extracted();
    Files.write(library, new byte[7]);

    assertThat(extracted()).hasBinaryContent(CONTENT);
  }

  @Test
  void copyWithAFlippedByteIsReplaced() throws IOException {
    Path library = extracted();
    try (var channel = Files.newByteChannel(library, StandardOpenOption.WRITE)) {
      channel.position(50_000).write(java.nio.ByteBuffer.wrap(new byte[] {1}));
    }

    assertThat(extracted()).hasBinaryContent(CONTENT);
  }

  @Test
  void manyAtOnceAgree() {
    var copies =
        Stream.generate(() -> CompletableFuture.supplyAsync(this::extracted)).limit(8).toList();

    assertThat(copies).allSatisfy(copy -> assertThat(copy.join()).hasBinaryContent(CONTENT));
  }

  @Test
  void otherContentGetsAnotherFolder() throws IOException {
    Path first = extracted();
    Files.write(artifact, new byte[] {1, 2, 3});

    assertThat(extracted()).isNotEqualTo(first).hasBinaryContent(new byte[] {1, 2, 3});
    assertThat(first).hasBinaryContent(CONTENT);
  }

  @Test
  void jarsDirectoryTellsTheFingerprint() throws IOException {
    URL inJar = getClass().getClassLoader().getResource(Platform.current().resource());
    Path library = OrtLibraryFile.extracted(Platform.current(), getClass().getClassLoader(), cache);

    assertThat(inJar.getProtocol()).isEqualTo("jar");
    assertThat(Fingerprint.of(inJar).matches(library)).isTrue();
  }

  @Test
  void missingArtifactIsNamedByItsCoordinates() throws IOException {
    try (URLClassLoader empty = new URLClassLoader(new URL[0], null)) {
      assertThatThrownBy(() -> OrtLibraryFile.extracted(PLATFORM, empty, cache))
          .isInstanceOf(NativeRuntimeException.class)
          .hasMessageContaining("not on the class or module path")
          .hasMessageContaining("com.microsoft.onnxruntime:onnxruntime:1.29.0")
          .hasMessageContaining(OrtLibraryFile.PATH_PROPERTY);
    }
  }

  @Test
  void artifactWithoutThisPlatformIsToldFromNone() {
    Platform platform = Platform.of("Linux", "riscv64");

    assertThatThrownBy(() -> OrtLibraryFile.extracted(platform, getClass().getClassLoader(), cache))
        .isInstanceOf(NativeRuntimeException.class)
        .hasMessageContaining("no library for this platform")
        .hasMessageContaining("ai/onnxruntime/native/linux-riscv64/libonnxruntime.so");
  }

  @Test
  void cacheThatCannotBeWrittenIsNamed() throws IOException {
    Files.writeString(cache, "a file where the folder should be");

    assertThatThrownBy(this::extracted)
        .isInstanceOf(ModelIoException.class)
        .hasMessageContaining(cache.toString())
        .hasMessageContaining(OrtLibraryFile.PATH_PROPERTY);
  }

  @Test
  void chosenFolderWins() throws IOException {
    Path library = folder.resolve(Platform.current().libraryName());
    Files.write(library, CONTENT);

    System.setProperty(OrtLibraryFile.PATH_PROPERTY, folder.toString());
    assertThat(OrtLibraryFile.find(cache)).isEqualTo(library);
    System.setProperty(OrtLibraryFile.PATH_PROPERTY, library.toString());
    assertThat(OrtLibraryFile.find(cache)).isEqualTo(library);
    assertThat(cache).doesNotExist();
  }

  @Test
  void chosenFolderWithoutALibraryIsNamed() {
    System.setProperty(OrtLibraryFile.PATH_PROPERTY, folder.toString());

    assertThatThrownBy(() -> OrtLibraryFile.find(cache))
        .isInstanceOf(NativeRuntimeException.class)
        .hasMessageContaining(folder.resolve(Platform.current().libraryName()).toString())
        .hasMessageContaining(OrtLibraryFile.PATH_PROPERTY);
  }

  @Test
  void platformsAreNamedAsInTheArtifact() {
    assertThat(Platform.of("Linux", "amd64").resource())
        .isEqualTo("ai/onnxruntime/native/linux-x64/libonnxruntime.so");
    assertThat(Platform.of("Mac OS X", "aarch64").resource())
        .isEqualTo("ai/onnxruntime/native/osx-aarch64/libonnxruntime.dylib");
    assertThat(Platform.of("Windows 11", "amd64").resource())
        .isEqualTo("ai/onnxruntime/native/win-x64/onnxruntime.dll");
  }

  private Path extracted() {
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {folder.resolve("artifact").toUri().toURL()}, null)) {
      return OrtLibraryFile.extracted(PLATFORM, loader, cache);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
