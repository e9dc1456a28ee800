package dev.dbrx4j.onnx.safetensors;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A safetensors file taken apart, to be changed and written again.
final class SafetensorsEditor {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Path file;
  final ObjectNode header;
  byte[] data;

  SafetensorsEditor(Path file) throws IOException {
    this.file = file;
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] json = new byte[(int) bytes.getLong()];
    bytes.get(json);
    header = (ObjectNode) JSON.readTree(json);
    data = new byte[bytes.remaining()];
    bytes.get(data);
  }

  ObjectNode tensor(String name) {
    return (ObjectNode) header.get(name);
  }

  void setRange(String name, long begin, long end) {
    ArrayNode range = tensor(name).putArray("data_offsets");
    range.add(begin).add(end);
  }

  void setShape(String name, long... shape) {
    ArrayNode dimensions = tensor(name).putArray("shape");
    for (long dimension : shape) {
      dimensions.add(dimension);
    }
  }

  void write() throws IOException {
    writeHeader(JSON.writeValueAsBytes(header));
  }

  /// Writes any bytes as the header.
  void writeHeader(byte[] json) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).array());
    out.writeBytes(json);
    out.writeBytes(data);
    Files.write(file, out.toByteArray());
  }
}
