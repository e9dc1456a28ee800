package dev.dbrx4j.examples.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Token ids as text: separated by commas or white space, with or without brackets round them.
final class TokenIds {
  private final int[] ids;

  private TokenIds(int[] ids) {
    this.ids = ids;
  }

  static TokenIds parse(String text) {
    return new TokenIds(
        Stream.of(text.split("[\\s,\\[\\]]+"))
            .filter(id -> !id.isEmpty())
            .mapToInt(TokenIds::parseOne)
            .toArray());
  }

  private static int parseOne(String id) {
    try {
      return Integer.parseInt(id);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("'" + id + "' is no token id");
    }
  }

  int[] toArray() {
    return ids;
  }

  static String format(int[] ids) {
    return Arrays.stream(ids).mapToObj(Integer::toString).collect(Collectors.joining(","));
  }

  /// The value of an option: ids, or with a leading `@` the file that holds them.
  static final class Converter implements ITypeConverter<TokenIds> {
    @Override
    public TokenIds convert(String value) throws IOException {
      return parse(value.startsWith("@") ? Files.readString(Path.of(value.substring(1))) : value);
    }
  }
}
