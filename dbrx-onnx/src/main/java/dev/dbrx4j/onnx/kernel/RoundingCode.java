package dev.dbrx4j.onnx.kernel;

import static dev.dbrx4j.onnx.x86.Register.R8;
import static dev.dbrx4j.onnx.x86.Register.R9;
import static dev.dbrx4j.onnx.x86.Register.RCX;
import static dev.dbrx4j.onnx.x86.Register.RDI;
import static dev.dbrx4j.onnx.x86.Register.RDX;
import static dev.dbrx4j.onnx.x86.Register.RSI;

import dev.dbrx4j.onnx.x86.Assembler;
import dev.dbrx4j.onnx.x86.Operand;
import dev.dbrx4j.onnx.x86.Operand.Ymm;
import dev.dbrx4j.onnx.x86.Register;

/// Writes the code that rounds activations to integers and puts them into a [Tile]:
///
/// ```
/// void round(float *x, void *integers, float *scales, float *corrections, void *constants, long steps)
/// ```
///
/// A step is a group or a block of the weights, whichever is larger. Each group's scale is its
/// largest magnitude divided by the largest integer; a block's correction is `-zero point * scale *
/// sum of the integers`.
final class RoundingCode {
  private static final Register X = RDI;
  private static final Register INTEGERS = RSI;
  private static final Register SCALES = RDX;
  private static final Register CORRECTIONS = RCX;
  private static final Register CONSTANTS = R8;
  private static final Register STEPS = R9;

  private static final int VECTOR = 32;
  private static final int FLOATS = 8;

  private static final Ymm SCALE = new Ymm(0);
  private static final Ymm INVERSE = new Ymm(1);
  private static final Ymm[] Q = {new Ymm(2), new Ymm(3), new Ymm(4), new Ymm(5)};
  private static final Ymm[] BYTES = {new Ymm(6), new Ymm(7)};
  private static final Ymm SUM = new Ymm(8);
  private static final Ymm CORRECTION = new Ymm(9);
  private static final Ymm ONE_BYTES = new Ymm(12);
  private static final Ymm ONE_SHORTS = new Ymm(13);
  private static final Ymm ABSOLUTE = new Ymm(14);

  private final Assembler asm = new Assembler();
  private final Tile tile;

  private RoundingCode(Tile tile) {
    this.tile = tile;
  }

  static byte[] of(Tile tile) {
    RoundingCode code = new RoundingCode(tile);
    code.write();
    return code.asm.code();
  }

  private void write() {
    asm.vpcmpeqw(ABSOLUTE, ABSOLUTE, ABSOLUTE);
    asm.vpsrlw(ONE_SHORTS, ABSOLUTE, 15);
    asm.vpackuswb(ONE_BYTES, ONE_SHORTS, ONE_SHORTS);
    asm.vpsrld(ABSOLUTE, ABSOLUTE, 1);
    int loop = asm.here();
    asm.vxorps(CORRECTION, CORRECTION, CORRECTION);
    for (int g = 0; g < tile.groupsPerStep(); g++) {
      scale(g);
      int block = Math.min(tile.group(), tile.block());
      for (int i = 0; i < tile.group(); i += block) {
        int from = g * tile.group() + i;
        int to = g * tile.tokens() * tile.groupBytes();
        asm.vxorps(SUM, SUM, SUM);
        if (tile.bits() == 4) {
          bytes(from, to + i, block);
        } else {
          shorts(from, to, block);
        }
        correct();
        if (tile.group() > tile.block()) {
          storeCorrection(i / block);
          asm.vxorps(CORRECTION, CORRECTION, CORRECTION);
        }
      }
    }
    if (tile.group() <= tile.block()) {
      storeCorrection(0);
    }
    asm.add(X, tile.groupsPerStep() * tile.group() * Float.BYTES);
    asm.add(INTEGERS, tile.groupsPerStep() * tile.tokens() * tile.groupBytes());
    asm.add(SCALES, tile.groupsPerStep() * tile.tokens() * Float.BYTES);
    asm.add(CORRECTIONS, tile.blocksPerStep() * Float.BYTES);
    asm.dec(STEPS);
    asm.jnz(loop);
    asm.vzeroupper();
    asm.ret();
  }

