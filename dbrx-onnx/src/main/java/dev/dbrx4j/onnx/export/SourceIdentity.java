package dev.dbrx4j.onnx.export;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.dbrx4j.InvalidModelException;
import dev.dbrx4j.ModelIoException;
import dev.dbrx4j.Precision;
import dev.dbrx4j.onnx.bundle.BundleManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/// Which state of which checkpoint an export is made from: path, and name, size and time of change
/// of each file that counts.
///
/// @param description all that distinguishes it, as text
public record SourceIdentity(String description) {
  private static final String COPIED =
      "config\\.json|generation_config\\.json|tokenizer\\.json|tokenizer_config\\.json"
          + "|chat_template\\.jinja|[\\w-][\\w.-]*\\.tiktoken";
  private static final String WEIGHTS =
      "model\\.safetensors\\.index\\.json|[\\w-][\\w.-]*\\.safetensors";

  /// Looks at a checkpoint's folder.
  ///
  /// @param folder the checkpoint
  /// @return its identity now
  /// @throws InvalidModelException if there is no such folder
  public static SourceIdentity of(Path folder) {
    Path absolute = folder.toAbsolutePath().normalize();
    StringBuilder text = new StringBuilder(absolute.toString());
    try {
      for (Path file : files(absolute, COPIED + "|" + WEIGHTS)) {
        text.append('\n').append(file.getFileName());
        text.append(' ').append(Files.size(file)).append(' ');
        text.append(Files.getLastModifiedTime(file).toInstant());
      }
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
    return new SourceIdentity(text.toString());
  }

  /// {@return the checkpoint's files that a bundle takes over unchanged}
  ///
  /// @param folder the checkpoint
  static List<Path> copiedFiles(Path folder) {
    try {
      return files(folder, COPIED);
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
  }

  /// {@return a short name for what this checkpoint becomes, different whenever that is different}
  ///
  /// @param precision how matrices are stored
  public String key(Precision precision) {
    String all = description + "\n" + precision + "\n" + BundleManifest.FORMAT;
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(all.getBytes(UTF_8));
      return HexFormat.of().formatHex(digest, 0, 12);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  private static List<Path> files(Path folder, String names) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().matches(names))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    }
  }

  private static RuntimeException unreadable(Path folder, IOException e) {
    return e instanceof NoSuchFileException || e instanceof NotDirectoryException
        ? new InvalidModelException(folder + " is not a folder: give the model's folder", e)
        : new ModelIoException("cannot read " + folder + ": " + e, e);
  }
}
