package dev.dbrx4j.onnx.graph;

import static ai.onnx.proto.OnnxMl.TensorProto.DataType.FLOAT;

/// Writes which tokens of a row of logits are the likeliest, so that a row of DBRX's 100,352 logits
/// need not leave the device for a pick.
///
/// On a GPU `TopK` gives a row to one block of threads, which reads it seven times. So a row is cut
/// into groups, whose likeliest are found at once, and the row's are found among those.
///
/// @param graph what is written into
/// @param vocabSize logits a row
/// @param count tokens to tell apart
record Likeliest(GraphBuilder graph, int vocabSize, int count) {
  /// Hugging Face's default of top-k 50 and the 100 of top-h are among them, with room for ties, of
  /// which logits in bfloat16 have many.
  static final int COUNT = 128;

  /// Writes `[rows, 1 + 2 * count]`, as [dev.dbrx4j.spi.Logits#likeliest] has it. Ids are exact as
  /// floats up to 2^24.
  ///
  /// @param logits float32 `[rows, vocabSize]`
  /// @param name of the result
  String write(String logits, String name) {
    String values = name + "/logits"; // [rows, count]
    String ids = name + "/ids"; // [rows, count]
    int group = groupSize();
    if (group == vocabSize) {
      topK(logits, values, ids);
    } else {
      topKOfGroups(logits, group, values, ids);
    }
    String floats =
        graph.op("Cast").in(ids).with("to", FLOAT.getNumber()).to(name + "/ids_as_floats");
    String sum = sum(logits, values, name);
    return graph.op("Concat").in(sum, values, floats).with("axis", 1).to(name);
  }

  private void topK(String x, String values, String places) {
    graph.op("TopK").in(x, graph.integers("likeliest_count", count)).to(values, places);
  }

  private void topKOfGroups(String logits, int group, String values, String ids) {
    int groups = vocabSize / group;
    String path = ids + "/groups";
    String byGroup = graph.integers("by_group", -1, group);
    String flat = graph.op("Reshape").in(logits, byGroup).to(path); // [rows * groups, group]
    topK(flat, path + ".logits", path + ".places"); // [rows * groups, count] both
    String byRow = graph.integers("by_row", -1, (long) groups * count);
    String best = graph.op("Reshape").in(path + ".logits", byRow).to(path + ".best");
    String stacked = graph.integers("by_row_and_group", -1, groups, count);
    String places = graph.op("Reshape").in(path + ".places", stacked).to(path + ".stacked");
    String first = graph.column("group_firsts", groups, group); // [groups, 1]
    String each = graph.op("Add").in(places, first).to(path + ".ids"); // [rows, groups, count]
    String all = graph.op("Reshape").in(each, byRow).to(path + ".all_ids");
    topK(best, values, ids + "/places");
    graph.op("GatherElements").in(all, ids + "/places").with("axis", 1).to(ids);
  }

  /// The group size at which both rounds have about as much to do, of those that make whole groups;
  /// the row where there is none.
  private int groupSize() {
    int size = (int) Math.sqrt((double) vocabSize * count);
    while (size >= count && vocabSize % size != 0) {
      size--;
    }
    return size >= count && size < vocabSize ? size : vocabSize;
  }

  /// The sum of `exp(logit - largest)`, `[rows, 1]`.
  private String sum(String logits, String values, String name) {
    String first = graph.integers("first_column", 0);
    String largest = graph.op("Gather").in(values, first).with("axis", 1).to(name + "/largest");
    String below = graph.op("Sub").in(logits, largest).to(name + "/below_largest");
    String weights = graph.op("Exp").in(below).to(name + "/weights");
    String axes = graph.integers("axis_-1", -1);
    return graph.op("ReduceSum").in(weights, axes).with("keepdims", 1).to(name + "/sum");
  }
}
