package dev.dbrx4j.engine;

import dev.dbrx4j.GenerationOptions;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.state.Action;
import net.jqwik.api.state.ActionChain;
import net.jqwik.api.state.Transformer;

/// Random lives of an engine: callers submit, read, dawdle, cancel and run out of time while passes
/// fail or are terminated and the engine is shut down.
final class EngineProperties {
  @Property(tries = 100)
  void keepsItsBooksAndItsPromises(@ForAll("lives") ActionChain<EngineUnderTest> life) {
    run(life);
  }

  /// The same for millions of steps: `mvn verify -pl dbrx-core -am -Dgroups=slow
  /// -DexcludedGroups=`.
  @Property(tries = 20_000, shrinking = ShrinkingMode.BOUNDED)
  @Tag("slow")
  void keepsItsBooksAndItsPromisesForMillionsOfSteps(
      @ForAll("lives") ActionChain<EngineUnderTest> life) {
    run(life);
  }

  private static void run(ActionChain<EngineUnderTest> life) {
    life.withInvariant(EngineUnderTest::check).run().finish();
  }

  @Provide
  Arbitrary<ActionChain<EngineUnderTest>> lives() {
    return ActionChain.startWith(EngineUnderTest::new)
        .withAction(12, just("step", EngineUnderTest::step))
        .withAction(5, submit())
        .withAction(5, choose("read", EngineUnderTest::read))
        .withAction(1, choose("cancel", EngineUnderTest::cancel))
        .withAction(1, choose("fail pass", (engine, choice) -> engine.failPass(1 + choice % 4)))
        .withAction(
            1, choose("terminate pass", (engine, choice) -> engine.terminatePass(1 + choice % 4)))
        .withAction(1, just("a second later", EngineProperties::aSecondLater))
        .withAction(1, just("abandon", EngineUnderTest::abandon))
        .withMaxTransformations(120);
  }

  private static void aSecondLater(EngineUnderTest engine) {
    engine.advanceClock(Duration.ofSeconds(1));
  }

  private static Action<EngineUnderTest> submit() {
    Arbitrary<int[]> prompts =
        Arbitraries.integers()
            .between(1, 2) // so that many prompts begin alike
            .array(int[].class)
            .ofMinSize(1)
            .ofMaxSize(EngineUnderTest.MAX_PROMPT);
    Arbitrary<Integer> streamCapacities = Arbitraries.integers().between(0, 3);
    return (Action.Independent<EngineUnderTest>)
        () ->
            Combinators.combine(prompts, options(), streamCapacities)
                .as((prompt, options, capacity) ->
                    Transformer.mutate(
                        "submit %d tokens, %s, capacity %d"
                            .formatted(prompt.length, options, capacity),
                        engine -> engine.submit(prompt, options, capacity)));
  }

  private static Arbitrary<GenerationOptions> options() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 16),
            Arbitraries.of(0.0, 0.0, 1.0),
            Arbitraries.longs().between(0, 1000),
            Arbitraries.of(0, 0, 1, 3),
            Arbitraries.of(0, 0, 3))
        .as(EngineProperties::options);
  }

  private static GenerationOptions options(
      int maxNewTokens, double temperature, long seed, int timeoutSeconds, int lookup) {
    GenerationOptions.Builder options =
        GenerationOptions.builder()
            .maxNewTokens(maxNewTokens)
            .temperature(temperature)
            .seed(seed)
            .promptLookupNumTokens(lookup);
    return timeoutSeconds == 0
        ? options.build()
        : options.timeout(Duration.ofSeconds(timeoutSeconds)).build();
  }

  private static Action<EngineUnderTest> choose(
      String name, BiConsumer<EngineUnderTest, Integer> action) {
    return (Action.Independent<EngineUnderTest>)
        () ->
            Arbitraries.integers()
                .between(0, 99)
                .map(choice ->
                    Transformer.mutate(
                        name + " " + choice, engine -> action.accept(engine, choice)));
  }

  private static Action<EngineUnderTest> just(String name, Consumer<EngineUnderTest> action) {
    return Action.just(Transformer.mutate(name, action));
  }
}
