package dev.dbrx4j.onnx.x86;

import dev.dbrx4j.onnx.x86.Operand.Address;
import dev.dbrx4j.onnx.x86.Operand.Ymm;
import java.util.Arrays;

/// Encodes instructions of x86-64, AVX2 and FMA. Operands are in Intel's order: the first is
/// written. Methods are named as the instructions are; the encodings are those of Intel's Software
/// Developer's Manual, volume 2.
public final class Assembler {
  private static final int MAP_0F = 1;
  private static final int MAP_0F38 = 2;
  private static final int MAP_0F3A = 3;

  private static final int NO_PREFIX = 0;
  private static final int P66 = 1;
  private static final int PF3 = 2;
  private static final int PF2 = 3;

  private byte[] code = new byte[1024];
  private int size;

  /// {@return the code so far}
  public byte[] code() {
    return Arrays.copyOf(code, size);
  }

  /// {@return the place of the next instruction, to jump back to}
  public int here() {
    return size;
  }

  // General registers.

  public void mov(Register to, Register from) {
    rexW(from, to);
    bytes(0x89, 0xc0 | low(from) << 3 | low(to));
  }

  public void mov(Register to, int value) {
    rexW(Register.RAX, to);
    bytes(0xc7, 0xc0 | low(to));
    int32(value);
  }

  public void add(Register to, int value) {
    rexW(Register.RAX, to);
    bytes(0x81, 0xc0 | low(to));
    int32(value);
  }

  public void add(Register to, Register from) {
    rexW(from, to);
    bytes(0x01, 0xc0 | low(from) << 3 | low(to));
  }

  public void dec(Register register) {
    rexW(Register.RAX, register);
    bytes(0xff, 0xc8 | low(register));
  }

  /// Jumps back if the last result of [#dec] was not zero.
  public void jnz(int target) {
    bytes(0x0f, 0x85);
    int32(target - (size + Integer.BYTES));
  }

  public void prefetcht0(Address address) {
    if (address.base().number > 7) {
      bytes(0x41);
    }
    bytes(0x0f, 0x18);
    memory(1, address);
  }

  public void ret() {
    bytes(0xc3);
  }

  // Moves between memory and vectors.

  public void vmovups(Ymm to, Operand from) {
    vex(MAP_0F, NO_PREFIX, 0x10, to.number(), 0, from);
  }

  public void vmovups(Address to, Ymm from) {
    vex(MAP_0F, NO_PREFIX, 0x11, from.number(), 0, to);
  }

  /// Stores the lower four floats.
  public void vmovups128(Address to, Ymm from) {
    vex128(MAP_0F, NO_PREFIX, 0x11, from.number(), 0, to);
  }

  /// Loads a float; the other lanes become zero.
  public void vmovss(Ymm to, Address from) {
    vex128(MAP_0F, PF3, 0x10, to.number(), 0, from);
  }

  /// Stores the first float.
  public void vmovss(Address to, Ymm from) {
    vex128(MAP_0F, PF3, 0x11, from.number(), 0, to);
  }

  public void vbroadcastss(Ymm to, Address from) {
    vex(MAP_0F38, P66, 0x18, to.number(), 0, from);
  }

  public void vbroadcastsd(Ymm to, Address from) {
    vex(MAP_0F38, P66, 0x19, to.number(), 0, from);
  }

  /// Loads sixteen bytes as 16-bit integers.
  public void vpmovzxbw(Ymm to, Address from) {
    vex(MAP_0F38, P66, 0x30, to.number(), 0, from);
  }

  /// Takes the upper four floats.
  public void vextractf128(Ymm to, Ymm from) {
    vex(MAP_0F3A, P66, 0x19, from.number(), 0, to);
    bytes(1);
  }

  public void vperm2f128(Ymm to, Ymm a, Operand b, int control) {
    vex(MAP_0F3A, P66, 0x06, to.number(), a.number(), b);
    bytes(control);
  }

