package dev.dbrx4j.examples.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A JSON object a line in, a JSON object a line out. Answers go out as soon as no more input is
/// there, so that a program may ask and wait.
final class JsonLines {
  private JsonLines() {}

  /// Answers each line that is not blank.
  ///
  /// @param answer what to write for an object
  static void answer(Stdio stdio, Function<JsonNode, Object> answer) throws IOException {
    var lines = new BufferedReader(new InputStreamReader(stdio.in(), StandardCharsets.UTF_8));
    int number = 1;
    for (String line = lines.readLine(); line != null; line = lines.readLine(), number++) {
      if (!line.isBlank()) {
        stdio.out().write(answerLine(number, line, answer));
        stdio.out().write('\n');
      }
      if (!lines.ready()) {
        stdio.out().flush();
      }
    }
    stdio.out().flush();
  }

  private static byte[] answerLine(int number, String line, Function<JsonNode, Object> answer)
      throws IOException {
    try {
      return JsonMapper.shared()
          .writeValueAsBytes(answer.apply(JsonMapper.shared().readTree(line)));
    } catch (JacksonException e) {
      throw new IOException("line " + number + ": " + e.getOriginalMessage(), e);
    } catch (RuntimeException e) {
      throw new IOException("line " + number + ": " + e.getMessage(), e);
    }
  }
}
