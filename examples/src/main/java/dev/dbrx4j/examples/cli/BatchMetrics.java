package dev.dbrx4j.examples.cli;

import dev.dbrx4j.GenerationOptions;
import dev.dbrx4j.GenerationResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How a batch went, by the names that llm-foundry's `hf_generate` uses. Latencies are in
/// milliseconds. Text is decoded while it is generated, so that has no latency of its own.
final class BatchMetrics {
  private BatchMetrics() {}

  /// @param encodeNanos turning the prompts into tokens
  /// @param generateNanos generating all answers
  static Map<String, Object> of(
      GenerationOptions options,
      List<GenerationResult> results,
      long encodeNanos,
      long generateNanos) {
    List<Integer> inputs = results.stream().map(GenerationResult::promptTokens).toList();
    List<Integer> outputs = results.stream().map(result -> result.tokenIds().length).toList();
    int totalOutput = sum(outputs);
    double total = (encodeNanos + generateNanos) / 1e6;
    Map<String, Object> metrics = new LinkedHashMap<>();
    metrics.put("options", OptionGrid.names(options));
    metrics.put("bs", results.size());
    metrics.put("input_tokens", inputs);
    metrics.put("output_tokens", outputs);
    metrics.put("total_input_tokens", sum(inputs));
    metrics.put("total_output_tokens", totalOutput);
    metrics.put("encode_latency", encodeNanos / 1e6);
    metrics.put("gen_latency", generateNanos / 1e6);
    metrics.put("total_latency", total);
    metrics.put("latency_per_output_token", total / totalOutput);
    metrics.put("output_tok_per_sec", 1000 * totalOutput / total);
    return metrics;
  }

  private static int sum(List<Integer> counts) {
    return counts.stream().mapToInt(Integer::intValue).sum();
  }
}
