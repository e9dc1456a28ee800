package dev.dbrx4j.engine;

import dev.dbrx4j.tokenizer.IncrementalDecoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The text that a sequence has produced, and how much of it may be shown: what could still turn
/// into a stop string is withheld, and a stop string is cut off together with what follows it.
final class OutputText {
  private final @Nullable IncrementalDecoder decoder;
  private final List<String> stops;
  private final int longestStop;
  private final StringBuilder text = new StringBuilder();
  private int released;
  private boolean stopped;

  /// @param decoder turns ids into text; null for a model without a tokenizer, whose text is empty
  /// @param stops strings that end the text
  OutputText(@Nullable IncrementalDecoder decoder, List<String> stops) {
    this.decoder = decoder;
    this.stops = stops;
    this.longestStop = stops.stream().mapToInt(String::length).max().orElse(0);
  }

  /// Adds a token's text.
  ///
  /// @return whether that completed a stop string; the text then ends before it
  boolean append(int id) {
    return decoder != null && append(decoder.append(id));
  }

  private boolean append(String piece) {
    int from = Math.max(0, text.length() - longestStop + 1);
    text.append(piece);
    int stop = firstStop(from);
    stopped = stop >= 0;
    if (stopped) {
      text.setLength(stop);
    }
    return stopped;
  }

  private int firstStop(int from) {
    return stops.stream()
        .mapToInt(stop -> text.indexOf(stop, from))
        .filter(at -> at >= 0)
        .min()
        .orElse(-1);
  }

  /// The text that has become safe to show since the last call.
  String release() {
    return releaseTo(text.length() - withheld());
  }

  /// The text left when no more tokens follow.
  String releaseRest() {
    if (decoder != null && !stopped) {
      text.append(decoder.finish());
    }
    return releaseTo(text.length());
  }

  private String releaseTo(int end) {
    String safe = text.substring(released, end);
    released = end;
    return safe;
  }

  /// Characters at the end that are the beginning of a stop string.
  private int withheld() {
    for (int n = Math.min(longestStop - 1, text.length() - released); n > 0; n--) {
      if (endsWithBeginningOfStop(n)) {
        return n;
      }
    }
    return 0;
  }

  private boolean endsWithBeginningOfStop(int length) {
    return stops.stream()
        .anyMatch(stop ->
            stop.length() > length
                && text.indexOf(stop.substring(0, length), text.length() - length) >= 0);
  }

  /// All of the text, withheld parts included.
  @Override
  public String toString() {
    return text.toString();
  }
}