  /// Every lane of SCALE becomes the scale, of INVERSE what activations are multiplied by.
  private void scale(int group) {
    asm.vxorps(SCALE, SCALE, SCALE);
    for (int i = 0; i < tile.group(); i += FLOATS) {
      asm.vpand(Q[0], ABSOLUTE, x(group * tile.group() + i));
      asm.vmaxps(SCALE, SCALE, Q[0]);
    }
    asm.vperm2f128(Q[0], SCALE, SCALE, 1);
    asm.vmaxps(SCALE, SCALE, Q[0]);
    asm.vpermilps(Q[0], SCALE, 0x4e);
    asm.vmaxps(SCALE, SCALE, Q[0]);
    asm.vpermilps(Q[0], SCALE, 0xb1);
    asm.vmaxps(SCALE, SCALE, Q[0]);
    asm.vmaxps(Q[0], SCALE, constant(RoundingConstants.TINY));
    asm.vmovups(INVERSE, constant(RoundingConstants.MOST));
    asm.vdivps(INVERSE, INVERSE, Q[0]);
    asm.vdivps(SCALE, SCALE, constant(RoundingConstants.MOST));
    asm.vmovss(SCALES.plus(group * tile.tokens() * Float.BYTES), SCALE);
  }

  /// Rounds four times eight activations.
  private void round(int from, int count) {
    for (int i = 0; i < count; i++) {
      asm.vmulps(Q[i], INVERSE, x(from + i * FLOATS));
      asm.vcvtps2dq(Q[i], Q[i]);
    }
  }

  /// Stores integers as the weights lie after they were unpacked: of 64 those with even numbers
  /// first. Of a block of 32, half of each.
  private void bytes(int from, int to, int count) {
    for (int i = 0; i < count; i += 64) {
      int halves = Math.min(2, count / 32);
      for (int h = 0; h < halves; h++) {
        round(from + i + 32 * h, 4);
        asm.vpackssdw(Q[0], Q[0], Q[1]);
        asm.vpackssdw(Q[2], Q[2], Q[3]);
        asm.vpacksswb(BYTES[h], Q[0], Q[2]);
        asm.vmovups(Q[0], constant(RoundingConstants.IN_ORDER));
        asm.vpermd(BYTES[h], Q[0], BYTES[h]);
        asm.vpmaddubsw(Q[0], ONE_BYTES, BYTES[h]);
        asm.vpmaddwd(Q[0], Q[0], ONE_SHORTS);
        asm.vpaddd(SUM, SUM, Q[0]);
        asm.vpshufb(BYTES[h], BYTES[h], constant(RoundingConstants.EVEN_FIRST));
        asm.vmovups(Q[0], constant(RoundingConstants.MIDDLE_SWAPPED));
        asm.vpermd(BYTES[h], Q[0], BYTES[h]);
      }
      storeBytes(to + i, halves);
    }
  }

  private void storeBytes(int to, int halves) {
    if (halves == 2) {
      asm.vperm2f128(Q[0], BYTES[0], BYTES[1], 0x20);
      asm.vperm2f128(Q[1], BYTES[0], BYTES[1], 0x31);
      asm.vmovups(INTEGERS.plus(to), Q[0]);
      asm.vmovups(INTEGERS.plus(to + VECTOR), Q[1]);
      return;
    }
    int at = to / 64 * 64 + to % 64 / 2;
    asm.vmovups128(INTEGERS.plus(at), BYTES[0]);
    asm.vextractf128(Q[0], BYTES[0]);
    asm.vmovups128(INTEGERS.plus(at + VECTOR), Q[0]);
  }

  private void shorts(int from, int to, int count) {
    for (int i = 0; i < count; i += 16) {
      round(from + i, 2);
      asm.vpackssdw(Q[0], Q[0], Q[1]);
      asm.vmovups(Q[1], constant(RoundingConstants.MIDDLE_SWAPPED));
      asm.vpermd(Q[0], Q[1], Q[0]);
      asm.vmovups(INTEGERS.plus(to + i * Short.BYTES), Q[0]);
      asm.vpmaddwd(Q[0], Q[0], ONE_SHORTS);
      asm.vpaddd(SUM, SUM, Q[0]);
    }
  }

  private void correct() {
    asm.vcvtdq2ps(SUM, SUM);
    asm.vmulps(Q[0], SCALE, constant(RoundingConstants.ZERO_POINT));
    asm.vfmadd231ps(CORRECTION, SUM, Q[0]);
  }

  private void storeCorrection(int block) {
    asm.vextractf128(Q[0], CORRECTION);
    asm.vaddps(Q[0], Q[0], CORRECTION);
    asm.vhaddps(Q[0], Q[0], Q[0]);
    asm.vhaddps(Q[0], Q[0], Q[0]);
    asm.vmovss(CORRECTIONS.plus(block * Float.BYTES), Q[0]);
  }

  private static Operand.Address x(int index) {
    return X.plus(index * Float.BYTES);
  }

  private static Operand.Address constant(int index) {
    return CONSTANTS.plus(index * VECTOR);
  }
}
