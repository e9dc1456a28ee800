package dev.dbrx4j.onnx.kernel;

import static dev.dbrx4j.onnx.x86.Register.R10;
import static dev.dbrx4j.onnx.x86.Register.R11;
import static dev.dbrx4j.onnx.x86.Register.R8;
import static dev.dbrx4j.onnx.x86.Register.R9;
import static dev.dbrx4j.onnx.x86.Register.RAX;
import static dev.dbrx4j.onnx.x86.Register.RCX;
import static dev.dbrx4j.onnx.x86.Register.RDI;
import static dev.dbrx4j.onnx.x86.Register.RDX;
import static dev.dbrx4j.onnx.x86.Register.RSI;
import static dev.dbrx4j.onnx.x86.Register.RSP;

import dev.dbrx4j.onnx.x86.Assembler;
import dev.dbrx4j.onnx.x86.Operand.Address;
import dev.dbrx4j.onnx.x86.Operand.Ymm;
import dev.dbrx4j.onnx.x86.Register;
import java.util.Arrays;

/// Writes the code that multiplies rows of a [BlockMatrix] by a [Tile]:
///
/// ```
/// void product(uint8 *integers, float *scales, void *tile, float *y, long rows)
/// ```
///
/// A row's integers are unpacked once for all tokens of the tile. Every token's sum stays in a
/// register of eight floats for the whole row.
final class ProductCode {
  private static final Register INTEGERS = RDI;
  private static final Register SCALES = RSI;
  private static final Register TILE = RDX;
  private static final Register Y = RCX;
  private static final Register ROWS = R8;

  /// Places in the tile, and the steps that are left.
  private static final Register ACTIVATIONS = R10;

  private static final Register TILE_SCALES = R11;
  private static final Register STEPS = R9;
  private static final Register CORRECTIONS = RAX;

  /// Below the stack's end lie 128 bytes that a function which calls none may use.
  private static final Address NIBBLES = RSP.plus(-40);

  private static final Address HALVES = RSP.plus(-72);

  private static final int VECTOR = 32;
  private static final int PREFETCH = 1024;

  private static final Ymm[] SUM = registers(0, 8);
  private static final Ymm[] UNPACKED = registers(8, 4);
  private static final Ymm SCALE = new Ymm(12);
  private static final Ymm ONES = new Ymm(13);
  private static final Ymm A = new Ymm(14);
  private static final Ymm B = new Ymm(15);

  private final Assembler asm = new Assembler();
  private final Tile tile;
  private final int tokens;

  private ProductCode(Tile tile) {
    this.tile = tile;
    tokens = tile.tokens();
  }

  static byte[] of(Tile tile) {
    ProductCode code = new ProductCode(tile);
    code.write();
    return code.asm.code();
  }

  private void write() {
    constants();
    int row = asm.here();
    for (int t = 0; t < tokens; t++) {
      asm.vxorps(SUM[t], SUM[t], SUM[t]);
    }
    corrections();
    products();
    store();
    asm.add(Y, Tile.rowStride(tokens) * Float.BYTES);
    asm.dec(ROWS);
    asm.jnz(row);
    asm.vzeroupper();
    asm.ret();
  }

  private void constants() {
    asm.vpcmpeqw(A, A, A);
    asm.vpsrlw(ONES, A, 15);
    asm.vpsrlw(B, A, 12);
    asm.vpackuswb(B, B, B);
    asm.vmovups(NIBBLES, B);
    asm.vpsrld(B, A, 31);
    asm.vperm2f128(B, B, B, 8);
    asm.vmovups(HALVES, B);
  }

  /// Adds the product of the row's scales with each token's corrections.
  private void corrections() {
    asm.mov(R9, SCALES);
    asm.mov(CORRECTIONS, TILE);
    asm.add(CORRECTIONS, tile.correctionsOffset());
    int whole = tile.blocks() / 8;
    if (whole > 0) {
      asm.mov(R10, whole);
      int loop = asm.here();
      asm.vmovups(SCALE, R9.plus(0));
      for (int t = 0; t < tokens; t++) {
        asm.vfmadd231ps(SUM[t], SCALE, CORRECTIONS.plus(t * tile.correctionBytes()));
      }
      asm.add(R9, VECTOR);
      asm.add(CORRECTIONS, VECTOR);
      asm.dec(R10);
      asm.jnz(loop);
    }
    for (int block = 0; block < tile.blocks() % 8; block++) {
      asm.vmovss(SCALE, R9.plus(block * Float.BYTES));
      for (int t = 0; t < tokens; t++) {
        asm.vmovss(A, CORRECTIONS.plus(t * tile.correctionBytes() + block * Float.BYTES));
        asm.vfmadd231ps(SUM[t], SCALE, A);
      }
    }
  }

