package dev.dbrx4j.onnx.runtime;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.Precision.WeightType;
import dev.dbrx4j.onnx.Bundle;
import dev.dbrx4j.onnx.bundle.BundleManifest;
import dev.dbrx4j.onnx.bundle.ManifestFile;
import dev.dbrx4j.onnx.safetensors.DType;
import dev.dbrx4j.onnx.weights.Section;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;

/// The weights of a small bundle as the checkpoint would have had to hold them: every integer times
/// its scale, in the checkpoint's tensors and order. Written down plainly, to check the exporter.
final class DequantisedWeights {
  private final DbrxConfig config;
  private final Bundle bundle;
  private final ByteBuffer file;
  private final Map<String, Section> sections = new LinkedHashMap<>();

  private DequantisedWeights(Bundle bundle) throws IOException {
    this.bundle = bundle;
    this.config = bundle.config();
    BundleManifest manifest = ManifestFile.read(bundle.folder());
    manifest.sections().forEach(entry -> sections.put(entry.section().name(), entry.section()));
    file =
        ByteBuffer.wrap(Files.readAllBytes(bundle.folder().resolve("weights.bin")))
            .order(ByteOrder.LITTLE_ENDIAN);
  }

  static Map<String, float[]> of(Bundle bundle) {
    try {
      return new DequantisedWeights(bundle).read();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Map<String, float[]> read() {
    Map<String, float[]> weights = new LinkedHashMap<>();
    for (Section section : sections.values()) {
      String name = section.name();
      if (name.contains(".mlp.")) {
        continue;
      }
      if (section.dtype() == DType.F32 && !name.endsWith(".scales")) {
        weights.put(name, floats(section));
      } else if (section.dtype() == DType.BF16) {
        weights.put(name, bfloats(section));
      } else if (section.dtype() == DType.U8) {
        boolean embedding = name.contains("wte");
        WeightType type =
            embedding
                ? bundle.precision().embedding()
                : name.contains("lm_head")
                    ? bundle.precision().lmHead()
                    : bundle.precision().attention();
        int rows = Math.toIntExact(section.shape().getFirst());
        weights.put(name, matrix(section, type.bits(), rows, config.dModel()));
      }
    }
    for (int block = 0; block < config.nLayers(); block++) {
      addExperts(weights, "transformer.blocks." + block + ".ffn.experts.mlp.");
    }
    return weights;
  }

  private void addExperts(Map<String, float[]> weights, String path) {
    int d = config.dModel();
    int ffn = config.ffnHiddenSize();
    float[] w1 = new float[config.nExperts() * ffn * d];
    float[] v1 = w1.clone();
    float[] w2 = w1.clone();
    int bits = bundle.precision().matrices().bits();
    for (int e = 0; e < config.nExperts(); e++) {
      float[] gateUp = matrix(sections.get(path + "w1v1." + e), bits, 2 * ffn, d);
      float[] down = matrix(sections.get(path + "w2." + e), bits, d, ffn);
      for (int row = 0; row < ffn; row++) {
        int to = (e * ffn + row) * d;
        System.arraycopy(gateUp, 2 * row * d, w1, to, d);
        System.arraycopy(gateUp, (2 * row + 1) * d, v1, to, d);
        for (int column = 0; column < d; column++) {
          w2[to + column] = down[column * ffn + row];
        }
      }
    }
    weights.put(path + "w1", w1);
    weights.put(path + "v1", v1);
    weights.put(path + "w2", w2);
  }

  private float[] matrix(Section integers, int bits, int rows, int inputs) {
    if (integers.dtype() == DType.F32) {
      return floats(integers);
    }
    int block = bundle.precision().block();
    int blocks = (inputs + block - 1) / block;
    int rowBytes = (int) (integers.tensorBytes() / rows);
    float[] scales = floats(sections.get(integers.name() + ".scales"));
    float[] matrix = new float[rows * inputs];
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < inputs; i++) {
        int at = (int) integers.offset() + row * rowBytes + i * bits / 8;
        int stored = Byte.toUnsignedInt(file.get(at));
        int integer = bits == 8 ? stored - 128 : ((stored >> (4 * (i % 2))) % 16) - 8;
        matrix[row * inputs + i] = integer * scales[row * blocks + i / block];
      }
    }
    return matrix;
  }

  private float[] bfloats(Section section) {
    float[] values = new float[(int) (section.tensorBytes() / Short.BYTES)];
    for (int i = 0; i < values.length; i++) {
      int half = file.getShort((int) section.offset() + Short.BYTES * i);
      values[i] = Float.intBitsToFloat(half << 16);
    }
    return values;
  }

  private float[] floats(Section section) {
    float[] values = new float[(int) (section.tensorBytes() / Float.BYTES)];
    file.slice((int) section.offset(), (int) section.tensorBytes())
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(values);
    return values;
  }
}
