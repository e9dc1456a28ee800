package dev.dbrx4j.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.stream.DoubleStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Load on a small server that streams as OpenAI's protocol says, and on our own engine.
@Timeout(120)
class LoadTest {
  private final ConcurrentLinkedQueue<JsonNode> asked = new ConcurrentLinkedQueue<>();
  private HttpServer server;
  private String url;

  @TempDir private Path folder;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/v1/completions", exchange -> stream(exchange, "{\"text\": \"%s\"}"));
    server.createContext(
        "/v1/chat/completions", exchange -> stream(exchange, "{\"delta\": {\"content\": \"%s\"}}"));
    server.createContext("/cut/completions", exchange -> send(exchange, 200, "data: {}\n\n"));
    server.createContext(
        "/bad/completions", exchange -> send(exchange, 200, "data: {\"error\": \"tired\"}\n\n"));
    server.createContext("/busy/completions", exchange -> send(exchange, 503, "come back later"));
    server.start();
    url = "http://localhost:" + server.getAddress().getPort();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  /// Sends as many events as tokens were asked for, every second with two tokens, and the usage.
  private void stream(HttpExchange exchange, String choice) throws IOException {
    JsonNode body = JsonMapper.shared().readTree(exchange.getRequestBody());
    asked.add(body);
    int tokens = body.get("max_tokens").asInt();
    StringBuilder events = new StringBuilder(": a comment\n\n");
    events.append("data: {\"choices\": [" + choice.formatted("") + "]}\n\n");
    for (int sent = 0; sent < tokens; sent += 2) {
      events.append("data: {\"choices\": [" + choice.formatted("two words") + "]}\n\n");
    }
    events.append(
        "data: {\"choices\": [], \"usage\": {\"completion_tokens\": " + tokens + "}}\n\n");
    send(exchange, 200, events.append("data: [DONE]\n\n").toString());
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    exchange.sendResponseHeaders(status, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body.getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void loadsAServer() throws Exception {
    assertThat(execute("--url=" + url + "/v1")).isZero();

    assertThat(asked)
        .hasSize(5)
        .allSatisfy(body -> {
          assertThat(body.get("stream").asBoolean()).isTrue();
          assertThat(body.get("prompt").asString().split(" ").length).isBetween(30, 45);
        });
    assertThat(asked.stream().map(body -> body.get("prompt"))).doesNotHaveDuplicates();
    assertThat(row("load.users")).isEqualTo(5);
    assertThat(row("load.throughput")).isPositive();
    assertThat(row("load.time-to-first-token.p50")).isPositive();
    assertThat(row("load.time-to-first-token.p99"))
        .isGreaterThanOrEqualTo(row("load.time-to-first-token.p50"));
    var drawing =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(folder.resolve("load.svg").toFile());
    assertThat(drawing.getElementsByTagName("polyline").getLength()).isEqualTo(3);
  }

  @Test
  void loadsAChat() throws Exception {
    assertThat(execute("--url=" + url + "/v1/", "--api=CHAT")).isZero();
    assertThat(asked)
        .hasSize(5)
        .allSatisfy(body -> assertThat(body.at("/messages/0/role").asString()).isEqualTo("user"));
  }

  @Test
  void loadsOurEngine() throws Exception {
    assertThat(execute("--model=../models/dbrx-tiny", "--slots=2")).isZero();
    assertThat(row("load.users")).isEqualTo(5);
    assertThat(row("load.failed")).isZero();
    assertThat(row("load.time-per-output-token.p50")).isPositive();
  }

  @Test
  void countsTokensAsTheServerDoes() throws Exception {
    try (HttpTarget target = target("/v1")) {
      TokenClock clock = new TokenClock(System::nanoTime, new ArrivalLog(System.nanoTime()));
      assertThat(target.serve(new LoadRequest("Hello", 12), clock)).isEqualTo(12);
      assertThat(clock.hasBegun()).isTrue();
    }
  }

  @Test
  void reportsWhatFails() {
    assertFails("/busy", "answers 503: come back later");
    assertFails("/bad", "tired");
    assertFails("/cut", "ended the stream without [DONE]");
    assertThat(new CommandLine(new LoadCommand()).execute(arguments("--url=" + url + "/busy")))
        .isEqualTo(1);
  }

  private void assertFails(String path, String message) {
    try (HttpTarget target = target(path)) {
      TokenClock clock = new TokenClock(System::nanoTime, new ArrivalLog(System.nanoTime()));
      assertThatThrownBy(() -> target.serve(new LoadRequest("Hello", 2), clock))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(message);
    }
  }

  private HttpTarget target(String path) {
    return new HttpTarget(url + path, HttpTarget.Api.COMPLETIONS, "dbrx", Optional.empty());
  }

  private int execute(String... target) {
    return new CommandLine(new LoadCommand()).execute(arguments(target));
  }

  private String[] arguments(String... target) {
    List<String> arguments = new ArrayList<>(List.of(target));
    arguments.addAll(List.of("--users=5", "--rate=20", "--prompt-tokens=40", "--new-tokens=8"));
    arguments.add("--svg=" + folder.resolve("load.svg"));
    arguments.add("--json=" + folder.resolve("load.json"));
    return arguments.toArray(String[]::new);
  }

  private double row(String name) throws IOException {
    return JsonMapper.shared()
        .readTree(Files.readString(folder.resolve("load.json")))
        .valueStream()
        .filter(row -> row.get("name").asString().equals(name))
        .findFirst()
        .orElseThrow()
        .get("value")
        .asDouble();
  }

  @Test
  void measuresAUser() {
    long[] now = {0};
    ArrivalLog arrivals = new ArrivalLog(0);
    TokenClock clock = new TokenClock(() -> now[0], arrivals);
    for (long millis : new long[] {700, 900, 1100, 2700}) {
      now[0] = millis * 1_000_000;
      clock.arrived(2);
    }
    UserTimes times = UserTimes.of(0, 500_000_000, clock, 9);
    assertThat(times).isEqualTo(new UserTimes(500, 200, 250, 2200, 9));
    assertThat(arrivals.perSecond()).containsExactly(4, 2, 2);
  }

  @Test
  void percentilesAreValuesThatOccurred() {
    Distribution distribution = Distribution.of(DoubleStream.iterate(100, x -> x - 1).limit(100));
    assertThat(distribution.percentile(50)).isEqualTo(50);
    assertThat(distribution.percentile(99)).isEqualTo(99);
    assertThat(distribution.percentile(0)).isEqualTo(1);
    assertThat(distribution.curve()[24][1]).isCloseTo(25, within(1e-9));
    assertThat(Distribution.of(DoubleStream.empty()).percentile(50)).isNaN();
  }
}
