/// ONNX Runtime's C API through the foreign function interface, as far as this library needs it.
/// Only this package calls native code.
///
/// [OrtFunction] is the table of functions, [OrtApi] calls them. [OrtRuntime] is the library, found
/// by [OrtLibraryFile] and loaded once a process. An [OrtSession] is a loaded graph, and an
/// [OrtBinding] says in which memory a run finds its inputs and leaves its outputs:
///
/// ```java
/// OrtRuntime runtime = OrtRuntime.get(cacheFolder);
/// try (OrtSession session = OrtSession.open(runtime, graph, threads, Map.of());
///     Arena arena = Arena.ofConfined()) {
///   MemorySegment x = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1, 2, 3);
///   OrtBinding binding = session.newBinding();
///   binding.input("x", x, ElementType.FLOAT, 3);
///   binding.output("y", y, ElementType.FLOAT, 3);
///   session.run(binding);
/// }
/// ```
///
/// Native objects are [java.lang.foreign.MemorySegment]s whose arena releases them, so a call with
/// an object that is gone throws, and an arena does not close under a call.
package dev.dbrx4j.onnx.ort;
