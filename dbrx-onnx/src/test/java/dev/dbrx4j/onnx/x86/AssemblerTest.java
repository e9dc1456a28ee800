package dev.dbrx4j.onnx.x86;

import static dev.dbrx4j.onnx.x86.Register.RAX;
import static dev.dbrx4j.onnx.x86.Register.RCX;
import static dev.dbrx4j.onnx.x86.Register.RDI;
import static dev.dbrx4j.onnx.x86.Register.RDX;
import static dev.dbrx4j.onnx.x86.Register.RSI;
import static dev.dbrx4j.onnx.x86.Register.RSP;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dbrx4j.onnx.x86.Operand.Address;
import dev.dbrx4j.onnx.x86.Operand.Ymm;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntBinaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Executes every instruction and compares what it writes with what Java computes.
@DisabledIf("isImpossible")
class AssemblerTest {
  private static final int VECTOR = 32;
  private static final Random RANDOM = new Random(1);

  static boolean isImpossible() {
    return !Processor.obstacle().isEmpty();
  }

  /// An instruction of three operands.
  interface Instruction {
    void write(Assembler asm, Ymm to, Ymm a, Operand b);
  }

  /// What it computes: from the former value of its target and its operands.
  interface Meaning {
    void compute(ByteBuffer to, ByteBuffer a, ByteBuffer b);
  }

  private interface FloatMeaning {
    float of(float to, float a, float b);
  }

  static Stream<Arguments> instructions() {
    return Stream.of(
        binary("vpand", Assembler::vpand, ints((a, b) -> a & b)),
        binary("vxorps", Assembler::vxorps, ints((a, b) -> a ^ b)),
        binary("vpaddd", Assembler::vpaddd, ints(Integer::sum)),
        binary("vpaddw", Assembler::vpaddw, shorts(Integer::sum)),
        binary("vpcmpeqw", Assembler::vpcmpeqw, shorts((a, b) -> a == b ? -1 : 0)),
        binary("vpcmpeqw", (s, t, a, b) -> s.vpcmpeqw(t, a, a), shorts((a, b) -> -1)),
        binary("vpmaddubsw", Assembler::vpmaddubsw, AssemblerTest::maddubs),
        binary("vpmaddwd", Assembler::vpmaddwd, AssemblerTest::madd),
        binary("vpackssdw", Assembler::vpackssdw, AssemblerTest::packssdw),
        binary("vpacksswb", Assembler::vpacksswb, AssemblerTest::packsswb),
        binary("vpshufb", Assembler::vpshufb, AssemblerTest::shuffle),
        binary("vpermd", Assembler::vpermd, AssemblerTest::gather),
        binary("vcvtps2dq", (s, t, a, b) -> s.vcvtps2dq(t, b), AssemblerTest::round),
        binary("vpackuswb", Assembler::vpackuswb, AssemblerTest::packus),
        binary("vaddps", Assembler::vaddps, floats((t, a, b) -> a + b)),
        binary("vsubps", Assembler::vsubps, floats((t, a, b) -> a - b)),
        binary("vmulps", Assembler::vmulps, floats((t, a, b) -> a * b)),
        binary("vdivps", Assembler::vdivps, floats((t, a, b) -> a / b)),
        binary("vminps", Assembler::vminps, floats((t, a, b) -> a < b ? a : b)),
        binary("vmaxps", Assembler::vmaxps, floats((t, a, b) -> a > b ? a : b)),
        binary("vfmadd231ps", Assembler::vfmadd231ps, floats((t, a, b) -> Math.fma(a, b, t))),
        binary("vfnmadd231ps", Assembler::vfnmadd231ps, floats((t, a, b) -> Math.fma(-a, b, t))),
        binary("vfmadd213ps", Assembler::vfmadd213ps, floats((t, a, b) -> Math.fma(t, a, b))),
        binary("vhaddps", Assembler::vhaddps, AssemblerTest::hadd),
        binary("vperm2f128 0x20", (s, t, a, b) -> s.vperm2f128(t, a, b, 0x20), halves(0, 2)),
        binary("vperm2f128 0x31", (s, t, a, b) -> s.vperm2f128(t, a, b, 0x31), halves(1, 3)),
        binary("vperm2f128 8", (s, t, a, b) -> s.vperm2f128(t, a, b, 8), halves(-1, 0)),
        binary("vpermilps", Assembler::vpermilps, AssemblerTest::permute),
        binary("vcvtdq2ps", (s, t, a, b) -> s.vcvtdq2ps(t, b), AssemblerTest::convert),
        binary("vmovups", (s, t, a, b) -> s.vmovups(t, b), ints((a, b) -> b)));
  }

