package dev.dbrx4j.sampling;

import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// A model that is a table `[V][V][V]`: the next token's logits given the last two.
final class TableModel {
  private final int vocabSize;
  private final int[] eosIds;
  private final float[] table;

  TableModel(String name) {
    JsonNode node = Golden.table(name);
    vocabSize = node.get("vocab").asInt();
    eosIds = Golden.ints(node.get("eos"));
    table = Golden.floats(node.get("f32").asString());
  }

  int vocabSize() {
    return vocabSize;
  }

  int[] eosIds() {
    return eosIds.clone();
  }

  float[] logits(List<Integer> tokens) {
    int secondLast = tokens.get(tokens.size() - 2);
    int row = (secondLast * vocabSize + tokens.getLast()) * vocabSize;
    return Arrays.copyOfRange(table, row, row + vocabSize);
  }
}
