package dev.dbrx4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbrx4j.FinishReason;
import dev.dbrx4j.GenerationResult;
import dev.dbrx4j.ModelClosedException;
import dev.dbrx4j.NativeRuntimeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Somebody with a request, who knows what it must come to and keeps what was delivered.
final class Caller {
  private final Generation generation;
  private final Alone expected;
  private final List<Integer> received = new ArrayList<>();
  private boolean through;

  Caller(Generation generation, Alone expected) {
    this.generation = generation;
    this.expected = expected;
  }

  Generation generation() {
    return generation;
  }

  boolean hasEnded() {
    return generation.isDone();
  }

  boolean canRead() {
    return generation.unread() > 0;
  }

  void read() {
    Arrays.stream(generation.next().tokenIds()).forEach(received::add);
  }

  void readAll() {
    while (canRead()) {
      read();
    }
  }

  void cancel() {
    generation.cancel();
  }

  /// Whether the request has ended and everything about it was in order.
  boolean isThrough() {
    return through;
  }

  void check() {
    checkBeginning(received);
    if (hasEnded() && !canRead()) {
      result().ifPresent(this::check);
      through = true;
    }
  }

  private Optional<GenerationResult> result() {
    try {
      return Optional.of(generation.result());
    } catch (NativeRuntimeException | ModelClosedException injected) {
      return Optional.empty();
    }
  }

  private void check(GenerationResult result) {
    List<Integer> ids = Arrays.stream(result.tokenIds()).boxed().toList();
    if (generation.request().streams()) {
      assertThat(received).isEqualTo(ids);
    }
    if (result.finishReason() == FinishReason.CANCELLED) {
      assertThat(generation.isCancelled()).isTrue();
      checkBeginning(ids);
    } else if (result.finishReason() == FinishReason.DEADLINE) {
      assertThat(generation.request().options().timeout()).isPresent();
      checkBeginning(ids);
    } else {
      assertThat(new Alone(ids, result.finishReason())).isEqualTo(expected);
    }
  }

  private void checkBeginning(List<Integer> ids) {
    assertThat(ids).isEqualTo(expected.ids().subList(0, ids.size()));
  }
}
