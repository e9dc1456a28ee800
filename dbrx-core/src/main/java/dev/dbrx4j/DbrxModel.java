package dev.dbrx4j;

import dev.dbrx4j.PromptEncoder.Language;
import dev.dbrx4j.engine.Engine;
import dev.dbrx4j.engine.Generation;
import dev.dbrx4j.engine.Request;
import dev.dbrx4j.sampling.Constraint;
import dev.dbrx4j.sampling.TokenSampler;
import dev.dbrx4j.spi.LogitsRows;
import dev.dbrx4j.tokenizer.DbrxTokenizer;
import java.lang.ref.Cleaner;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.stream.IntStream;

/// A loaded DBRX model. Any number of threads may call it at once: an engine thread runs their
/// requests side by side on as many slots as the model was opened with.
///
/// ```java
/// try (DbrxModel model = DbrxModel.load(Path.of("dbrx-instruct"))) {
///   System.out.println(model.generate("Once upon a time").text());
/// }
/// ```
///
/// A call's options go over the model's defaults, which are those of its `generation_config.json`.
/// That file also lists the end-of-sequence tokens; where it names none, they are `<|endoftext|>`
/// and `<|im_end|>` if the model has a tokenizer, and there are none otherwise.
///
/// Every call ends in one of three ways: with a result, whose [FinishReason] may be that it was
/// cancelled; with an [InvalidRequestException] or [QueueFullException] before anything ran; or
/// with another [DbrxException] when the model failed or was closed. Interrupting a waiting caller
/// cancels its request: the call then returns what there was, and the interrupt flag stays set.
public final class DbrxModel implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(DbrxModel.class.getName());
  private static final Cleaner LEAKS = Cleaner.create();

  /// Chunks that wait for a stream's reader before its generation pauses.
  private static final int STREAM_CAPACITY = 64;

  private final DbrxConfig config;
  private final PromptEncoder encoder;
  private final GenerationOptions defaults;
  private final Engine engine;
  private final PromptRun prompts;

  DbrxModel(DbrxConfig config, PromptEncoder encoder, GenerationOptions defaults, Engine engine) {
    this.config = config;
    this.encoder = encoder;
    this.defaults = defaults;
    this.engine = engine;
    prompts = new PromptRun(engine, config.vocabSize());
    LEAKS.register(this, () -> warnUnlessClosed(engine));
  }

  private static void warnUnlessClosed(Engine engine) {
    if (!engine.isClosed()) {
      LOG.log(System.Logger.Level.WARNING, "a DbrxModel was dropped without close()");
    }
  }

  /// Loads a model with default settings.
  ///
  /// @param folder a Hugging Face checkpoint, exported into the user's cache folder first if that
  ///   was not done before, or an exported bundle
  /// @return the model, to be closed
  /// @throws DbrxException if the folder holds no usable model or the runtime cannot start
  public static DbrxModel load(Path folder) {
    return builder().load(folder);
  }

  /// {@return a builder, for what [#load(Path)] leaves at its default}
  public static DbrxModelBuilder builder() {
    return new DbrxModelBuilder();
  }

  /// Continues a text with the model's default options.
  ///
  /// @param text the beginning
  /// @return what follows
  public GenerationResult generate(String text) {
    return generate(text, GenerationOptions.defaults());
  }

  /// Continues a text.
  ///
  /// @param text the beginning
  /// @param options go over the model's defaults
  /// @return what follows
  public GenerationResult generate(String text, GenerationOptions options) {
    return generate(Prompt.text(text), options);
  }

  /// Continues a prompt, waiting for the end.
  ///
  /// @param prompt text, token ids or a conversation
  /// @param options go over the model's defaults
  /// @return what follows; of a beam search the best answer
  public GenerationResult generate(Prompt prompt, GenerationOptions options) {
    if (merged(options).numBeams() > 1) {
      return samples(prompt, options).getFirst();
    }
    return submit(prompt, options, 0).result();
  }

  /// Continues a prompt several times, prefilling it only once, or searches for several answers.
  ///
  /// @param prompt text, token ids or a conversation
  /// @param options go over the model's defaults; [GenerationOptions#samples()] says how many
  /// @return the samples; of a beam search the answers found, best first
  public List<GenerationResult> samples(Prompt prompt, GenerationOptions options) {
    GenerationOptions merged = merged(options);
    int[] ids = encode(prompt, merged);
    if (merged.numBeams() > 1) {
      return new BeamRun(engine, ids, merged).results();
    }
    List<Request> requests =
        IntStream.range(0, merged.samples())
            .mapToObj(i -> new Request(ids, sample(merged, i), 0, null))
            .toList();
    return engine.submit(requests).stream().map(Generation::result).toList();
  }

  /// Continues a prompt with the JSON of a record. The prompt should say what the components mean;
  /// that they come, and in which form, is sure.
  ///
  /// @param <T> the record
  /// @param record what to read; see [StructuredOutput#json(Class)]
  /// @param prompt text, token ids or a conversation
  /// @param options go over the model's defaults; all but `structuredOutput`
  /// @return the record
  /// @throws InvalidRequestException if it was cancelled or late, or the record cannot be made
  public <T> T callAs(Class<T> record, Prompt prompt, GenerationOptions options) {
    return RecordAnswer.read(record, generate(prompt, RecordAnswer.asking(record, options)));
  }

  /// Continues a text with the JSON of a record, with the model's default options.
  ///
  /// @param <T> the record
  /// @param record what to read; see [StructuredOutput#json(Class)]
  /// @param text the beginning
  /// @return the record
  public <T> T callAs(Class<T> record, String text) {
    return callAs(record, Prompt.text(text), GenerationOptions.defaults());
  }

  /// Computes how likely continuations of a prompt are. What they share is run once.
  ///
  /// @param prompt text, token ids or a conversation
  /// @param continuations texts that are encoded by themselves: where a word begins, begin with a
  ///   space
  /// @return their scores, in the same order
  public List<Score> score(Prompt prompt, List<String> continuations) {
    int[] before = encode(prompt, merged(GenerationOptions.defaults()));
    List<int[]> ids = continuations.stream().map(text -> encoder.appended(before, text)).toList();
    return prompts.score(before, ids);
  }

  private static GenerationOptions sample(GenerationOptions options, int index) {
    GenerationOptions.Builder one = options.toBuilder().samples(1);
    options.seed().ifPresent(seed -> one.seed(seed + index));
    return one.build();
  }

  /// Continues a text, handing it over as it comes.
  ///
  /// @param text the beginning
  /// @param options go over the model's defaults
  /// @return what follows; closing it cancels the generation
  public TokenStream stream(String text, GenerationOptions options) {
    return stream(Prompt.text(text), options);
  }

  /// Continues a prompt, handing the output over as it comes.
  ///
  /// @param prompt text, token ids or a conversation
  /// @param options go over the model's defaults
  /// @return what follows; closing it cancels the generation
  public TokenStream stream(Prompt prompt, GenerationOptions options) {
    return new TokenStream(submit(prompt, options, STREAM_CAPACITY));
  }

  /// Continues a prompt without waiting.
  ///
  /// @param prompt text, token ids or a conversation
  /// @param options go over the model's defaults
  /// @return completes with what follows, on a virtual thread; cancelling or completing it
  ///   otherwise cancels the generation
  public CompletableFuture<GenerationResult> generateAsync(
      Prompt prompt, GenerationOptions options) {
    Generation generation = submit(prompt, options, 0);
    CompletableFuture<GenerationResult> future = new CompletableFuture<>();
    var _ = future.whenComplete((_, _) -> generation.cancel());
    Thread.startVirtualThread(() -> complete(future, generation));
    return future;
  }

  private static void complete(CompletableFuture<GenerationResult> future, Generation generation) {
    try {
      future.complete(generation.result());
    } catch (RuntimeException | Error e) {
      future.completeExceptionally(e);
    }
  }

  /// Continues a prompt for a subscriber, as fast as it asks for chunks.
  ///
  /// @param prompt text, token ids or a conversation
  /// @param options go over the model's defaults
  /// @return takes one subscriber, which is called on a virtual thread; the generation starts with
  ///   its subscription, and what goes wrong from then on reaches its `onError`, exceptions that
  ///   itself throws included
  public Flow.Publisher<TokenChunk> publisher(Prompt prompt, GenerationOptions options) {
    return new TokenPublisher(() -> stream(prompt, options));
  }

  /// {@return an empty conversation}
  public Chat chat() {
    return new Chat(this);
  }

  /// Computes raw logits: the scores of the next token after the last or every position. What a
  /// call before has left in the KV cache is not run again. An interrupt ends it early.
  ///
  /// @param ids token ids, at most as many as the context length
  /// @param rows which positions to deliver
  /// @param chunk tokens that a forward pass runs at most, 1 or more
  /// @param consumer takes them in order, on the calling thread
  public void logits(int[] ids, LogitsRows rows, int chunk, LogitsConsumer consumer) {
    encoder.checkIds(ids, chunk);
    prompts.logits(ids, rows, chunk, consumer);
  }

  /// {@return a conversation that the model keeps in mind}
  public Session newSession() {
    return new Session(this, encoder, List.of(), new int[0]);
  }

  /// Restores a saved session. Its part of the KV cache is loaded if a slot is free.
  ///
  /// @param file what [Session#save(Path)] wrote
  /// @return the session
  /// @throws InvalidRequestException if the file is damaged, of another version, or another model's
  /// @throws ModelIoException if it cannot be read
  public Session restoreSession(Path file) {
    SessionFile.Content saved = new SessionFile(file, engine).read(config.vocabSize());
    return new Session(this, encoder, saved.messages(), saved.ids());
  }

  SessionFile sessionFile(Path file) {
    return new SessionFile(file, engine);
  }

  GenerationOptions merged(GenerationOptions options) {
    return options.withDefaults(defaults);
  }

  private Generation submit(Prompt prompt, GenerationOptions options, int streamCapacity) {
    GenerationOptions merged = merged(options);
    if (merged.samples() > 1 || merged.numBeams() > 1) {
      throw new InvalidRequestException(
          "options samples (%d) and numBeams (%d), allowed here: 1; samples(…) takes more"
              .formatted(merged.samples(), merged.numBeams()));
    }
    return engine.submit(new Request(encode(prompt, merged), merged, streamCapacity, null));
  }

  private int[] encode(Prompt prompt, GenerationOptions merged) {
    TokenSampler.checkTokens(merged, config.vocabSize());
    int[] ids = encoder.encode(prompt, merged.maxNewTokens());
    Constraint _ = engine.vocabulary().constraint(merged, engine.maxContext() - ids.length);
    return ids;
  }

  /// {@return the tokenizer; empty for a model that takes token ids only}
  public Optional<DbrxTokenizer> tokenizer() {
    return encoder.language().map(Language::tokenizer);
  }

  /// {@return the numbers that define the model}
  public DbrxConfig config() {
    return config;
  }

  /// {@return the longest sequence it was opened for, prompt and output together, in tokens}
  public int contextLength() {
    return engine.maxContext();
  }

  /// {@return the model's work right now and since it was opened}
  public ModelStats stats() {
    return engine.stats();
  }

  /// Tells a listener about requests from now on.
  ///
  /// @param listener called on a thread of its own
  public void addListener(ModelListener listener) {
    engine.addListener(listener);
  }

  /// Stops telling a listener.
  ///
  /// @param listener one that was added
  public void removeListener(ModelListener listener) {
    engine.removeListener(listener);
  }

  /// Refuses new requests, ends those under way, each with a [ModelClosedException], and frees the
  /// model. From any thread, in any state, any number of times; it happens by itself when the JVM
  /// shuts down.
  @Override
  public void close() {
    engine.close();
  }
}
