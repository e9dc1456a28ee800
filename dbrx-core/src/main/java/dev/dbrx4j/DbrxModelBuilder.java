package dev.dbrx4j;

import dev.dbrx4j.PromptEncoder.Language;
import dev.dbrx4j.checkpoint.Ahead;
import dev.dbrx4j.engine.Engine;
import dev.dbrx4j.engine.EngineLimits;
import dev.dbrx4j.engine.Vocabulary;
import dev.dbrx4j.spi.ModelRunner;
import dev.dbrx4j.spi.ModelRunnerProvider;
import dev.dbrx4j.spi.RunnerOptions;
import dev.dbrx4j.tokenizer.ChatTemplate;
import dev.dbrx4j.tokenizer.DbrxTokenizer;
import dev.dbrx4j.tokenizer.TokenizerException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.ServiceLoader;
import java.util.stream.IntStream;

/// How a model is to be opened. From [DbrxModel#builder()].
///
/// Memory is dominated by the weights, then by the KV cache, which takes room for [#slots(int)]
/// times [#contextLength(int)] tokens from the start.
public final class DbrxModelBuilder {
  private static final List<String> DBRX_EOS = List.of("<|endoftext|>", "<|im_end|>");

  /// A smaller vocabulary than DBRX's tokens cannot be DBRX's.
  private static final int DBRX_TOKENS = 100280;

  private int slots = 4;
  private OptionalInt contextLength = OptionalInt.empty();
  private OptionalInt threads = OptionalInt.empty();
  private Device device = Device.cpu();
  private Optional<Path> cacheFolder = Optional.empty();
  private Optional<Precision> precision = Optional.empty();
  private ProgressListener progress = ProgressListener.none();
  private int stepTokens = 512;
  private int queueBound = 1024;
  private OverflowPolicy overflow = OverflowPolicy.ERROR;
  private GenerationOptions defaults = GenerationOptions.defaults();

  DbrxModelBuilder() {}

  /// Sets how many sequences can run side by side.
  ///
  /// @param count 1 or more; 4 unless set
  /// @return this builder
  public DbrxModelBuilder slots(int count) {
    slots = atLeast(1, count, "slots");
    return this;
  }

  /// Sets how long a sequence can get, prompt and output together.
  ///
  /// @param tokens 2 or more; the model's own maximum unless set
  /// @return this builder
  public DbrxModelBuilder contextLength(int tokens) {
    contextLength = OptionalInt.of(atLeast(2, tokens, "contextLength"));
    return this;
  }

  /// Sets how many threads a forward pass uses.
  ///
  /// @param count 1 or more; one a physical core unless set
  /// @return this builder
  public DbrxModelBuilder threads(int count) {
    threads = OptionalInt.of(atLeast(1, count, "threads"));
    return this;
  }

  /// Sets where the model runs.
  ///
  /// @param where such as `Device.cuda(0)`; the processor unless set
  /// @return this builder
  public DbrxModelBuilder device(Device where) {
    device = where;
    return this;
  }

  /// Sets where exported bundles are kept.
  ///
  /// @param folder is created if need be; the user's cache folder unless set
  /// @return this builder
  public DbrxModelBuilder cacheFolder(Path folder) {
    cacheFolder = Optional.of(folder);
    return this;
  }

  /// Sets how the model's matrices are stored. A checkpoint is exported so; a bundle must be so.
  ///
  /// @param precision [Precision#FP32] for a checkpoint, and a bundle's own, unless set
  /// @return this builder
  public DbrxModelBuilder precision(Precision precision) {
    this.precision = Optional.of(precision);
    return this;
  }

  /// Sets who is told how loading goes on.
  ///
  /// @param listener called on the loading thread
  /// @return this builder
  public DbrxModelBuilder progress(ProgressListener listener) {
    progress = listener;
    return this;
  }

  /// Bounds the tokens that one step of the engine runs. Each step takes every running sequence a
  /// token further and spends the rest on prompts: a larger bound prefills faster, a smaller one
  /// makes the streams of others wait less for it.
  ///
  /// @param tokens more than there are slots; 512 unless set
  /// @return this builder
  public DbrxModelBuilder stepTokens(int tokens) {
    stepTokens = atLeast(2, tokens, "stepTokens");
    return this;
  }

