package dev.dbrx4j.bench.load;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/// Users who come at a steady rate, whether or not those before them have been served.
final class Load {
  private static final double SECOND = 1e9;

  private final LoadTarget target;
  private final IntFunction<LoadRequest> requests;
  private final Consumer<String> progress;
  private final Queue<UserTimes> served = new ConcurrentLinkedQueue<>();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();

  /// What came of a load.
  ///
  /// @param users everybody who was served, in the order in which that ended
  /// @param failures what everybody else was told
  /// @param tokensPerSecond tokens that came in each second
  /// @param seconds from the first arrival to the last token
  record Outcome(
      List<UserTimes> users, List<String> failures, List<Double> tokensPerSecond, double seconds) {
    long tokens() {
      return users.stream().mapToLong(UserTimes::tokens).sum();
    }
  }

  /// @param requests what the user of a number asks for
  /// @param progress told who came and who was served
  Load(LoadTarget target, IntFunction<LoadRequest> requests, Consumer<String> progress) {
    this.target = target;
    this.requests = requests;
    this.progress = progress;
  }

  /// Lets users come and waits for the last one.
  Outcome run(int users, double usersPerSecond) throws InterruptedException {
    long start = System.nanoTime();
    ArrivalLog arrivals = new ArrivalLog(start);
    List<Thread> threads = new ArrayList<>();
    for (int user = 0; user < users; user++) {
      LoadRequest request = requests.apply(user);
      sleepUntil(start + (long) (user / usersPerSecond * SECOND));
      threads.add(
          Thread.startVirtualThread(
              () -> serve(request, start, new TokenClock(System::nanoTime, arrivals))));
      progress.accept(
          "%d of %d users came, %d were served".formatted(user + 1, users, served.size()));
    }
    for (Thread thread : threads) {
      thread.join();
      progress.accept("%d of %d users were served".formatted(served.size(), users));
    }
    double seconds = (System.nanoTime() - start) / SECOND;
    return new Outcome(
        List.copyOf(served),
        List.copyOf(failures),
        Arrays.stream(arrivals.perSecond()).boxed().toList(),
        seconds);
  }

  private static void sleepUntil(long nanos) throws InterruptedException {
    long left = nanos - System.nanoTime();
    if (left > 0) {
      Thread.sleep(left / 1_000_000, (int) (left % 1_000_000));
    }
  }

  private void serve(LoadRequest request, long start, TokenClock clock) {
    long arrival = System.nanoTime();
    try {
      int tokens = target.serve(request, clock);
      if (clock.hasBegun()) {
        served.add(UserTimes.of(start, arrival, clock, tokens));
      } else {
        failures.add("no token came");
      }
    } catch (Exception e) {
      failures.add(e.toString());
    }
  }
}
