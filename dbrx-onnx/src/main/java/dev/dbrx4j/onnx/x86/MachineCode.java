package dev.dbrx4j.onnx.x86;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Places code in memory that can be executed, and no longer be written, on Linux.
@SuppressWarnings("restricted")
public final class MachineCode {
  private static final int PROT_READ = 1;
  private static final int PROT_WRITE = 2;
  private static final int PROT_EXEC = 4;
  private static final int MAP_PRIVATE = 2;
  private static final int MAP_ANONYMOUS = 32;
  private static final long MAP_FAILED = -1;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle MMAP =
      system("mmap", ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
  private static final MethodHandle MPROTECT =
      system("mprotect", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
  private static final MethodHandle MUNMAP = system("munmap", JAVA_INT, ADDRESS, JAVA_LONG);

  private MachineCode() {}

  /// Makes a copy of code that can be called. Its memory is given back when nobody can reach it.
  ///
  /// @param code the instructions
  /// @return where they begin
  /// @throws IllegalStateException if the system refuses memory for code
  public static MemorySegment executable(byte[] code) {
    try {
      long length = code.length;
      MemorySegment memory =
          (MemorySegment)
              MMAP.invokeExact(
                  MemorySegment.NULL,
                  length,
                  PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS,
                  -1,
                  0L);
      if (memory.address() == MAP_FAILED) {
        throw new IllegalStateException("the system gives no memory for machine code");
      }
      MemorySegment owned = memory.reinterpret(length, Arena.ofAuto(), MachineCode::unmap);
      MemorySegment.copy(code, 0, owned, JAVA_BYTE, 0, code.length);
      if ((int) MPROTECT.invokeExact(owned, length, PROT_READ | PROT_EXEC) != 0) {
        throw new IllegalStateException("the system does not let memory be executed");
      }
      return owned;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static void unmap(MemorySegment memory) {
    try {
      int ignored = (int) MUNMAP.invokeExact(memory, memory.byteSize());
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static MethodHandle system(String name, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, arguments));
  }
}
