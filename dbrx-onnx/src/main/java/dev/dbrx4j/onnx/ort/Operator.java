package dev.dbrx4j.onnx.ort;

import java.util.List;

/// An operator whose kernel is Java code, for graphs to use in a domain of their own.
///
/// @param name the operator's type in the graph
/// @param inputs types of its inputs
/// @param outputs types of its outputs
/// @param factory makes a kernel for each node
public record Operator(
    String name, List<ElementType> inputs, List<ElementType> outputs, Factory factory) {
  /// The domain that these operators are in.
  public static final String DOMAIN = "dev.dbrx4j";

  /// Makes kernels.
  public interface Factory {
    /// {@return the kernel of a node}
    ///
    /// @param attributes the node's attributes
    Kernel create(Attributes attributes);
  }

  /// A node's attributes.
  public interface Attributes {
    /// {@return an integer}
    ///
    /// @param name the attribute's name
    /// @throws dev.dbrx4j.NativeRuntimeException if the node has none
    long integer(String name);

    /// {@return a number}
    ///
    /// @param name the attribute's name
    /// @throws dev.dbrx4j.NativeRuntimeException if the node has none
    float number(String name);
  }

  /// The code of a node. Called by one thread at a time.
  public interface Kernel {
    /// Computes the outputs.
    ///
    /// @param call the inputs and outputs; not to be kept
    void compute(OperatorCall call);
  }
}
