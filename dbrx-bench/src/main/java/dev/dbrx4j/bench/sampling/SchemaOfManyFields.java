package dev.dbrx4j.bench.sampling;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A JSON schema of many fields of all kinds, half of them required.
final class SchemaOfManyFields {
  private static final List<String> KINDS =
      List.of(
          "{'type':'string'}",
          "{'type':'integer','minimum':0,'maximum':1000}",
          "{'type':'string','format':'date-time'}",
          "{'type':'array','items':{'type':'string','maxLength':30}}",
          "{'type':'number'}",
          "{'enum':['red','green','blue']}",
          "{'type':['string','null']}",
          "{'type':'object','properties':{'a':{'type':'string'},'b':{'type':'boolean'}},"
              + "'required':['a']}",
          "{'type':'string','pattern':'^[A-Z]{3}-[0-9]+$'}",
          "{'type':'number','minimum':0.5,'maximum':99.95}");

  private SchemaOfManyFields() {}

  /// @param variant makes schemas of equal size different
  static String of(int fields, int variant) {
    String properties =
        IntStream.range(0, fields)
            .mapToObj(i ->
                "'field_%d_%d':%s".formatted(variant, i, KINDS.get((i + variant) % KINDS.size())))
            .collect(Collectors.joining(","));
    String required =
        IntStream.range(0, fields / 2)
            .mapToObj(i -> "'field_%d_%d'".formatted(variant, 2 * i))
            .collect(Collectors.joining(","));
    return ("{'type':'object','properties':{" + properties + "},'required':[" + required + "]}")
        .replace('\'', '"');
  }
}
