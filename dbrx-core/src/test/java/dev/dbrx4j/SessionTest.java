package dev.dbrx4j;

import static dev.dbrx4j.engine.ScriptedRunner.continuation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbrx4j.engine.ScriptedRunner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Sessions in token ids, against a model that gives itself away by a wrong word if a slot's
/// contents are not what they should be.
@Timeout(20)
final class SessionTest {
  private static final int[] FIRST = IntStream.range(0, 100).map(i -> i % 60).toArray();
  private static final int[] SECOND = {9, 8, 7};

  private final ScriptedRunner runner = new ScriptedRunner(2, 256);
  private final DbrxModel model = modelOn(runner);
  @TempDir private Path folder;

  private static DbrxModel modelOn(ScriptedRunner runner) {
    return DbrxModel.builder()
        .start(
            runner,
            Optional.empty(),
            new GenerationConfig(List.of(), GenerationOptions.defaults()));
  }

  @AfterEach
  void close() {
    model.close();
  }

  @Test
  void prefillsOnlyWhatIsNew() {
    Session session = model.newSession();
    int[] answer = session.sendIds(FIRST, tokens(10)).tokenIds();
    GenerationResult next = session.sendIds(SECOND, tokens(10));

    assertThat(next.tokenIds()).isEqualTo(continuation(concat(FIRST, answer, SECOND), 10));
    assertThat(next.cachedPromptTokens()).isEqualTo(109); // all but the answer's last token
  }

  @Test
  void goesOnTwoWaysAfterAFork() {
    Session session = model.newSession();
    int[] answer = session.sendIds(FIRST, tokens(10)).tokenIds();
    Session other = session.fork();

    GenerationResult one = session.sendIds(new int[] {1}, tokens(10));
    GenerationResult two = other.sendIds(new int[] {2}, tokens(10));

    assertThat(one.tokenIds()).isEqualTo(continuation(concat(FIRST, answer, new int[] {1}), 10));
    assertThat(two.tokenIds()).isEqualTo(continuation(concat(FIRST, answer, new int[] {2}), 10));
    assertThat(one.cachedPromptTokens()).isEqualTo(109);
    assertThat(two.cachedPromptTokens()).isEqualTo(110);
  }

  @Test
  void goesOnAfterBeingSavedAndRestored() {
    Session session = model.newSession();
    session.sendIds(FIRST, tokens(10));
    session.save(folder.resolve("session"));

    try (DbrxModel later = modelOn(new ScriptedRunner(2, 256))) {
      Session restored = later.restoreSession(folder.resolve("session"));
      GenerationResult next = restored.sendIds(SECOND, tokens(10));

      assertThat(restored.tokenIds()).startsWith(session.tokenIds());
      assertThat(next.tokenIds()).isEqualTo(continuation(concat(session.tokenIds(), SECOND), 10));
      assertThat(next.cachedPromptTokens()).isEqualTo(109);
    }
  }

  @Test
  void goesOnWithoutItsCache() {
    Session session = model.newSession();
    session.sendIds(FIRST, tokens(10));
    int[] before = session.tokenIds();
    for (int i = 0; i < 2; i++) {
      model.generate(Prompt.ids(60 + i, 1, 2), tokens(3)); // takes both slots
    }
    session.save(folder.resolve("session"));

    Session restored = model.restoreSession(folder.resolve("session"));
    GenerationResult next = restored.sendIds(SECOND, tokens(10));

    assertThat(next.cachedPromptTokens()).isZero();
    assertThat(next.tokenIds()).isEqualTo(continuation(concat(before, SECOND), 10));
  }

  @Test
  void forgetsATurnThatFailed() {
    Session session = model.newSession();
    session.sendIds(FIRST, tokens(10));
    int[] before = session.tokenIds();

    runner.failPass(1, new IllegalStateException("no memory"));
    assertThatThrownBy(() -> session.sendIds(SECOND, tokens(5)))
        .isInstanceOf(NativeRuntimeException.class);

    assertThat(session.tokenIds()).isEqualTo(before);
  }

  @Test
  void refusesADamagedFileWhereverTheDamageIs() throws IOException {
    Path file = folder.resolve("session");
    Session session = model.newSession();
    session.sendIds(new int[] {1, 2, 3}, tokens(3));
    session.save(file);
    byte[] good = Files.readAllBytes(file);

    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= 0x10;
      Files.write(file, bad);
      assertThatThrownBy(() -> model.restoreSession(file))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining(file.toString());
      Files.write(file, Arrays.copyOf(good, i));
      assertThatThrownBy(() -> model.restoreSession(file))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining(file.toString());
    }
  }

  /// What a checksum does not catch: a file that somebody made up.
  @Test
  void refusesWhatCannotBeTrueEvenIfTheChecksumFits() throws IOException {
    Path file = folder.resolve("session");
    Session session = model.newSession();
    session.sendIds(new int[] {1, 2, 3}, tokens(3));
    session.save(file);
    byte[] good = Files.readAllBytes(file);
    int version = 8;
    int identity = 12;
    int count = identity + 2 + "scripted".length();

    assertRefused(file, good, version, 77, "format version 77");
    assertRefused(file, good, identity + 2, 0x41414141, "was saved by model AAAA");
    assertRefused(file, good, count, -1, "tokens is -1");
    assertRefused(file, good, count, 257, "tokens is 257");
    assertRefused(file, good, count + 4, 64, "a token id is 64");
    assertRefused(file, good, count + 4 + 6 * 4, 1 << 30, "ends early");
    assertRefused(file, good, count + 4 + 7 * 4, 65, "a piece of the cache is 65");
  }

  private void assertRefused(Path file, byte[] good, int offset, int value, String message)
      throws IOException {
    byte[] forged = good.clone();
    ByteBuffer buffer = ByteBuffer.wrap(forged).putInt(offset, value);
    CRC32C sum = new CRC32C();
    sum.update(forged, 0, forged.length - 8);
    buffer.putLong(forged.length - 8, sum.getValue());
    Files.write(file, forged);

    assertThatThrownBy(() -> model.restoreSession(file))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(message);
  }

  @Test
  void saysWhereItCannotBeSaved() {
    Path nowhere = folder.resolve("no such folder").resolve("session");

    assertThatThrownBy(() -> model.newSession().save(nowhere))
        .isInstanceOf(ModelIoException.class)
        .hasMessageContaining(nowhere.toString());
    assertThatThrownBy(() -> model.restoreSession(nowhere)).isInstanceOf(ModelIoException.class);
  }

  private static int[] concat(int[]... parts) {
    return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
  }

  private static GenerationOptions tokens(int count) {
    return GenerationOptions.builder().maxNewTokens(count).build();
  }
}
