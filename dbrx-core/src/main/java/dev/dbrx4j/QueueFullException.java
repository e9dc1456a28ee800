package dev.dbrx4j;

import java.io.Serial;

/// Too many requests wait already. Nothing is wrong with this one: it may be tried again later.
public final class QueueFullException extends DbrxException {
  @Serial private static final long serialVersionUID = 1L;

  /// Creates the exception.
  ///
  /// @param message how many wait and what to do
  public QueueFullException(String message) {
    super(message, null);
  }
}
