package dev.dbrx4j.bench.cpu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Runs llama.cpp's own benchmark program.
///
/// @param program `llama-bench`
/// @param threads that it may use
record LlamaBench(Path program, int threads) implements Peer {
  @Override
  public String title() {
    return "llama.cpp";
  }

  @Override
  public double prefill(Path model, int tokens) throws IOException {
    return run(model, "-p", Integer.toString(tokens), "-n", "0");
  }

  @Override
  public double decode(Path model, int context, int tokens) throws IOException {
    return run(model, "-p", "0", "-n", Integer.toString(tokens), "-d", Integer.toString(context));
  }

  private double run(Path model, String... test) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(program.toString());
    command.addAll(List.of("-m", model.toString(), "-t", Integer.toString(threads)));
    command.addAll(List.of("-r", "1", "-o", "json"));
    command.addAll(List.of(test));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String json = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException(String.join(" ", command) + " failed with " + process.exitValue());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    JsonNode results = JsonMapper.shared().readTree(json);
    return results.get(0).get("avg_ts").asDouble();
  }
}
