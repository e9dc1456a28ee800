package dev.dbrx4j.onnx.ort;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.dbrx4j.NativeRuntimeException;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Calls the functions of a loaded ONNX Runtime. A failure that ONNX Runtime reports becomes a
/// [NativeRuntimeException] with its message; an object that it creates becomes a segment whose
/// arena releases it.
@SuppressWarnings("restricted") // this package is where native code is called
final class OrtApi {
  private final MemorySegment table;

  /// Filled as functions are called: linking one takes the JVM milliseconds, and a program needs
  /// few. Two threads may link the same one; either's handle will do.
  private final @Nullable Linked[] bySlot = new @Nullable Linked[OrtFunction.SLOTS];

  /// @param exact of the function's own type
  /// @param spreading the same of type `(Object[]) -> Object`
  private record Linked(MethodHandle exact, MethodHandle spreading) {}

  /// @param table the `OrtApi` structure
  OrtApi(MemorySegment table) {
    this.table = table;
  }

  /// {@return the handle of a function, for calls too frequent for [#call]}
  MethodHandle handle(OrtFunction function) {
    return linked(function).exact;
  }

  private Linked linked(OrtFunction function) {
    Linked linked = bySlot[function.slot];
    if (linked == null) {
      linked = link(function);
      bySlot[function.slot] = linked;
    }
    return linked;
  }

  private Linked link(OrtFunction function) {
    MemorySegment address = table.getAtIndex(ADDRESS, function.slot);
    MethodHandle exact = Linker.nativeLinker().downcallHandle(address, function.descriptor);
    MethodType type = exact.type();
    return new Linked(
        exact, exact.asType(type.generic()).asSpreader(Object[].class, type.parameterCount()));
  }

  /// Calls a function that returns a status.
  void call(OrtFunction function, Object... arguments) {
    check((long) invoke(function, arguments));
  }

  /// Calls a function that creates an object, whose address is its last parameter.
  ///
  /// @param owner releases the object when it closes
  MemorySegment create(Arena owner, OrtFunction create, OrtFunction release, Object... arguments) {
    MemorySegment created = get(create, arguments);
    return created.reinterpret(owner, object -> invoke(release, object));
  }

  /// Calls a function whose last parameter receives a pointer.
  MemorySegment get(OrtFunction function, Object... arguments) {
    try (Arena arena = Arena.ofConfined()) {
      return into(arena.allocate(ADDRESS), function, arguments).get(ADDRESS, 0);
    }
  }

  /// Calls a function whose last parameter receives a number of up to 64 bits.
  long getLong(OrtFunction function, Object... arguments) {
    try (Arena arena = Arena.ofConfined()) {
      return into(arena.allocate(JAVA_LONG), function, arguments).get(JAVA_LONG, 0);
    }
  }

  /// Throws what a status reports.
  ///
  /// @param status address of an `OrtStatus`, 0 for success
  void check(long status) {
    if (status == 0) {
      return;
    }
    MemorySegment failure = MemorySegment.ofAddress(status);
    try {
      MemorySegment message = (MemorySegment) invoke(OrtFunction.GET_ERROR_MESSAGE, failure);
      throw new NativeRuntimeException("ONNX Runtime: " + string(message));
    } finally {
      invoke(OrtFunction.RELEASE_STATUS, failure);
    }
  }

  /// {@return the text of a null-terminated string}
  static String string(MemorySegment chars) {
    return chars.reinterpret(Long.MAX_VALUE).getString(0);
  }

  /// {@return the exception for what a method handle threw, which no function here declares}
  static RuntimeException unexpected(Throwable thrown) {
    return thrown instanceof RuntimeException e ? e : new IllegalStateException(thrown);
  }

  private MemorySegment into(MemorySegment out, OrtFunction function, Object... arguments) {
    Object[] all = Arrays.copyOf(arguments, arguments.length + 1);
    all[arguments.length] = out;
    call(function, all);
    return out;
  }

  private Object invoke(OrtFunction function, Object... arguments) {
    try {
      return (Object) linked(function).spreading.invokeExact(arguments);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }
}
