package dev.dbrx4j.onnx;

import java.util.Locale;

/// How a bundle stores the model's matrices.
public enum Precision {
  /// 32-bit floats, exactly the checkpoint's values: float16 and bfloat16 widen without rounding.
  FP32;

  /// {@return the name in manifests and on command lines, such as `fp32`}
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
