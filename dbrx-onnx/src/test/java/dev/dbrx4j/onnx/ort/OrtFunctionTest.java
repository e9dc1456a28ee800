package dev.dbrx4j.onnx.ort;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Pins the slots to the order of functions in the C header of the version in use.
class OrtFunctionTest {
  private static final Map<String, Integer> SLOTS = slots();

  @ParameterizedTest
  @EnumSource
  void slotIsTheHeaders(OrtFunction function) {
    String name = function.name().replace("_", "");
    assertThat(SLOTS).as(name).containsEntry(name, function.slot);
  }

  private static Map<String, Integer> slots() {
    String list = "ort-api-" + OrtRuntime.VERSION + ".txt";
    try (var in = OrtFunctionTest.class.getResourceAsStream(list)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(line -> line.split(" "))
          .collect(
              toMap(
                  words -> words[0].replace("_", "").toUpperCase(java.util.Locale.ROOT),
                  words -> Integer.valueOf(words[1])));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
