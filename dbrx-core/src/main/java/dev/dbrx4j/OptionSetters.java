package dev.dbrx4j;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What the parts of [GenerationOptions.Builder] have in common.
///
/// @param <B> the builder
abstract class OptionSetters<B> {
  final Map<Option<?>, Object> values;

  OptionSetters(Map<Option<?>, Object> values) {
    this.values = new LinkedHashMap<>(values);
  }

  /// This builder.
  abstract B self();

  final <T> B set(Option<T> option, T value) {
    values.put(option, option.checked(value));
    return self();
  }

  static List<Integer> list(int... ids) {
    return Arrays.stream(ids).boxed().toList();
  }
}
