package dev.dbrx4j.onnx;

import java.util.Locale;

/// A form of the graph, made for one kind of device. All flavours of a bundle share its weights.
public enum Flavour {
  /// float32 activations; an expert computes only the tokens that the router gave it.
  CPU;

  /// {@return the name in manifests, such as `cpu`}
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// {@return the graph's file name in a bundle, such as `model-cpu.onnx`}
  public String graphFile() {
    return "model-" + label() + ".onnx";
  }
}
