package dev.dbrx4j.micrometer;

import dev.dbrx4j.DbrxModel;
import dev.dbrx4j.GenerationResult;
import dev.dbrx4j.ModelEvent;
import dev.dbrx4j.ModelListener;
import dev.dbrx4j.ModelStats;
import dev.dbrx4j.Timings;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// Binds a model to Micrometer:
///
/// ```java
/// new DbrxMetrics(model, "dbrx-instruct").bindTo(registry);
/// ```
///
/// What a request took is measured under OpenTelemetry's names for generative models:
/// `gen_ai.client.operation.duration`, `gen_ai.client.token.usage` (tagged `gen_ai.token.type`
/// input or output), `gen_ai.server.time_to_first_token` and `gen_ai.server.time_per_output_token`.
/// What that convention has no name for starts with `dbrx`: requests waiting and running, slots,
/// tokens in the KV cache and its capacity, counts of requests by outcome, of tokens generated, and
/// of prompt tokens, cached or not.
///
/// Counts are exact. Requests are measured as events tell of them, of which some are dropped if
/// thousands come at once.
public final class DbrxMetrics implements MeterBinder, AutoCloseable {
  private static final String NONE = "none";

  private final DbrxModel model;
  private final Tags tags;
  private final List<ModelListener> listeners = new ArrayList<>();

  /// Prepares binding.
  ///
  /// @param model the model, which this keeps reachable
  /// @param name what it is called in tag `gen_ai.request.model`
  public DbrxMetrics(DbrxModel model, String name) {
    this.model = model;
    this.tags =
        Tags.of(
            "gen_ai.operation.name", "text_completion",
            "gen_ai.provider.name", "dbrx4j",
            "gen_ai.request.model", name);
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    gauge(registry, "dbrx.requests.waiting", ModelStats::waiting);
    gauge(registry, "dbrx.requests.running", ModelStats::running);
    gauge(registry, "dbrx.slots", ModelStats::slots);
    gauge(registry, "dbrx.kv.tokens", ModelStats::kvTokens);
    gauge(registry, "dbrx.kv.capacity", ModelStats::kvCapacity);
    count(registry, "dbrx.requests", "outcome", "finished", ModelStats::finished);
    count(registry, "dbrx.requests", "outcome", "failed", ModelStats::failed);
    count(registry, "dbrx.requests", "outcome", "refused", ModelStats::refused);
    count(registry, "dbrx.prompt.tokens", "cached", "true", ModelStats::cachedPromptTokens);
    count(registry, "dbrx.prompt.tokens", "cached", "false", DbrxMetrics::uncachedPromptTokens);
    count(registry, "dbrx.generated.tokens", ModelStats::generatedTokens);
    count(registry, "dbrx.draft.tokens", "accepted", "true", ModelStats::acceptedDraftTokens);
    count(registry, "dbrx.draft.tokens", "accepted", "false", DbrxMetrics::rejectedDraftTokens);
    Requests requests = new Requests(registry);
    synchronized (listeners) {
      listeners.add(requests);
    }
    model.addListener(requests);
  }

  private static double uncachedPromptTokens(ModelStats stats) {
    return stats.promptTokens() - stats.cachedPromptTokens();
  }

  private static double rejectedDraftTokens(ModelStats stats) {
    return stats.draftTokens() - stats.acceptedDraftTokens();
  }

  private void gauge(MeterRegistry registry, String name, ToDoubleFunction<ModelStats> value) {
    Gauge.builder(name, model, each -> value.applyAsDouble(each.stats()))
        .tags(tags)
        .strongReference(true)
        .register(registry);
  }

  private void count(
      MeterRegistry registry,
      String name,
      String tag,
      String tagValue,
      ToDoubleFunction<ModelStats> value) {
    count(registry, name, tags.and(tag, tagValue), value);
  }

  private void count(MeterRegistry registry, String name, ToDoubleFunction<ModelStats> value) {
    count(registry, name, tags, value);
  }

  private void count(
      MeterRegistry registry, String name, Tags all, ToDoubleFunction<ModelStats> value) {
    FunctionCounter.builder(name, model, each -> value.applyAsDouble(each.stats()))
        .tags(all)
        .register(registry);
  }

  /// Measures no more requests. Meters stay in their registries, with the counts that the model
  /// tells of.
  @Override
  public void close() {
    synchronized (listeners) {
      listeners.forEach(model::removeListener);
      listeners.clear();
    }
  }

  /// Measures requests as they end.
  private final class Requests implements ModelListener {
    private final MeterRegistry registry;
    private final DistributionSummary input;
    private final DistributionSummary output;
    private final Timer timeToFirstToken;
    private final Timer timePerOutputToken;

    Requests(MeterRegistry registry) {
      this.registry = registry;
      input = tokens("input");
      output = tokens("output");
      timeToFirstToken = timer("gen_ai.server.time_to_first_token");
      timePerOutputToken = timer("gen_ai.server.time_per_output_token");
    }

    private DistributionSummary tokens(String type) {
      return DistributionSummary.builder("gen_ai.client.token.usage")
          .tags(tags.and("gen_ai.token.type", type))
          .baseUnit("tokens")
          .register(registry);
    }

    private Timer timer(String name, String... more) {
      return Timer.builder(name)
          .tags(tags.and(more))
          .publishPercentileHistogram()
          .register(registry);
    }

    /// Always with the same tags, as some registries demand of meters of one name.
    private Timer duration(String finishReason, String errorType) {
      return timer(
          "gen_ai.client.operation.duration",
          "finish_reason",
          finishReason,
          "error.type",
          errorType);
    }

    @Override
    public void on(ModelEvent event) {
      switch (event) {
        case ModelEvent.Finished finished -> measure(finished.result());
        case ModelEvent.Failed failed ->
            duration(NONE, failed.cause().getClass().getName()).record(failed.total());
        default -> {}
      }
    }

    private void measure(GenerationResult result) {
      Timings timings = result.timings();
      duration(result.finishReason().name(), NONE).record(timings.total());
      input.record(result.promptTokens());
      output.record(result.tokenIds().length);
      if (result.tokenIds().length > 0) {
        timeToFirstToken.record(timings.timeToFirstToken());
      }
      if (timings.decodedTokens() > 0) {
        timePerOutputToken.record(timings.decode().dividedBy(timings.decodedTokens()));
      }
    }
  }
}
