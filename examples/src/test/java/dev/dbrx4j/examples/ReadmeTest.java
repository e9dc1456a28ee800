package dev.dbrx4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The README is a promise: its Java blocks compile and run as they stand, each in a JVM of its
/// own, in the repository's root.
class ReadmeTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final Pattern BLOCK = Pattern.compile("```(\\w+)\\n(.*?)\\n```", Pattern.DOTALL);

  @TempDir Path folder;

  @ParameterizedTest
  @MethodSource("javaBlocks")
  void javaBlockRuns(String block) throws Exception {
    Path source = folder.resolve("Block.java");
    Files.writeString(
        source,
        "import module java.base;\nimport dev.dbrx4j.*;\nvoid main() {\n" + block + "\n}\n");
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Ddbrx4j.cache=" + folder.resolve("cache"),
                "--class-path",
                classPath(),
                source.toString())
            .directory(ROOT.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("ended").isTrue();
    assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    assertThat(Files.size(output)).as("something was printed").isPositive();
  }

  /// A module of this JVM lies on its module path; a README block runs on the class path.
  private static String classPath() {
    return Stream.of("jdk.module.path", "java.class.path")
        .map(System::getProperty)
        .filter(Objects::nonNull)
        .collect(Collectors.joining(File.pathSeparator));
  }

  /// The dependency that the README names is the one that the quickstart, which CI builds, depends
  /// on.
  @Test
  void dependencyIsTheQuickstarts() throws IOException {
    String pom =
        Files.readString(ROOT.resolve("examples/quickstart/pom.xml")).replaceAll("\\s+", "");
    assertThat(blocks("xml"))
        .isNotEmpty()
        .allSatisfy(block -> {
          assertThat(block).contains("<artifactId>dbrx-onnx</artifactId>");
          assertThat(pom).contains("<artifactId>dbrx-onnx</artifactId>", versionOf(block));
        });
  }

  private static String versionOf(String block) {
    return Pattern.compile("<version>.*?</version>")
        .matcher(block)
        .results()
        .findFirst()
        .orElseThrow()
        .group();
  }

  static Stream<String> javaBlocks() throws IOException {
    List<String> blocks = blocks("java");
    assertThat(blocks).hasSizeGreaterThanOrEqualTo(3);
    return blocks.stream();
  }

  private static List<String> blocks(String language) throws IOException {
    String readme = Files.readString(ROOT.resolve("README.md"), StandardCharsets.UTF_8);
    return BLOCK
        .matcher(readme)
        .results()
        .filter(match -> match.group(1).equals(language))
        .map(match -> match.group(2))
        .toList();
  }
}
