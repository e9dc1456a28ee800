package dev.dbrx4j.onnx;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Folders that tests start from, and what is in a folder.
public final class TestFolders {
  private TestFolders() {}

  /// {@return the golden checkpoint of a name, such as `nano-f32` or `nano-f32/sharded`}
  public static Path golden(String name) {
    URL config = TestFolders.class.getResource("/golden/" + name + "/config.json");
    try {
      return Path.of(Objects.requireNonNull(config, name).toURI()).getParent();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /// {@return a new folder with a copy of each file of another, subfolders left out}
  public static Path copy(Path folder, Path target) {
    try {
      Files.createDirectories(target);
      for (Path file : files(folder)) {
        Files.copy(file, target.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
      return target;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// {@return a folder's files}
  public static List<Path> files(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// {@return a folder's files by name, with their content}
  public static Map<String, byte[]> contents(Path folder) {
    Map<String, byte[]> contents = new TreeMap<>();
    try {
      for (Path file : files(folder)) {
        contents.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
      return contents;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
