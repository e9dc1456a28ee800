package dev.dbrx4j.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbrx4j.DbrxModel;
import dev.dbrx4j.GenerationOptions;
import dev.dbrx4j.GenerationResult;
import dev.dbrx4j.LogitsProcessor;
import dev.dbrx4j.Prompt;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class DbrxMetricsTest {
  private static final GenerationOptions FIVE =
      GenerationOptions.builder().maxNewTokens(5).ignoreEos(true).build();

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final DbrxModel model =
      DbrxModel.builder().slots(2).contextLength(64).load(Path.of("../models/dbrx-tiny"));

  @AfterEach
  void close() {
    model.close();
  }

  @Test
  void metersTellWhatRequestsTook() throws Exception {
    new DbrxMetrics(model, "tiny").bindTo(registry);
    GenerationResult result = model.generate(Prompt.ids(10, 11, 12), FIVE);
    model.generate(Prompt.ids(10, 11, 12), FIVE);
    awaitRequests(2);

    var duration = registry.get("gen_ai.client.operation.duration").timer();
    assertThat(duration.getId().getTag("finish_reason")).isEqualTo("LENGTH");
    assertThat(duration.getId().getTag("error.type")).isEqualTo("none");
    assertThat(duration.getId().getTag("gen_ai.request.model")).isEqualTo("tiny");
    assertThat(duration.totalTime(TimeUnit.NANOSECONDS))
        .isGreaterThanOrEqualTo((double) result.timings().total().toNanos());
    assertThat(usage("input")).isEqualTo(6);
    assertThat(usage("output")).isEqualTo(10);
    assertThat(registry.get("gen_ai.server.time_to_first_token").timer().count()).isEqualTo(2);
    assertThat(registry.get("gen_ai.server.time_per_output_token").timer().count()).isEqualTo(2);
    assertThat(count("dbrx.generated.tokens", "gen_ai.request.model", "tiny")).isEqualTo(10);
    assertThat(count("dbrx.requests", "outcome", "finished")).isEqualTo(2);
    assertThat(count("dbrx.requests", "outcome", "failed")).isZero();
    assertThat(count("dbrx.prompt.tokens", "cached", "true")).isEqualTo(2);
    assertThat(count("dbrx.prompt.tokens", "cached", "false")).isEqualTo(4);
    assertThat(registry.get("dbrx.requests.running").gauge().value()).isZero();
    assertThat(registry.get("dbrx.kv.capacity").gauge().value()).isEqualTo(128);
  }

  @Test
  void failuresAreTimedByTheirCause() throws Exception {
    new DbrxMetrics(model, "tiny").bindTo(registry);
    LogitsProcessor broken =
        (_, _) -> {
          throw new IllegalStateException("broken");
        };
    assertThatThrownBy(() ->
            model.generate(
                Prompt.ids(1), GenerationOptions.builder().logitsProcessors(broken).build()))
        .isInstanceOf(IllegalStateException.class);
    model.generate(Prompt.ids(10), FIVE);
    awaitRequests(1);

    Timer failed =
        registry
            .get("gen_ai.client.operation.duration")
            .tag("error.type", "java.lang.IllegalStateException")
            .timer();
    assertThat(failed.count()).isEqualTo(1);
    assertThat(failed.totalTime(TimeUnit.NANOSECONDS)).isPositive();
    assertThat(count("dbrx.requests", "outcome", "failed")).isEqualTo(1);
  }

  @Test
  void nothingIsMeasuredAfterClose() throws Exception {
    DbrxMetrics metrics = new DbrxMetrics(model, "tiny");
    metrics.bindTo(registry);
    model.generate(Prompt.ids(1), FIVE);
    awaitRequests(1);
    metrics.close();
    model.generate(Prompt.ids(1), FIVE);

    model.close(); // brings the events that are left
    assertThat(usage("input")).isEqualTo(1);
  }

  /// Events come on a thread of their own.
  private void awaitRequests(int count) throws InterruptedException {
    while (registry.get("gen_ai.server.time_per_output_token").timer().count() < count) {
      Thread.sleep(5);
    }
  }

  private double usage(String type) {
    return registry
        .get("gen_ai.client.token.usage")
        .tag("gen_ai.token.type", type)
        .summary()
        .totalAmount();
  }

  private double count(String name, String tag, String value) {
    return registry.get(name).tag(tag, value).functionCounter().count();
  }
}
