package dev.dbrx4j.onnx.export;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.dbrx4j.ModelIoException;
import dev.dbrx4j.ProgressListener;
import dev.dbrx4j.onnx.bundle.ByteProgress;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The right to write one target folder, held by one thread of one process at a time through a lock
/// on the file `<target>.lock`. Where several want it, the others wait.
public final class TargetLock implements AutoCloseable {
  private static final long POLL_MILLIS = 50;

  /// Targets locked by this process. Files are not enough: the system drops a process's lock when
  /// any of its threads closes the file.
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path target;
  private final FileChannel channel;

  private TargetLock(Path target, FileChannel channel) {
    this.target = target;
    this.channel = channel;
  }

  /// Waits for the lock.
  ///
  /// @param target the folder to be written, absolute
  /// @param listener told while another holds the lock
  /// @return the lock, which the caller closes
  public static TargetLock acquire(Path target, ProgressListener listener) {
    ByteProgress waiting = new ByteProgress(listener, "waiting for another export", 0, 0);
    try {
      Files.createDirectories(target.resolveSibling("."));
      TargetLock lock = tryAcquire(target);
      while (lock == null) {
        waiting.add(target.toString(), 0);
        Thread.sleep(POLL_MILLIS);
        lock = tryAcquire(target);
      }
      return lock;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ModelIoException("interrupted while waiting for another export of " + target, e);
    } catch (IOException e) {
      throw new ModelIoException("cannot lock " + file(target) + ": " + e, e);
    }
  }

  private static @Nullable TargetLock tryAcquire(Path target) throws IOException {
    if (!HELD.add(target)) {
      return null;
    }
    TargetLock lock = null;
    try {
      lock = tryLockFile(target);
      return lock;
    } finally {
      if (lock == null) {
        HELD.remove(target);
      }
    }
  }

  private static @Nullable TargetLock tryLockFile(Path target) throws IOException {
    FileChannel channel = FileChannel.open(file(target), CREATE, WRITE);
    if (channel.tryLock() == null) {
      channel.close();
      return null;
    }
    return new TargetLock(target, channel);
  }

  private static Path file(Path target) {
    return target.resolveSibling(target.getFileName() + ".lock");
  }

  /// Gives the lock back. Its file goes once the target stands, and stays for the next attempt
  /// otherwise: removing it would let two later ones lock different files.
  @Override
  public void close() {
    try {
      channel.close();
      if (Files.exists(target)) {
        Files.deleteIfExists(file(target));
      }
    } catch (IOException e) {
      // Somebody waits with the file open, on a system that keeps open files: it goes with them.
    } finally {
      HELD.remove(target);
    }
  }
}
