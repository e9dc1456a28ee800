package dev.dbrx4j;

import java.io.Serial;

/// Root of everything this library throws on purpose. The message says what was wrong, where (file,
/// offset, tensor, option), and what to do. How a generation ended is data, see [FinishReason].
public abstract sealed class DbrxException extends RuntimeException
    permits InvalidModelException,
        InvalidRequestException,
        QueueFullException,
        ModelIoException,
        NativeRuntimeException,
        ModelClosedException {
  @Serial private static final long serialVersionUID = 1L;

  DbrxException(String message, @org.jspecify.annotations.Nullable Throwable cause) {
    super(message, cause);
  }
}
