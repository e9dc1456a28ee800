package dev.dbrx4j.spi;

import java.io.Serial;

/// A forward pass ended early because [ModelRunner#terminate()] was called. The slot's contents
/// from the pass's position on are undefined; what stood before is intact.
public final class RunTerminatedException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /// Creates the exception.
  public RunTerminatedException() {
    super("the forward pass was terminated");
  }
}
