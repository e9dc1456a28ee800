package dev.dbrx4j.onnx.ort;

import java.util.List;

/// Operators of one session, and what they work with.
public interface OperatorSet extends AutoCloseable {
  /// No operators.
  OperatorSet NONE =
      new OperatorSet() {
        @Override
        public List<Operator> list() {
          return List.of();
        }

        @Override
        public void close() {}
      };

  /// {@return the operators}
  List<Operator> list();

  /// Called when the session is gone.
  @Override
  void close();
}
