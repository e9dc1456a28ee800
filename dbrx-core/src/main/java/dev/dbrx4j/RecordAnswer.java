package dev.dbrx4j;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Makes an answer a record: asks for JSON of its form, and reads it.
final class RecordAnswer {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private RecordAnswer() {}

  /// The options with which an answer is the record's JSON.
  static GenerationOptions asking(Class<?> record, GenerationOptions options) {
    if (options.structuredOutput().isPresent()) {
      throw new InvalidRequestException("option structuredOutput is the record's own in this call");
    }
    return options.toBuilder().structuredOutput(StructuredOutput.json(record)).build();
  }

  /// Reads a record.
  static <T> T read(Class<T> record, GenerationResult answer) {
    try {
      return JSON.readValue(answer.text(), record);
    } catch (JacksonException e) {
      throw new InvalidRequestException(
          "the answer, which ended because of %s, cannot be read as a %s: %s"
              .formatted(answer.finishReason(), record.getName(), e.getOriginalMessage()),
          e);
    }
  }
}