  static Stream<Arguments> shifts() {
    return Stream.of(
        binary("vpsrlw", (s, t, a, b) -> s.vpsrlw(t, a, 4), shorts((a, b) -> (a & 0xffff) >> 4)),
        binary("vpsrld", (s, t, a, b) -> s.vpsrld(t, a, 31), ints((a, b) -> a >>> 31)),
        binary("vpslld", (s, t, a, b) -> s.vpslld(t, a, 23), ints((a, b) -> a << 23)),
        binary("vpermilps 0x4e", (s, t, a, b) -> s.vpermilps(t, a, 0x4e), lanes(2, 3, 0, 1)),
        binary("vpermilps 0xb1", (s, t, a, b) -> s.vpermilps(t, a, 0xb1), lanes(1, 0, 3, 2)),
        binary("vextractf128", (s, t, a, b) -> s.vextractf128(t, a), halves(1, -1)));
  }

  static Stream<Arguments> loads() {
    return Stream.of(
        load("vmovss", Assembler::vmovss, (to, b) -> to.putInt(0, b.getInt(0))),
        load("vbroadcastss", Assembler::vbroadcastss, (to, b) -> repeat(to, b, 4)),
        load("vbroadcastsd", Assembler::vbroadcastsd, (to, b) -> repeat(to, b, 8)),
        load("vpmovzxbw", Assembler::vpmovzxbw, AssemblerTest::widen));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"instructions", "shifts"})
  void worksOnRegisters(String name, Instruction instruction, Meaning meaning) throws Throwable {
    for (int[] r : new int[][] {{0, 1, 2}, {9, 1, 2}, {0, 12, 2}, {0, 1, 15}, {8, 13, 14}}) {
      Ymm b = new Ymm(r[2]);
      check(meaning, new Ymm(r[0]), new Ymm(r[1]), b, (s, t, a) -> instruction.write(s, t, a, b));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"instructions", "loads"})
  void worksOnMemory(String name, Instruction instruction, Meaning meaning) throws Throwable {
    for (Register base : Register.values()) {
      for (int displacement : base == RSP ? new int[] {-40} : new int[] {0, -128, 96, 1024}) {
        Address b = base.plus(displacement);
        check(
            meaning,
            new Ymm(base.number),
            new Ymm(15 - base.number),
            new Ymm(base.number == 3 ? 5 : 3),
            (s, t, a) -> fromMemory(instruction, s, t, a, b));
      }
    }
  }

  /// Has RDX, where b lies, point at it through another register, which is restored.
  private static void fromMemory(Instruction instruction, Assembler s, Ymm t, Ymm a, Address b) {
    Register base = b.base();
    if (base == RSP) {
      Ymm free = new Ymm(0);
      s.vmovups(free, RDX.plus(0));
      s.vmovups(b, free);
      instruction.write(s, t, a, b);
      return;
    }
    s.mov(RAX, base);
    Register kept = base == RAX ? RDX : RAX;
    if (base != RDX) {
      s.mov(base, RDX);
    }
    s.add(base, -b.displacement());
    instruction.write(s, t, a, b);
    if (kept == RAX) {
      s.mov(base, RAX);
    }
  }

  private interface Body {
    void write(Assembler asm, Ymm to, Ymm a);
  }

  /// `void f(to, a, b)`: loads the three, executes, stores the first.
  private static void check(Meaning meaning, Ymm to, Ymm a, Ymm b, Body body) throws Throwable {
    Assembler asm = new Assembler();
    asm.vmovups(b, RDX.plus(0));
    asm.vmovups(to, RDI.plus(0));
    asm.vmovups(a, RSI.plus(0));
    body.write(asm, to, a);
    asm.vmovups(RDI.plus(0), to);
    asm.vzeroupper();
    asm.ret();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment[] operands = new MemorySegment[3];
      Arrays.setAll(operands, i -> arena.allocate(VECTOR, VECTOR));
      for (int round = 0; round < 3; round++) {
        for (MemorySegment operand : operands) {
          randomise(operand, round);
        }
        ByteBuffer expected = copy(operands[0]);
        meaning.compute(expected, copy(operands[1]), copy(operands[2]));
        call(asm, operands[0].address(), operands[1].address(), operands[2].address());
        assertThat(lanes(copy(operands[0]))).isEqualTo(lanes(expected));
      }
    }
  }

  @Test
  void storesParts() throws Throwable {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment from = arena.allocate(VECTOR);
      randomise(from, 1);
      for (int bytes : new int[] {4, 16}) {
        Assembler asm = new Assembler();
        asm.vmovups(new Ymm(11), RSI.plus(0));
        if (bytes == 4) {
          asm.vmovss(RDI.plus(0), new Ymm(11));
        } else {
          asm.vmovups128(RDI.plus(0), new Ymm(11));
        }
        asm.vzeroupper();
        asm.ret();
        MemorySegment to = arena.allocate(VECTOR);
        call(asm, to.address(), from.address(), 0);
        assertThat(to.asSlice(0, bytes).mismatch(from.asSlice(0, bytes))).isEqualTo(-1);
        assertThat(to.asSlice(bytes).toArray(ValueLayout.JAVA_BYTE)).containsOnly(0);
      }
    }
  }

  /// Sums a step for each round, in registers of both halves.
  @Test
  void loops() throws Throwable {
    for (Register counter : new Register[] {RAX, RCX, Register.R8, Register.R11}) {
      Assembler asm = new Assembler();
      Register sum = Register.R10;
      asm.mov(counter, 1000);
      asm.mov(sum, -5);
      int loop = asm.here();
      asm.add(sum, RSI);
      asm.add(sum, 1_000_000);
      asm.prefetcht0(RDI.plus(64));
      asm.prefetcht0(sum.plus(1 << 20));
      asm.dec(counter);
      asm.jnz(loop);
      asm.mov(Register.R9, sum);
      asm.mov(RAX, Register.R9);
      asm.ret();
      assertThat(call(asm, 0, 3, 0)).isEqualTo(1000 * 1_000_003L - 5);
    }
  }

  @SuppressWarnings("restricted")
  private static long call(Assembler asm, long a, long b, long c) throws Throwable {
    FunctionDescriptor type = FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    MemorySegment code = MachineCode.executable(asm.code());
    return (long) Linker.nativeLinker().downcallHandle(code, type).invokeExact(a, b, c);
  }

  /// Bits of any kind, floats of ordinary size, or bytes at the bounds.
  private static void randomise(MemorySegment vector, int round) {
    for (int i = 0; i < VECTOR; i++) {
      vector.set(ValueLayout.JAVA_BYTE, i, (byte) RANDOM.nextInt());
    }
    for (int i = 0; round > 0 && i < VECTOR / 4; i++) {
      int bits =
          round == 1
              ? Float.floatToRawIntBits((float) RANDOM.nextGaussian())
              : RANDOM.nextBoolean() ? 0x80ff7f80 : 0x7fff8000;
      vector.setAtIndex(ValueLayout.JAVA_INT, i, bits);
    }
  }

  private static Arguments binary(String name, Instruction instruction, Meaning meaning) {
    return Arguments.of(name, instruction, meaning);
  }

  private interface Load {
    void write(Assembler asm, Ymm to, Address from);
  }

  private interface LoadMeaning {
    void compute(ByteBuffer to, ByteBuffer from);
  }

  private static Arguments load(String name, Load load, LoadMeaning meaning) {
    Instruction instruction = (s, to, a, b) -> load.write(s, to, (Address) b);
    Meaning all =
        (to, a, b) -> {
          to.put(0, new byte[VECTOR]);
          meaning.compute(to, b);
        };
    return Arguments.of(name, instruction, all);
  }

  private static Meaning ints(IntBinaryOperator f) {
    return (to, a, b) -> {
      for (int i = 0; i < VECTOR; i += 4) {
        to.putInt(i, f.applyAsInt(a.getInt(i), b.getInt(i)));
      }
    };
  }

  private static Meaning shorts(IntBinaryOperator f) {
    return (to, a, b) -> {
      for (int i = 0; i < VECTOR; i += 2) {
        to.putShort(i, (short) f.applyAsInt(a.getShort(i), b.getShort(i)));
      }
    };
  }

  private static Meaning floats(FloatMeaning f) {
    return (to, a, b) -> {
      for (int i = 0; i < VECTOR; i += 4) {
        to.putFloat(i, f.of(to.getFloat(i), a.getFloat(i), b.getFloat(i)));
      }
    };
  }

  private static Meaning halves(int low, int high) {
    return (to, a, b) -> {
      for (int i = 0; i < VECTOR; i += 4) {
        int from = i < 16 ? low : high;
        ByteBuffer source = from < 2 ? a : b;
        to.putInt(i, from < 0 ? 0 : source.getInt(from % 2 * 16 + i % 16));
      }
    };
  }

  private static void maddubs(ByteBuffer to, ByteBuffer a, ByteBuffer b) {
    for (int i = 0; i < VECTOR; i += 2) {
      int sum = (a.get(i) & 0xff) * b.get(i) + (a.get(i + 1) & 0xff) * b.get(i + 1);
      to.putShort(i, (short) Math.clamp(sum, Short.MIN_VALUE, Short.MAX_VALUE));
    }
  }

  private static void madd(ByteBuffer to, ByteBuffer a, ByteBuffer b) {
    for (int i = 0; i < VECTOR; i += 4) {
      int sum = a.getShort(i) * b.getShort(i) + a.getShort(i + 2) * b.getShort(i + 2);
      to.putInt(i, sum);
    }
  }

  private static void packssdw(ByteBuffer to, ByteBuffer a, ByteBuffer b) {
    for (int i = 0; i < VECTOR / 2; i++) {
      int wide = (i % 8 < 4 ? a : b).getInt(i / 8 * 16 + i % 4 * 4);
      to.putShort(2 * i, (short) Math.clamp(wide, Short.MIN_VALUE, Short.MAX_VALUE));
    }
  }

  private static void packsswb(ByteBuffer to, ByteBuffer a, ByteBuffer b) {
    for (int i = 0; i < VECTOR; i++) {
      int wide = (i % 16 < 8 ? a : b).getShort(i / 16 * 16 + i % 8 * 2);
      to.put(i, (byte) Math.clamp(wide, Byte.MIN_VALUE, Byte.MAX_VALUE));
    }
  }

  private static void shuffle(ByteBuffer to, ByteBuffer a, ByteBuffer b) {
    for (int i = 0; i < VECTOR; i++) {
      to.put(i, b.get(i) < 0 ? 0 : a.get(i / 16 * 16 + (b.get(i) & 15)));
    }
  }

  private static void gather(ByteBuffer to, ByteBuffer a, ByteBuffer b) {
    for (int i = 0; i < VECTOR; i += 4) {
      to.putInt(i, b.getInt((a.getInt(i) & 7) * 4));
    }
  }

  private static void round(ByteBuffer to, ByteBuffer a, ByteBuffer b) {
    for (int i = 0; i < VECTOR; i += 4) {
      double rounded = Math.rint(b.getFloat(i));
      boolean fits = Math.abs(rounded) <= Integer.MAX_VALUE;
      to.putInt(i, fits ? (int) rounded : Integer.MIN_VALUE);
    }
  }

  private static Meaning lanes(int... indices) {
    return (to, a, b) -> {
      for (int i = 0; i < VECTOR / 4; i++) {
        to.putInt(4 * i, a.getInt(i / 4 * 16 + indices[i % 4] * 4));
      }
    };
  }

  private static void packus(ByteBuffer to, ByteBuffer a, ByteBuffer b) {
    for (int i = 0; i < VECTOR; i++) {
      ByteBuffer from = i % 16 < 8 ? a : b;
      to.put(i, (byte) Math.clamp(from.getShort(i / 16 * 16 + i % 8 * 2), 0, 255));
    }
  }

  private static void hadd(ByteBuffer to, ByteBuffer a, ByteBuffer b) {
    for (int i = 0; i < VECTOR / 4; i++) {
      ByteBuffer from = i % 4 < 2 ? a : b;
      int at = (i / 4 * 4 + i % 2 * 2) * 4;
      to.putFloat(i * 4, from.getFloat(at) + from.getFloat(at + 4));
    }
  }

  private static void permute(ByteBuffer to, ByteBuffer a, ByteBuffer b) {
    for (int i = 0; i < VECTOR / 4; i++) {
      to.putInt(i * 4, a.getInt((i / 4 * 4 + (b.getInt(i * 4) & 3)) * 4));
    }
  }

  private static void convert(ByteBuffer to, ByteBuffer a, ByteBuffer b) {
    for (int i = 0; i < VECTOR; i += 4) {
      to.putFloat(i, b.getInt(i));
    }
  }

  private static void widen(ByteBuffer to, ByteBuffer from) {
    for (int i = 0; i < VECTOR / 2; i++) {
      to.putShort(2 * i, (short) (from.get(i) & 0xff));
    }
  }

  private static void repeat(ByteBuffer to, ByteBuffer from, int bytes) {
    for (int i = 0; i < VECTOR; i++) {
      to.put(i, from.get(i % bytes));
    }
  }

  /// Of a float that is no number, some bits are left to the processor.
  private static int[] lanes(ByteBuffer vector) {
    return IntStream.range(0, VECTOR / 4)
        .map(i -> Float.isNaN(vector.getFloat(4 * i)) ? 0x7fc00000 : vector.getInt(4 * i))
        .toArray();
  }

  private static ByteBuffer copy(MemorySegment vector) {
    return ByteBuffer.wrap(vector.toArray(ValueLayout.JAVA_BYTE)).order(ByteOrder.LITTLE_ENDIAN);
  }
}
