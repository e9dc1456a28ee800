package dev.dbrx4j.onnx.ort;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The operators of one session as ONNX Runtime sees them: a structure of functions each
/// (`OrtCustomOp`), which call back into Java. Nothing may be thrown through native code, so a
/// failure is kept and told to ONNX Runtime as a status.
@SuppressWarnings({"restricted", "unused"}) // native code calls these methods, by their names
final class OperatorTable {
  private static final int FAIL = 1;
  private static final int FIELDS = 32;
  private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

  private final OrtApi api;
  private final Arena owner;
  private final OperatorCall call;
  private final List<Operator.Kernel> kernels = new ArrayList<>();
  private @Nullable Throwable failure;

  /// @param owner frees the structures; must close after the session is released
  OperatorTable(OrtApi api, Arena owner) {
    this.api = api;
    this.owner = owner;
    call = new OperatorCall(api, owner);
  }

  /// Adds the operators to what a session will know.
  void register(MemorySegment options, List<Operator> operators) {
    MemorySegment domain =
        api.create(
            owner,
            OrtFunction.CREATE_CUSTOM_OP_DOMAIN,
            OrtFunction.RELEASE_CUSTOM_OP_DOMAIN,
            owner.allocateFrom(Operator.DOMAIN));
    for (Operator operator : operators) {
      api.call(OrtFunction.CUSTOM_OP_DOMAIN_ADD, domain, structure(operator));
    }
    api.call(OrtFunction.ADD_CUSTOM_OP_DOMAIN, options, domain);
  }

  /// {@return what a kernel has thrown since the last call of this, or null}
  @Nullable Throwable takeFailure() {
    Throwable thrown = failure;
    failure = null;
    return thrown;
  }

  /// One operator's functions.
  private final class Functions {
    private final Operator operator;
    private final MemorySegment name;

    Functions(Operator operator) {
      this.operator = operator;
      name = owner.allocateFrom(operator.name());
    }

    MemorySegment name(MemorySegment op) {
      return name;
    }

    int inputType(MemorySegment op, long index) {
      return operator.inputs().get((int) index).code;
    }

    long inputCount(MemorySegment op) {
      return operator.inputs().size();
    }

    int outputType(MemorySegment op, long index) {
      return operator.outputs().get((int) index).code;
    }

    long outputCount(MemorySegment op) {
      return operator.outputs().size();
    }

    /// Kernels are known by their number, from 1.
    MemorySegment create(
        MemorySegment op, MemorySegment apiTable, MemorySegment info, MemorySegment result) {
      try {
        kernels.add(operator.factory().create(new NodeAttributes(info)));
        result.reinterpret(Long.BYTES).set(JAVA_LONG, 0, kernels.size());
        return MemorySegment.NULL;
      } catch (Throwable e) {
        return failed(e);
      }
    }
  }

  private final class NodeAttributes implements Operator.Attributes {
    private final MemorySegment info;

    NodeAttributes(MemorySegment info) {
      this.info = info;
    }

    @Override
    public long integer(String name) {
      return get(OrtFunction.KERNEL_INFO_GET_ATTRIBUTE_INT64, name);
    }

    @Override
    public float number(String name) {
      return Float.intBitsToFloat((int) get(OrtFunction.KERNEL_INFO_GET_ATTRIBUTE_FLOAT, name));
    }

    private long get(OrtFunction function, String name) {
      try (Arena arena = Arena.ofConfined()) {
        return api.getLong(function, info, arena.allocateFrom(name));
      }
    }
  }

  private MemorySegment compute(long kernel, MemorySegment context) {
    try {
      kernels.get((int) kernel - 1).compute(call.in(context));
      return MemorySegment.NULL;
    } catch (Throwable e) {
      return failed(e);
    }
  }

  private static void nothing(MemorySegment argument) {}

  private static int zero(MemorySegment op) {
    return 0;
  }

  private static int zero(MemorySegment op, long index) {
    return 0;
  }

  private static MemorySegment nullPointer(MemorySegment op) {
    return MemorySegment.NULL;
  }

  private static int one(MemorySegment op) {
    return 1;
  }

  private static int anyVersion(MemorySegment op) {
    return Integer.MAX_VALUE;
  }

  private MemorySegment failed(Throwable e) {
    failure = e;
    try (Arena arena = Arena.ofConfined()) {
      MethodHandle create = api.handle(OrtFunction.CREATE_STATUS);
      return (MemorySegment) create.invokeExact(FAIL, arena.allocateFrom(String.valueOf(e)));
    } catch (Throwable second) {
      return MemorySegment.NULL; // no memory left for a message: the failure is kept all the same
    }
  }

  /// The fields of `OrtCustomOp` in its order, each a pointer wide.
  private MemorySegment structure(Operator operator) {
    Functions functions = new Functions(operator);
    MemorySegment structure = owner.allocate(ADDRESS, FIELDS);
    structure.set(JAVA_INT, 0, OrtRuntime.API_VERSION);
    set(structure, 2, functions, "name", ADDRESS, ADDRESS);
    set(structure, 3, null, "nullPointer", ADDRESS, ADDRESS); // the CPU
    set(structure, 4, functions, "inputType", JAVA_INT, ADDRESS, JAVA_LONG);
    set(structure, 5, functions, "inputCount", JAVA_LONG, ADDRESS);
    set(structure, 6, functions, "outputType", JAVA_INT, ADDRESS, JAVA_LONG);
    set(structure, 7, functions, "outputCount", JAVA_LONG, ADDRESS);
    set(structure, 9, null, "nothing", null, ADDRESS); // a kernel's end
    set(structure, 10, null, "zero", JAVA_INT, ADDRESS, JAVA_LONG); // inputs are required
    set(structure, 11, null, "zero", JAVA_INT, ADDRESS, JAVA_LONG); // so are outputs
    set(structure, 12, null, "zero", JAVA_INT, ADDRESS, JAVA_LONG); // in default memory
    for (int variadic = 13; variadic <= 16; variadic++) {
      set(structure, variadic, null, "zero", JAVA_INT, ADDRESS);
    }
    set(structure, 17, functions, "create", ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
    set(structure, 18, this, "compute", ADDRESS, JAVA_LONG, ADDRESS);
    set(structure, 20, null, "one", JAVA_INT, ADDRESS); // since version
    set(structure, 21, null, "anyVersion", JAVA_INT, ADDRESS);
    return structure;
  }

  private void set(
      MemorySegment structure,
      int field,
      @Nullable Object receiver,
      String method,
      @Nullable MemoryLayout result,
      MemoryLayout... parameters) {
    FunctionDescriptor descriptor =
        result == null
            ? FunctionDescriptor.ofVoid(parameters)
            : FunctionDescriptor.of(result, parameters);
    MethodType type = descriptor.toMethodType();
    try {
      MethodHandle handle =
          receiver == null
              ? LOOKUP.findStatic(OperatorTable.class, method, type)
              : LOOKUP.bind(receiver, method, type);
      structure.setAtIndex(
          ADDRESS, field, Linker.nativeLinker().upcallStub(handle, descriptor, owner));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
