package dev.dbrx4j.sampling;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.dbrx4j.GenerationOptions;
import dev.dbrx4j.GenerationOptions.EarlyStopping;
import dev.dbrx4j.sampling.RandomModel.Text;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/// Beam search against trying everything, with beams enough that nothing has to be dropped: on
/// random models of up to five tokens, none to all but one of which end a text, for all lengths,
/// length penalties and rules for stopping.
class ExhaustiveBeamTest {
  private static final List<EarlyStopping> RULES =
      List.of(EarlyStopping.HEURISTIC, EarlyStopping.FIRST, EarlyStopping.NEVER);

  @RepeatedTest(300)
  void findsWhatTryingEverythingFinds(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    int vocabSize = 2 + random.nextInt(4);
    RandomModel model = new RandomModel(vocabSize, random.nextInt(vocabSize), random);
    int maxTokens = 1 + random.nextInt(vocabSize > 3 ? 4 : 5);
    GenerationOptions options =
        GenerationOptions.builder()
            .maxNewTokens(maxTokens)
            .numBeams(Math.max(2, enoughBeams(model, maxTokens)))
            .samples(1000)
            .lengthPenalty(3 * random.nextDouble() - 1)
            .earlyStopping(RULES.get(random.nextInt(3)))
            .build();

    List<BeamAnswer> expected = exhaustive(model, options);
    List<BeamAnswer> found = search(model, options);

    Map<List<Integer>, Double> scores =
        model.texts(maxTokens).stream().collect(toMap(Text::tokens, text -> score(text, options)));
    assertThat(found).as(options.toString()).hasSameSizeAs(expected);
    for (int i = 0; i < found.size(); i++) {
      double score = found.get(i).score();
      assertThat(score).as(options.toString()).isCloseTo(expected.get(i).score(), within(1e-5));
      assertThat(score).isCloseTo(scores.get(found.get(i).tokens()), within(1e-5));
    }
    assertThat(found.stream().map(BeamAnswer::tokens)).doesNotHaveDuplicates();
  }

  /// So many that every text that goes on has a beam, and every one that ends ranks among them.
  private static int enoughBeams(RandomModel model, int maxTokens) {
    int goOn = model.vocabSize() - model.eosIds().length;
    double running = Math.pow(goOn, maxTokens - 1);
    double ranked = maxTokens == 1 ? 1 : Math.pow(goOn, maxTokens - 2) * model.vocabSize();
    return (int) Math.max(running, ranked);
  }

  private static List<BeamAnswer> exhaustive(RandomModel model, GenerationOptions options) {
    int maxTokens = options.maxNewTokens();
    List<Text> texts = model.texts(maxTokens);
    int end =
        IntStream.range(1, maxTokens)
            .filter(length -> stops(texts, length, options))
            .findFirst()
            .orElse(maxTokens);
    return bestAnswers(texts, end, options);
  }

  /// Whether the rule ends the search when texts of a length are through. No rule is needed for
  /// "never": it must find the best there are.
  private static boolean stops(List<Text> texts, int length, GenerationOptions options) {
    List<BeamAnswer> answers = bestAnswers(texts, length, options);
    if (answers.size() < options.numBeams()) {
      return false;
    }
    double bestRunning =
        texts.stream()
            .filter(text -> text.tokens().size() == length && !text.ended())
            .mapToDouble(text -> score(text, options))
            .max()
            .orElseThrow();
    return switch (options.earlyStopping()) {
      case FIRST -> true;
      case HEURISTIC -> bestRunning <= answers.getLast().score();
      case NEVER -> false;
    };
  }

  private static List<BeamAnswer> bestAnswers(
      List<Text> texts, int length, GenerationOptions options) {
    return texts.stream()
        .filter(text -> text.tokens().size() <= length)
        .filter(text -> text.ended() || text.tokens().size() == options.maxNewTokens())
        .map(text -> new BeamAnswer(text.tokens(), score(text, options)))
        .sorted(Comparator.comparingDouble(BeamAnswer::score).reversed())
        .limit(options.numBeams())
        .toList();
  }

  private static double score(Text text, GenerationOptions options) {
    return text.logProbability() / Math.pow(text.tokens().size(), options.lengthPenalty());
  }

  private static List<BeamAnswer> search(RandomModel model, GenerationOptions options) {
    BeamSearch search = new BeamSearch(options, model.vocabSize(), model.eosIds(), new int[] {0});
    List<List<Integer>> beams = List.of(List.of(0));
    while (search.advance(model.rows(beams))) {
      beams = BeamSearchTest.continued(beams, search);
    }
    return search.answers();
  }
}