  public void vpermilps(Ymm to, Ymm a, Operand control) {
    vex(MAP_0F38, P66, 0x0c, to.number(), a.number(), control);
  }

  /// Shuffles the four floats of each half.
  public void vpermilps(Ymm to, Ymm from, int control) {
    vex(MAP_0F3A, P66, 0x04, to.number(), 0, from);
    bytes(control);
  }

  /// Takes 32-bit lanes by their indices.
  public void vpermd(Ymm to, Ymm indices, Operand from) {
    vex(MAP_0F38, P66, 0x36, to.number(), indices.number(), from);
  }

  /// Takes bytes of the same half by their indices.
  public void vpshufb(Ymm to, Ymm from, Operand indices) {
    vex(MAP_0F38, P66, 0x00, to.number(), from.number(), indices);
  }

  public void vzeroupper() {
    bytes(0xc5, 0xf8, 0x77);
  }

  // Integers.

  public void vpand(Ymm to, Ymm a, Operand b) {
    vex(MAP_0F, P66, 0xdb, to.number(), a.number(), b);
  }

  public void vpcmpeqw(Ymm to, Ymm a, Operand b) {
    vex(MAP_0F, P66, 0x75, to.number(), a.number(), b);
  }

  public void vpsrlw(Ymm to, Ymm from, int bits) {
    vex(MAP_0F, P66, 0x71, 2, to.number(), from);
    bytes(bits);
  }

  public void vpsrld(Ymm to, Ymm from, int bits) {
    vex(MAP_0F, P66, 0x72, 2, to.number(), from);
    bytes(bits);
  }

  public void vpslld(Ymm to, Ymm from, int bits) {
    vex(MAP_0F, P66, 0x72, 6, to.number(), from);
    bytes(bits);
  }

  public void vpackuswb(Ymm to, Ymm a, Operand b) {
    vex(MAP_0F, P66, 0x67, to.number(), a.number(), b);
  }

  /// Narrows 32-bit integers to 16 bits, with saturation: of each half four of `a`, then of `b`.
  public void vpackssdw(Ymm to, Ymm a, Operand b) {
    vex(MAP_0F, P66, 0x6b, to.number(), a.number(), b);
  }

  /// Narrows 16-bit integers to bytes, with saturation.
  public void vpacksswb(Ymm to, Ymm a, Operand b) {
    vex(MAP_0F, P66, 0x63, to.number(), a.number(), b);
  }

  public void vpaddw(Ymm to, Ymm a, Operand b) {
    vex(MAP_0F, P66, 0xfd, to.number(), a.number(), b);
  }

  public void vpaddd(Ymm to, Ymm a, Operand b) {
    vex(MAP_0F, P66, 0xfe, to.number(), a.number(), b);
  }

  /// Multiplies unsigned bytes of `a` by signed bytes of `b` and adds neighbouring products, with
  /// saturation.
  public void vpmaddubsw(Ymm to, Ymm a, Operand b) {
    vex(MAP_0F38, P66, 0x04, to.number(), a.number(), b);
  }

  public void vpmaddwd(Ymm to, Ymm a, Operand b) {
    vex(MAP_0F, P66, 0xf5, to.number(), a.number(), b);
  }

  // Floats.

  /// Rounds to the nearest integers, of two the even one.
  public void vcvtps2dq(Ymm to, Operand from) {
    vex(MAP_0F, P66, 0x5b, to.number(), 0, from);
  }

  public void vcvtdq2ps(Ymm to, Operand from) {
    vex(MAP_0F, NO_PREFIX, 0x5b, to.number(), 0, from);
  }

  public void vxorps(Ymm to, Ymm a, Operand b) {
    vex(MAP_0F, NO_PREFIX, 0x57, to.number(), a.number(), b);
  }

  public void vaddps(Ymm to, Ymm a, Operand b) {
    vex(MAP_0F, NO_PREFIX, 0x58, to.number(), a.number(), b);
  }

