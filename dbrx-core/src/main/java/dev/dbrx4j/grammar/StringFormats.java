package dev.dbrx4j.grammar;

import java.util.Map;
import java.util.TreeMap;

/// The `format`s of strings, each as a regular expression of values that keep to it: all values
/// where that is practical, else the usual ones.
final class StringFormats {
  private static final String YEAR = "[0-9]{4}";
  private static final String LEAP_YEAR =
      "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)";
  private static final String DATE =
      "(?:"
          + YEAR
          + "-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
          + "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
          + "|02-(?:0[1-9]|1[0-9]|2[0-8]))|"
          + LEAP_YEAR
          + "-02-29)";
  private static final String TIME =
      "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,9})?"
          + "(?:Z|[+\\-](?:0[0-9]|1[0-7]):[0-5][0-9])";
  private static final String LABEL = "[a-z0-9](?:[a-z0-9\\-]{0,30}[a-z0-9])?";
  private static final String DOMAIN = LABEL + "(?:\\." + LABEL + "){0,3}\\.[a-z]{2,10}";
  private static final String TOP_LEVEL =
      "(?:com|org|net|edu|gov|info|io|dev|app|ai|me|eu|de|fr|uk|us|ca|au|jp|cn|in|br|it|es|nl|se|no"
          + "|fi|dk|pl|ch|at|be|cz|ie|nz|kr|za|mx|sg|pt|gr|hu|ro|tr|il|ar|cl)";
  private static final String BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
  private static final String HEX = "[0-9a-f]";
  private static final String URI = "https?://" + DOMAIN + "(?:/[A-Za-z0-9._~\\-]{1,40}){0,8}/?";

  private static final Map<String, String> PATTERNS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("date", DATE),
              Map.entry("time", TIME),
              Map.entry("date-time", DATE + "T" + TIME),
              Map.entry(
                  "duration", "P(?:[0-9]{1,4}W|[0-9]{1,4}D(?:T[0-9]{1,4}[HMS])?|T[0-9]{1,4}[HMS])"),
              Map.entry(
                  "uuid", HEX + "{8}-" + HEX + "{4}-" + HEX + "{4}-" + HEX + "{4}-" + HEX + "{12}"),
              Map.entry(
                  "email",
                  "[A-Za-z0-9](?:[A-Za-z0-9_+\\-]{0,30}[A-Za-z0-9])?"
                      + "(?:\\.[A-Za-z0-9]{1,30})?@"
                      + LABEL
                      + "(?:\\."
                      + LABEL
                      + ")?\\."
                      + TOP_LEVEL),
              Map.entry("hostname", DOMAIN),
              Map.entry("ipv4", BYTE + "(?:\\." + BYTE + "){3}"),
              Map.entry("ipv6", HEX + "{1,4}(?::" + HEX + "{1,4}){7}"),
              Map.entry("uri", URI),
              Map.entry("uri-reference", URI),
              Map.entry("iri", URI),
              Map.entry("json-pointer", "(?:/[A-Za-z0-9_\\-]{0,40}){0,8}")));

  private StringFormats() {}

  static boolean isKnown(String format) {
    return PATTERNS.containsKey(format);
  }

  static String names() {
    return String.join(", ", PATTERNS.keySet());
  }

  /// The content of a string in a format that is known.
  static Expression of(String format, Expressions expressions, CharacterText characters) {
    return RegexParser.whole(PATTERNS.getOrDefault(format, ""), expressions, characters);
  }
}
