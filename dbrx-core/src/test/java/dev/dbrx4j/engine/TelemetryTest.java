package dev.dbrx4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.dbrx4j.GenerationOptions;
import dev.dbrx4j.LogitsProcessor;
import dev.dbrx4j.ModelStats;
import dev.dbrx4j.ModelStats.Percentiles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TelemetryTest {
  @Test
  void showsWhoWaitsAndWhoRuns() {
    SteppedEngine engine =
        new SteppedEngine(new ScriptedRunner(2, 32), new EngineLimits(100, 10), new int[] {});
    for (int i = 0; i < 3; i++) {
      engine.submit(new int[] {i, 1, 2}, tokens(4));
    }
    engine.step();

    ModelStats stats = engine.stats();
    assertThat(stats.waiting()).isEqualTo(1);
    assertThat(stats.running()).isEqualTo(2);
    assertThat(stats.kvTokens()).isEqualTo(6);
    assertThat(stats.kvCapacity()).isEqualTo(64);
    assertThat(stats.generatedTokens()).isEqualTo(2);

    engine.runUntilIdle();
    assertThat(engine.stats().running()).isZero();
    assertThat(engine.stats().kvTokens()).isZero();
    assertThat(engine.stats().finished()).isEqualTo(3);
    assertThat(engine.stats().generatedTokens()).isEqualTo(12);
  }

  @Test
  void countsWhatTheCacheSaved() {
    SteppedEngine engine =
        new SteppedEngine(new ScriptedRunner(2, 32), new EngineLimits(100, 10), new int[] {});
    engine.generate(new int[] {1, 2, 3}, tokens(1));
    engine.generate(new int[] {1, 2, 3}, tokens(1));

    assertThat(engine.stats().promptTokens()).isEqualTo(6);
    assertThat(engine.stats().cachedPromptTokens()).isEqualTo(2);
  }

  @Test
  void whoeverHasAResultFindsItInTheStatistics() {
    SteppedEngine engine =
        new SteppedEngine(new ScriptedRunner(1, 32), new EngineLimits(100, 10), new int[] {});
    List<ModelStats> seen = new ArrayList<>();
    LogitsProcessor witness = (_, _) -> seen.add(engine.stats());
    engine.submit(new int[] {1, 2, 3}, tokens(4));
    engine.submit(
        new int[] {4, 5, 6},
        GenerationOptions.builder().maxNewTokens(1).logitsProcessors(witness).build());
    engine.runUntilIdle();

    // The second prompt runs in the step in which the first request ended.
    assertThat(seen).map(ModelStats::finished).containsExactly(1L);
    assertThat(seen).map(ModelStats::generatedTokens).containsExactly(4L);
  }

  @Test
  void ratesTheLastTenSeconds() {
    RecentRate rate = new RecentRate(0);
    for (int second = 0; second < 100; second++) {
      rate.add(second < 50 ? 3 : 7, second * 1_000_000_000L);
    }

    assertThat(rate.perSecond(100_000_000_000L)).isEqualTo(7);
    assertThat(rate.perSecond(105_000_000_000L)).isCloseTo(3.5, within(0.01));
    assertThat(rate.perSecond(200_000_000_000L)).isZero();
  }

  @Test
  void findsPercentiles() {
    RecentDurations durations = new RecentDurations();
    assertThat(durations.percentiles())
        .isEqualTo(new Percentiles(Duration.ZERO, Duration.ZERO, Duration.ZERO));

    IntStream.rangeClosed(1, 3000).forEach(i -> durations.add(Duration.ofMillis(i)));

    assertThat(durations.percentiles())
        .isEqualTo(
            new Percentiles(
                Duration.ofMillis(2500), Duration.ofMillis(2900), Duration.ofMillis(2990)));
  }

  private static GenerationOptions tokens(int count) {
    return GenerationOptions.builder().maxNewTokens(count).build();
  }
}
