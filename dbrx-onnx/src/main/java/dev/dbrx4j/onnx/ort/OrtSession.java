package dev.dbrx4j.onnx.ort;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.dbrx4j.NativeRuntimeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/// A graph loaded for running. Not for concurrent use, but for [#setTerminate].
///
/// Freeing a session under a run would crash the process; the arena that owns it refuses to close
/// while a call is under way.
public final class OrtSession implements AutoCloseable {
  private static final String WEIGHTS_FOLDER =
      "session.model_external_initializers_file_folder_path";

  final OrtRuntime runtime;
  final Arena arena = Arena.ofShared();

  /// What the session calls, freed after it.
  private final Arena callbacks = Arena.ofShared();

  private final OperatorSet operatorSet;
  private final OperatorTable operators;
  final MemorySegment session;
  private final MemorySegment runOptions;
  private final MethodHandle runWithBinding;
  private int cudaGraph;

  private OrtSession(OrtRuntime runtime, Loader loader, Settings settings) {
    this.runtime = runtime;
    runWithBinding = runtime.api.handle(OrtFunction.RUN_WITH_BINDING);
    operatorSet = settings.operators;
    operators = new OperatorTable(runtime.api, callbacks);
    try (Arena opening = Arena.ofConfined()) {
      MemorySegment options = options(opening, settings);
      session = ExitGuard.call(() -> loader.load(arena, opening, options));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    runOptions =
        runtime.api.create(arena, OrtFunction.CREATE_RUN_OPTIONS, OrtFunction.RELEASE_RUN_OPTIONS);
  }

  /// Loads a graph and its external weights.
  ///
  /// @param runtime the process's runtime
  /// @param graph an ONNX file
  /// @param threads threads of a run, the calling one included
  /// @param configuration session configuration entries, by ONNX Runtime's keys
  /// @return the session, which the caller closes
  /// @throws dev.dbrx4j.NativeRuntimeException if ONNX Runtime refuses the graph
  public static OrtSession open(
      OrtRuntime runtime, Path graph, int threads, Map<String, String> configuration) {
    return open(runtime, graph, new Settings(threads, configuration, List.of()));
  }

  /// Loads a graph and its external weights.
  ///
  /// @param runtime the process's runtime
  /// @param graph an ONNX file
  /// @param settings how to run it
  /// @return the session, which the caller closes
  /// @throws dev.dbrx4j.NativeRuntimeException if ONNX Runtime refuses the graph
  public static OrtSession open(OrtRuntime runtime, Path graph, Settings settings) {
    Loader loader =
        (owner, opening, options) ->
            runtime.api.create(
                owner,
                OrtFunction.CREATE_SESSION,
                OrtFunction.RELEASE_SESSION,
                runtime.environment,
                nativePath(opening, graph),
                options);
    return new OrtSession(runtime, loader, settings);
  }

  /// Loads a graph that is in memory, and its external weights.
  ///
  /// @param runtime the process's runtime
  /// @param graph an ONNX file's bytes
  /// @param folder where the weights lie
  /// @param settings how to run it
  /// @return the session, which the caller closes
  /// @throws dev.dbrx4j.NativeRuntimeException if ONNX Runtime refuses the graph
  public static OrtSession open(OrtRuntime runtime, byte[] graph, Path folder, Settings settings) {
    Map<String, String> configuration = new HashMap<>(settings.configuration);
    configuration.put(WEIGHTS_FOLDER, folder.toAbsolutePath().toString());
    Loader loader =
        (owner, opening, options) ->
            runtime.api.create(
                owner,
                OrtFunction.CREATE_SESSION_FROM_ARRAY,
                OrtFunction.RELEASE_SESSION,
                runtime.environment,
                opening.allocateFrom(JAVA_BYTE, graph),
                (long) graph.length,
                options);
    return new OrtSession(
        runtime,
        loader,
        new Settings(settings.threads, configuration, settings.providers, settings.operators));
  }

  /// How to run a graph.
  ///
  /// @param threads threads of a run, the calling one included
  /// @param configuration session configuration entries, by ONNX Runtime's keys
  /// @param providers kernels to prefer, most preferred first
  /// @param operators operators in Java that the graph may use
  public record Settings(
      int threads,
      Map<String, String> configuration,
      List<ExecutionProvider> providers,
      OperatorSet operators) {
    /// Settings without operators of our own.
    ///
    /// @param threads threads of a run, the calling one included
    /// @param configuration session configuration entries, by ONNX Runtime's keys
    /// @param providers kernels to prefer, most preferred first
    public Settings(
        int threads, Map<String, String> configuration, List<ExecutionProvider> providers) {
      this(threads, configuration, providers, OperatorSet.NONE);
    }
  }

  private interface Loader {
    MemorySegment load(Arena owner, Arena opening, MemorySegment options);
  }

  private MemorySegment options(Arena owner, Settings settings) {
    OrtApi api = runtime.api;
    MemorySegment options =
        api.create(owner, OrtFunction.CREATE_SESSION_OPTIONS, OrtFunction.RELEASE_SESSION_OPTIONS);
    api.call(OrtFunction.SET_INTRA_OP_NUM_THREADS, options, settings.threads);
    settings.providers.forEach(provider -> provider.appendTo(options, api));
    if (!settings.operators.list().isEmpty()) {
      operators.register(options, settings.operators.list());
    }
    settings.configuration.forEach((key, value) ->
        api.call(
            OrtFunction.ADD_SESSION_CONFIG_ENTRY,
            options,
            owner.allocateFrom(key),
            owner.allocateFrom(value)));
    return options;
  }

  /// A path is `wchar_t*` on Windows, `char*` elsewhere.
  private static MemorySegment nativePath(Arena owner, Path path) {
    boolean wide = Platform.current().name().startsWith("win-");
    return owner.allocateFrom(
        path.toAbsolutePath().toString(),
        wide ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_8);
  }

  /// {@return the graph's inputs by name, in its order}
  public Map<String, TensorType> inputs() {
    return types(
        OrtFunction.SESSION_GET_INPUT_COUNT,
        OrtFunction.SESSION_GET_INPUT_NAME,
        OrtFunction.SESSION_GET_INPUT_TYPE_INFO);
  }

  /// {@return the graph's outputs by name, in its order}
  public Map<String, TensorType> outputs() {
    return types(
        OrtFunction.SESSION_GET_OUTPUT_COUNT,
        OrtFunction.SESSION_GET_OUTPUT_NAME,
        OrtFunction.SESSION_GET_OUTPUT_TYPE_INFO);
  }

  /// {@return a binding without any input or output, owned by this session}
  public OrtBinding newBinding() {
    return new OrtBinding(this);
  }

  /// Runs the graph on what is bound.
  ///
  /// @param binding memory for every input and output
  /// @throws dev.dbrx4j.NativeRuntimeException if the run fails or is terminated
  public void run(OrtBinding binding) {
    long status;
    try {
      status = (long) runWithBinding.invokeExact(session, runOptions, binding.handle);
    } catch (Throwable e) {
      throw OrtApi.unexpected(e);
    }
    try {
      runtime.api.check(status);
    } catch (NativeRuntimeException e) {
      Throwable cause = operators.takeFailure();
      throw cause == null ? e : new NativeRuntimeException(String.valueOf(e.getMessage()), cause);
    }
  }

  /// Sets which CUDA graph later runs belong to: the first of a graph records it, later ones replay
  /// it with whatever the same memory then holds. Only with a provider that was asked for graphs.
  ///
  /// @param id a number for what is bound, or -1 for runs that are not to be recorded
  public void setCudaGraph(int id) {
    if (id != cudaGraph) {
      try (Arena opening = Arena.ofConfined()) {
        runtime.api.call(
            OrtFunction.ADD_RUN_CONFIG_ENTRY,
            runOptions,
            opening.allocateFrom("gpu_graph_id"),
            opening.allocateFrom(Integer.toString(id)));
      }
      cudaGraph = id;
    }
  }

  /// Makes the run under way and later ones fail at their next node, or no longer. For any thread.
  ///
  /// @param terminate whether runs are to fail
  public void setTerminate(boolean terminate) {
    runtime.api.call(
        terminate ? OrtFunction.RUN_OPTIONS_SET_TERMINATE : OrtFunction.RUN_OPTIONS_UNSET_TERMINATE,
        runOptions);
  }

  /// Frees the session and its bindings.
  ///
  /// @throws IllegalStateException if a run is under way
  @Override
  public void close() {
    arena.close();
    callbacks.close();
    operatorSet.close();
  }

  private Map<String, TensorType> types(
      OrtFunction count, OrtFunction getName, OrtFunction getTypeInfo) {
    Map<String, TensorType> types = new LinkedHashMap<>();
    for (long i = 0; i < runtime.api.getLong(count, session); i++) {
      types.put(name(getName, i), type(getTypeInfo, i));
    }
    return types;
  }

  private String name(OrtFunction getName, long index) {
    OrtApi api = runtime.api;
    MemorySegment allocator = api.get(OrtFunction.GET_ALLOCATOR_WITH_DEFAULT_OPTIONS);
    MemorySegment chars = api.get(getName, session, index, allocator);
    try {
      return OrtApi.string(chars);
    } finally {
      api.call(OrtFunction.ALLOCATOR_FREE, allocator, chars);
    }
  }

  private TensorType type(OrtFunction getTypeInfo, long index) {
    OrtApi api = runtime.api;
    try (Arena owner = Arena.ofConfined()) {
      MemorySegment info =
          api.create(owner, getTypeInfo, OrtFunction.RELEASE_TYPE_INFO, session, index);
      MemorySegment tensor = api.get(OrtFunction.CAST_TYPE_INFO_TO_TENSOR_INFO, info);
      long rank = api.getLong(OrtFunction.GET_DIMENSIONS_COUNT, tensor);
      MemorySegment shape = owner.allocate(JAVA_LONG, rank);
      api.call(OrtFunction.GET_DIMENSIONS, tensor, shape, rank);
      return new TensorType(
          ElementType.ofCode(api.getLong(OrtFunction.GET_TENSOR_ELEMENT_TYPE, tensor)),
          LongStream.of(shape.toArray(JAVA_LONG)).boxed().toList());
    }
  }
}
