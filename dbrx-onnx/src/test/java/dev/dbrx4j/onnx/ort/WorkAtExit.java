package dev.dbrx4j.onnx.ort;

import dev.dbrx4j.NativeRuntimeException;
import java.util.concurrent.CountDownLatch;

/// Exits while guarded work is under way.
final class WorkAtExit {
  static final int EXIT_CODE = 3;

  private static final CountDownLatch WORKING = new CountDownLatch(1);
  private static final CountDownLatch EXITING = new CountDownLatch(1);

  private WorkAtExit() {}

  public static void main(String[] args) throws InterruptedException {
    Runtime.getRuntime().addShutdownHook(new Thread(EXITING::countDown));
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          ExitGuard.call(WorkAtExit::work);
          System.out.println("returned, to a process that is ending");
        });
    WORKING.await();
    System.exit(EXIT_CODE);
  }

  private static boolean work() {
    System.out.println("working");
    WORKING.countDown();
    awaitExit();
    try {
      ExitGuard.call(() -> true);
    } catch (NativeRuntimeException e) {
      System.out.println("refused: " + e.getMessage());
    }
    System.out.println("worked");
    return true;
  }

  private static void awaitExit() {
    try {
      EXITING.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
