package dev.dbrx4j.bench.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Iterator;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A server that speaks OpenAI's protocol, asked to stream.
///
/// Tokens are counted as the server counts them (`usage`), or as one an event where it does not.
final class HttpTarget implements LoadTarget {
  private static final String DATA = "data:";
  private static final String END = "[DONE]";

  private final URI address;
  private final Api api;
  private final String model;
  private final Optional<String> key;

  /// Upgrading to HTTP/2 makes some servers lose the body.
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /// Which of the protocol's two ways to ask.
  enum Api {
    /// `/completions`: a text to continue.
    COMPLETIONS("/completions"),
    /// `/chat/completions`: a user's message to answer.
    CHAT("/chat/completions");

    private final String path;

    Api(String path) {
      this.path = path;
    }

    private void putPrompt(ObjectNode body, String prompt) {
      switch (this) {
        case COMPLETIONS -> body.put("prompt", prompt);
        case CHAT ->
            body.putArray("messages").addObject().put("role", "user").put("content", prompt);
      }
    }

    private boolean hasText(JsonNode event) {
      JsonNode choice = event.path("choices").path(0);
      JsonNode text = this == CHAT ? choice.path("delta").path("content") : choice.path("text");
      return text.isString() && !text.asString().isEmpty();
    }
  }

  /// @param base address up to and including the version, such as `http://localhost:8000/v1`
  /// @param model the server's name of the model
  /// @param key what authorises, if anything does
  HttpTarget(String base, Api api, String model, Optional<String> key) {
    this.address = URI.create(base.replaceAll("/+$", "") + api.path);
    this.api = api;
    this.model = model;
    this.key = key;
  }

  @Override
  public int serve(LoadRequest request, TokenClock tokens)
      throws IOException, InterruptedException {
    HttpResponse<Stream<String>> response = client.send(post(request), BodyHandlers.ofLines());
    try (Stream<String> lines = response.body()) {
      if (response.statusCode() != 200) {
        throw new IOException(
            "%s answers %d: %s"
                .formatted(
                    address,
                    response.statusCode(),
                    lines.limit(5).collect(Collectors.joining(" "))));
      }
      return read(lines.iterator(), tokens);
    }
  }

  private HttpRequest post(LoadRequest request) {
    ObjectNode body = JsonMapper.shared().createObjectNode();
    body.put("model", model);
    api.putPrompt(body, request.prompt());
    body.put("max_tokens", request.newTokens());
    body.put("temperature", 0);
    body.put("ignore_eos", true); // an extension that several servers have
    body.put("stream", true);
    body.putObject("stream_options").put("include_usage", true);
    HttpRequest.Builder post =
        HttpRequest.newBuilder(address)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body.toString()));
    key.ifPresent(secret -> post.header("Authorization", "Bearer " + secret));
    return post.build();
  }

  /// Reads server-sent events to their end.
  private int read(Iterator<String> lines, TokenClock tokens) throws IOException {
    int events = 0;
    int counted = 0;
    while (lines.hasNext()) {
      String line = lines.next();
      if (!line.startsWith(DATA)) {
        continue;
      }
      String data = line.substring(DATA.length()).strip();
      if (data.equals(END)) {
        return Math.max(events, counted);
      }
      JsonNode event = JsonMapper.shared().readTree(data);
      if (event.has("error")) {
        throw new IOException(address + " reports " + event.get("error"));
      }
      if (api.hasText(event)) {
        events++;
        tokens.arrived(1);
      }
      counted = event.path("usage").path("completion_tokens").asInt(counted);
    }
    throw new IOException(address + " ended the stream without " + END);
  }

  @Override
  public void close() {
    client.close();
  }
}
