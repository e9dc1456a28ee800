package dev.dbrx4j.examples;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// The tiny model that this repository ships, for programs that are given no other. It was trained
/// on stories and simple questions; its README says what it can do.
public final class DefaultModel {
  private static final Path IN_REPOSITORY = Path.of("models", "dbrx-tiny");

  private DefaultModel() {}

  /// {@return its folder: the one that system property `dbrx4j.default-model` names, else
  /// `models/dbrx-tiny` in the working directory or the nearest one above that has it}
  ///
  /// @throws IllegalStateException if there is none
  public static Path folder() {
    String named = System.getProperty("dbrx4j.default-model");
    if (named != null) {
      return Path.of(named);
    }
    return Stream.iterate(Path.of("").toAbsolutePath(), folder -> folder != null, Path::getParent)
        .map(folder -> folder.resolve(IN_REPOSITORY))
        .filter(Files::isDirectory)
        .findFirst()
        .orElseThrow(() ->
            new IllegalStateException(
                "no folder "
                    + IN_REPOSITORY
                    + " here or above: give the folder of a model, or run this in dbrx4j's repository"));
  }
}
