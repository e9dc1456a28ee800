package dev.dbrx4j.onnx.kernel;

import static dev.dbrx4j.onnx.x86.Register.R8;
import static dev.dbrx4j.onnx.x86.Register.RCX;
import static dev.dbrx4j.onnx.x86.Register.RDI;
import static dev.dbrx4j.onnx.x86.Register.RDX;
import static dev.dbrx4j.onnx.x86.Register.RSI;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.dbrx4j.onnx.x86.Assembler;
import dev.dbrx4j.onnx.x86.MachineCode;
import dev.dbrx4j.onnx.x86.Operand;
import dev.dbrx4j.onnx.x86.Operand.Ymm;
import dev.dbrx4j.onnx.x86.Register;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// `silu(gate) * up` of many floats, eight at a time, where `silu(x) = x / (1 + e^-x)`.
///
/// With `n` the whole number next to `-x log2 e`, `e^-x = 2^n e^r` where `|r| <= ln 2 / 2`, and
/// `e^r` is a polynomial, the minimax one of Cephes (`expf`), within two units in the last place.
@SuppressWarnings("FloatingPointLiteralPrecision") // the coefficients are rounded to float
final class Gate {
  /// Constants, each as often as a register has lanes.
  private static final float[] CONSTANT_VALUES = {
    88,
    -87,
    1.44269504f,
    0x1.8p23f,
    0.693359375f,
    -2.12194440e-4f,
    1.9875691500e-4f,
    1.3981999507e-3f,
    8.3334519073e-3f,
    4.1665795894e-2f,
    1.6666665459e-1f,
    5.0000001201e-1f,
    1
  };

  static final int LANES = 8;

  private static final Register GATE = RDI;
  private static final Register UP = RSI;
  private static final Register COUNT = RDX;
  private static final Register STRIDE = RCX;
  private static final Register CONSTANTS = R8;

  private static final Operand MOST = constant(0);
  private static final Operand LEAST = constant(1);
  private static final Operand LOG2_E = constant(2);
  private static final Operand ROUND = constant(3);
  private static final Operand LN2_HIGH = constant(4);
  private static final Operand LN2_LOW = constant(5);
  private static final int POLYNOMIAL = 6;
  private static final Operand ONE = constant(12);

  private static final MemorySegment CODE = MachineCode.executable(code());
  private static final MemorySegment CONSTANT_MEMORY = constants();

  @SuppressWarnings("restricted") // callers give the address of their own memory
  private static final MethodHandle CALL =
      Linker.nativeLinker()
          .downcallHandle(
              FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));

  private Gate() {}

  /// Replaces gates by `silu(gate) * up`.
  ///
  /// @param gates address of the first eight gates
  /// @param ups address of the first eight that multiply them
  /// @param count how many times eight, at least one
  /// @param stride bytes from eight to the next eight, of both
  static void apply(long gates, long ups, int count, int stride) {
    try {
      CALL.invokeExact(CODE, gates, ups, (long) count, (long) stride, CONSTANT_MEMORY.address());
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] code() {
    Ymm x = new Ymm(0);
    Ymm r = new Ymm(1);
    Ymm n = new Ymm(2);
    Ymm power = new Ymm(3);
    Ymm e = new Ymm(4);
    Ymm one = new Ymm(5);
    Ymm zero = new Ymm(6);
    Assembler asm = new Assembler();
    asm.vxorps(zero, zero, zero);
    asm.vmovups(one, ONE);
    int loop = asm.here();
    asm.vmovups(x, GATE.plus(0));
    asm.vsubps(r, zero, x);
    asm.vminps(r, r, MOST);
    asm.vmaxps(r, r, LEAST);
    asm.vmulps(n, r, LOG2_E);
    asm.vaddps(n, n, ROUND); // n stands in the low bits
    asm.vpslld(power, n, 23);
    asm.vpaddd(power, power, one);
    asm.vsubps(n, n, ROUND);
    asm.vfnmadd231ps(r, n, LN2_HIGH);
    asm.vfnmadd231ps(r, n, LN2_LOW);
    asm.vmovups(e, constant(POLYNOMIAL));
    for (int i = 1; i < 6; i++) {
      asm.vfmadd213ps(e, r, constant(POLYNOMIAL + i));
    }
    asm.vmulps(n, r, r);
    asm.vaddps(r, r, one);
    asm.vfmadd213ps(e, n, r);
    asm.vmulps(e, e, power);
    asm.vaddps(e, e, one);
    asm.vdivps(x, x, e);
    asm.vmulps(x, x, UP.plus(0));
    asm.vmovups(GATE.plus(0), x);
    asm.add(GATE, STRIDE);
    asm.add(UP, STRIDE);
    asm.dec(COUNT);
    asm.jnz(loop);
    asm.vzeroupper();
    asm.ret();
    return asm.code();
  }

  private static Operand constant(int index) {
    return CONSTANTS.plus(index * LANES * Float.BYTES);
  }

  private static MemorySegment constants() {
    MemorySegment constants =
        Arena.ofAuto().allocate(JAVA_FLOAT, (long) CONSTANT_VALUES.length * LANES);
    for (int i = 0; i < CONSTANT_VALUES.length * LANES; i++) {
      constants.setAtIndex(JAVA_FLOAT, i, CONSTANT_VALUES[i / LANES]);
    }
    return constants;
  }
}