  /// Bounds the requests that wait for a slot; the next one gets a [QueueFullException].
  ///
  /// @param requests 1 or more; 1024 unless set
  /// @return this builder
  public DbrxModelBuilder queueBound(int requests) {
    queueBound = atLeast(1, requests, "queueBound");
    return this;
  }

  /// Sets what to do with prompts that do not fit into the context.
  ///
  /// @param policy [OverflowPolicy#ERROR] unless set
  /// @return this builder
  public DbrxModelBuilder overflow(OverflowPolicy policy) {
    overflow = policy;
    return this;
  }

  /// Sets options that apply where a call sets nothing, such as a timeout; they go over those in
  /// the model's `generation_config.json`.
  ///
  /// @param options the options
  /// @return this builder
  public DbrxModelBuilder defaultOptions(GenerationOptions options) {
    defaults = options;
    return this;
  }

  private static int atLeast(int least, int value, String name) {
    if (value < least) {
      throw new InvalidRequestException(
          "option %s is %d, allowed: %d or more".formatted(name, value, least));
    }
    return value;
  }

  /// Loads the model.
  ///
  /// @param folder a Hugging Face checkpoint, exported into the cache folder first if that was not
  ///   done before, or an exported bundle
  /// @return the model, to be closed
  /// @throws DbrxException if the folder holds no usable model or the runtime cannot start
  public DbrxModel load(Path folder) {
    if (stepTokens <= slots) {
      throw new InvalidRequestException(
          "option stepTokens is %d, allowed: more than the %d slots".formatted(stepTokens, slots));
    }
    RunnerOptions options =
        new RunnerOptions(
            slots, contextLength, threads, device, stepTokens, cacheFolder, precision, progress);
    try (Ahead<DbrxTokenizer> tokenizer =
        Ahead.start("dbrx4j-tokenizer", () -> tokenizer(folder))) {
      ModelRunner runner = provider().open(folder, options);
      try {
        Optional<Language> language = language(tokenizer, folder, runner.config());
        return start(runner, language, GenerationConfig.read(folder));
      } catch (RuntimeException | Error e) {
        runner.close();
        throw e;
      }
    }
  }

  private static ModelRunnerProvider provider() {
    return ServiceLoader.load(ModelRunnerProvider.class)
        .findFirst()
        .orElseThrow(() ->
            new NativeRuntimeException(
                "nothing on the module or class path runs models: add dev.dbrx4j:dbrx-onnx"));
  }

  /// The tokenizer in the folder, else DBRX's own.
  private static DbrxTokenizer tokenizer(Path folder) {
    return DbrxTokenizer.load(folder).orElseGet(DbrxTokenizer::bundled);
  }

  /// Nothing if the folder has no tokenizer and the vocabulary has no room for DBRX's own.
  private static Optional<Language> language(
      Ahead<DbrxTokenizer> loading, Path folder, DbrxConfig config) {
    try {
      DbrxTokenizer tokenizer = loading.get();
      boolean usable =
          config.vocabSize() >= DBRX_TOKENS || !tokenizer.equals(DbrxTokenizer.bundled());
      return usable
          ? Optional.of(new Language(tokenizer, ChatTemplate.load(folder)))
          : Optional.empty();
    } catch (TokenizerException e) {
      throw new InvalidModelException("the tokenizer cannot be loaded: " + e.getMessage(), e);
    }
  }

  /// Starts a model on a runner, which it will close.
  DbrxModel start(ModelRunner runner, Optional<Language> language, GenerationConfig generation) {
    DbrxConfig config = runner.config();
    Optional<DbrxTokenizer> tokenizer = language.map(Language::tokenizer);
    int size = config.vocabSize();
    int[] eosIds = eosIds(generation.eosTokenIds(), tokenizer).filter(id -> id < size).toArray();
    Vocabulary vocabulary = new Vocabulary(size, eosIds, tokenizer);
    return new DbrxModel(
        config,
        new PromptEncoder(language, size, runner.maxContext(), overflow),
        defaults.withDefaults(generation.defaults()),
        Engine.start(runner, vocabulary, new EngineLimits(stepTokens, queueBound)));
  }

  private static IntStream eosIds(List<Integer> listed, Optional<DbrxTokenizer> tokenizer) {
    if (listed.isEmpty() && tokenizer.isPresent()) {
      return DBRX_EOS.stream().flatMapToInt(name -> tokenizer.get().specialId(name).stream());
    }
    return listed.stream().mapToInt(Integer::intValue);
  }
}