  private void products() {
    int groupBytes = tile.group() * tile.bits() / Byte.SIZE;
    int groupsPerStep = tile.groupsPerStep();
    asm.mov(ACTIVATIONS, TILE);
    asm.mov(TILE_SCALES, TILE);
    asm.add(TILE_SCALES, tile.scalesOffset());
    asm.mov(STEPS, tile.groups() / groupsPerStep);
    int loop = asm.here();
    scale();
    for (int g = 0; g < groupsPerStep; g++) {
      asm.prefetcht0(INTEGERS.plus(g * groupBytes + PREFETCH));
      unpack(g * groupBytes);
      for (int t = 0; t < tokens; t++) {
        int index = g * tokens + t;
        multiply(index * tile.groupBytes());
        asm.vcvtdq2ps(A, A);
        asm.vbroadcastss(B, TILE_SCALES.plus(index * Float.BYTES));
        asm.vmulps(B, B, SCALE);
        asm.vfmadd231ps(SUM[t], A, B);
      }
    }
    asm.add(INTEGERS, groupsPerStep * groupBytes);
    asm.add(SCALES, tile.blocksPerStep() * Float.BYTES);
    asm.add(ACTIVATIONS, groupsPerStep * tokens * tile.groupBytes());
    asm.add(TILE_SCALES, groupsPerStep * tokens * Float.BYTES);
    asm.dec(STEPS);
    asm.jnz(loop);
  }

  /// The scale of each lane's block: two blocks of 32 have half of the lanes each.
  private void scale() {
    if (tile.block() < tile.group()) {
      asm.vbroadcastsd(SCALE, SCALES.plus(0));
      asm.vpermilps(SCALE, SCALE, HALVES);
    } else {
      asm.vbroadcastss(SCALE, SCALES.plus(0));
    }
  }

  private void unpack(int at) {
    if (tile.bits() == 8) {
      for (int i = 0; i < tile.group() / 16; i++) {
        asm.vpmovzxbw(UNPACKED[i], INTEGERS.plus(at + i * 16));
      }
      return;
    }
    for (int i = 0; i < tile.group() / 32; i += 2) {
      asm.vmovups(UNPACKED[i], INTEGERS.plus(at + i / 2 * VECTOR));
      asm.vpsrlw(UNPACKED[i + 1], UNPACKED[i], 4);
      asm.vpand(UNPACKED[i], UNPACKED[i], NIBBLES);
      asm.vpand(UNPACKED[i + 1], UNPACKED[i + 1], NIBBLES);
    }
  }

  /// Sums a token's products of a group in eight 32-bit lanes.
  private void multiply(int at) {
    if (tile.bits() == 8) {
      asm.vpmaddwd(A, UNPACKED[0], ACTIVATIONS.plus(at));
      for (int i = 1; i < tile.group() / 16; i++) {
        asm.vpmaddwd(B, UNPACKED[i], ACTIVATIONS.plus(at + i * VECTOR));
        asm.vpaddd(A, A, B);
      }
      return;
    }
    asm.vpmaddubsw(A, UNPACKED[0], ACTIVATIONS.plus(at));
    for (int i = 1; i < tile.group() / 32; i++) {
      asm.vpmaddubsw(B, UNPACKED[i], ACTIVATIONS.plus(at + i * VECTOR));
      asm.vpaddw(A, A, B);
    }
    asm.vpmaddwd(A, A, ONES);
  }

  /// Adds the eight lanes of each token's sum and stores the sums side by side.
  private void store() {
    pairs(0, 1, A);
    pairs(2, 3, B);
    asm.vhaddps(A, A, B);
    if (tokens > 4) {
      pairs(4, 5, B);
      pairs(6, 7, SCALE);
      asm.vhaddps(B, B, SCALE);
      asm.vperm2f128(SCALE, A, B, 0x20);
      asm.vperm2f128(B, A, B, 0x31);
      asm.vaddps(SCALE, SCALE, B);
      asm.vmovups(Y.plus(0), SCALE);
      return;
    }
    asm.vextractf128(B, A);
    asm.vaddps(A, A, B);
    if (tokens == 1) {
      asm.vmovss(Y.plus(0), A);
    } else {
      asm.vmovups128(Y.plus(0), A);
    }
  }

  /// Adds neighbouring lanes of two tokens' sums; what stands for a token that is not there is
  /// never read.
  private void pairs(int a, int b, Ymm to) {
    asm.vhaddps(to, SUM[Math.min(a, tokens - 1)], SUM[Math.min(b, tokens - 1)]);
  }

  private static Ymm[] registers(int first, int count) {
    Ymm[] registers = new Ymm[count];
    Arrays.setAll(registers, i -> new Ymm(first + i));
    return registers;
  }
}