  public void vmulps(Ymm to, Ymm a, Operand b) {
    vex(MAP_0F, NO_PREFIX, 0x59, to.number(), a.number(), b);
  }

  public void vsubps(Ymm to, Ymm a, Operand b) {
    vex(MAP_0F, NO_PREFIX, 0x5c, to.number(), a.number(), b);
  }

  /// The smaller of each lane; `b` where one is no number.
  public void vminps(Ymm to, Ymm a, Operand b) {
    vex(MAP_0F, NO_PREFIX, 0x5d, to.number(), a.number(), b);
  }

  public void vdivps(Ymm to, Ymm a, Operand b) {
    vex(MAP_0F, NO_PREFIX, 0x5e, to.number(), a.number(), b);
  }

  /// The larger of each lane; `b` where one is no number.
  public void vmaxps(Ymm to, Ymm a, Operand b) {
    vex(MAP_0F, NO_PREFIX, 0x5f, to.number(), a.number(), b);
  }

  public void vhaddps(Ymm to, Ymm a, Operand b) {
    vex(MAP_0F, PF2, 0x7c, to.number(), a.number(), b);
  }

  /// Adds the product of the others to the first.
  public void vfmadd231ps(Ymm to, Ymm a, Operand b) {
    vex(MAP_0F38, P66, 0xb8, to.number(), a.number(), b);
  }

  /// Subtracts the product of the others from the first.
  public void vfnmadd231ps(Ymm to, Ymm a, Operand b) {
    vex(MAP_0F38, P66, 0xbc, to.number(), a.number(), b);
  }

  /// Multiplies the first two and adds the third.
  public void vfmadd213ps(Ymm to, Ymm a, Operand b) {
    vex(MAP_0F38, P66, 0xa8, to.number(), a.number(), b);
  }

  // Encoding.

  private void vex(int map, int prefix, int opcode, int reg, int second, Operand operand) {
    vex(map, (1 << 2) | prefix, reg, second, operand, opcode);
  }

  private void vex128(int map, int prefix, int opcode, int reg, int second, Operand operand) {
    vex(map, prefix, reg, second, operand, opcode);
  }

  /// Writes an instruction with the VEX prefix of three bytes, which holds the inverted upper bits
  /// of the register numbers.
  private void vex(int map, int length, int reg, int second, Operand operand, int opcode) {
    int rm =
        switch (operand) {
          case Ymm ymm -> ymm.number();
          case Address address -> address.base().number;
        };
    bytes(0xc4);
    bytes((reg > 7 ? 0 : 0x80) | 0x40 | (rm > 7 ? 0 : 0x20) | map);
    bytes((~second & 15) << 3 | length, opcode);
    switch (operand) {
      case Ymm ymm -> bytes(0xc0 | (reg & 7) << 3 | (ymm.number() & 7));
      case Address address -> memory(reg & 7, address);
    }
  }

  private void memory(int reg, Address address) {
    int base = low(address.base());
    boolean small = (byte) address.displacement() == address.displacement();
    bytes((small ? 0x40 : 0x80) | reg << 3 | base);
    if (base == low(Register.RSP)) {
      bytes(0x24);
    }
    if (small) {
      bytes(address.displacement());
    } else {
      int32(address.displacement());
    }
  }

  private void rexW(Register reg, Register rm) {
    bytes(0x48 | (reg.number > 7 ? 4 : 0) | (rm.number > 7 ? 1 : 0));
  }

  private static int low(Register register) {
    return register.number & 7;
  }

  private void int32(int value) {
    bytes(value, value >> 8, value >> 16, value >> 24);
  }

  private void bytes(int... values) {
    if (size + values.length > code.length) {
      code = Arrays.copyOf(code, 2 * code.length);
    }
    for (int value : values) {
      code[size++] = (byte) value;
    }
  }
}
