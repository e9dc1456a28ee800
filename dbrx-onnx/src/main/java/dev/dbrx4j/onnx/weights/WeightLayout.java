package dev.dbrx4j.onnx.weights;

import dev.dbrx4j.InvalidModelException;
import dev.dbrx4j.onnx.safetensors.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The sections of a `weights.bin`, placed one after another.
public final class WeightLayout {
  /// Sections start at multiples of this, so that each can be mapped by itself.
  public static final int PAGE_BYTES = 4096;

  private static final Pattern LAYER = Pattern.compile("transformer\\.blocks\\.(\\d+)");
  private static final String FIRST_NORM = ".norm_attn_norm.norm_1.weight";

  private final List<Placed> placed = new ArrayList<>();
  private final Map<String, Placed> byName = new HashMap<>();
  private long end;

  private final boolean complete;

  /// Starts with an empty file.
  public WeightLayout() {
    this(false);
  }

  private WeightLayout(boolean complete) {
    this.complete = complete;
  }

  /// {@return the layout of a file that is written, to which nothing can be added}
  ///
  /// A file made for measurements may hold fewer layers than its model has; these repeat then.
  ///
  /// @param sections its sections, in the file's order
  public static WeightLayout of(List<Section> sections) {
    WeightLayout layout = new WeightLayout(true);
    for (Section s : sections) {
      Placed tensor = new Placed(s.name(), s.dtype(), s.shape(), s.offset(), (_, _) -> {}, 0);
      layout.placed.add(tensor);
      layout.byName.put(s.name(), tensor);
      layout.end = s.end();
    }
    return layout;
  }

  /// {@return where a tensor that has its place begins}
  ///
  /// @param name the tensor's name
  public long offset(String name) {
    return Objects.requireNonNull(byName.get(stored(name)), name).offset;
  }

  /// The name under which a file that holds fewer layers than its model has a layer's tensor.
  private String stored(String name) {
    Matcher layer = LAYER.matcher(name);
    if (!complete || byName.containsKey(name) || !layer.lookingAt()) {
      return name;
    }
    int stored = 0;
    while (byName.containsKey("transformer.blocks." + stored + FIRST_NORM)) {
      stored++;
    }
    int number = Integer.parseInt(layer.group(1));
    return stored == 0 || number < stored
        ? name
        : "transformer.blocks." + number % stored + name.substring(layer.end());
  }

  /// A section and how its bytes are made.
  ///
  /// @param section where and what it is
  /// @param content makes its bytes, without the padding
  /// @param part which of the content's parts it is
  public record PlannedSection(Section section, SectionContent content, int part) {}

  private record Placed(
      String name, DType dtype, List<Long> shape, long offset, SectionContent content, int part) {}

  /// Places a tensor at the next page, unless a tensor of this name has its place already.
  ///
  /// @param name the tensor's name
  /// @param dtype element type
  /// @param shape dimensions
  /// @param content makes its bytes
  /// @param part which of the content's parts it is
  /// @return its first byte in the file
  public long place(String name, DType dtype, List<Long> shape, SectionContent content, int part) {
    return place(name, dtype, shape, content, part, Math.ceilDiv(end, PAGE_BYTES) * PAGE_BYTES);
  }

  /// Places a tensor right after the one placed last, so that a stack of equal tensors can also be
  /// read as one.
  ///
  /// @param name the tensor's name
  /// @param dtype element type
  /// @param shape dimensions
  /// @param content makes its bytes
  /// @param part which of the content's parts it is
  /// @return its first byte in the file
  public long append(String name, DType dtype, List<Long> shape, SectionContent content, int part) {
    return place(name, dtype, shape, content, part, end);
  }

  /// {@return all sections, in the file's order}
  public List<PlannedSection> sections() {
    List<PlannedSection> sections = new ArrayList<>();
    for (int i = 0; i < placed.size(); i++) {
      Placed p = placed.get(i);
      long next = i + 1 < placed.size() ? placed.get(i + 1).offset : fileBytes();
      Section section = new Section(p.name, p.dtype, p.shape, p.offset, next - p.offset);
      sections.add(new PlannedSection(section, p.content, p.part));
    }
    return sections;
  }

  /// {@return length of the file, a multiple of the page}
  public long fileBytes() {
    return Math.ceilDiv(end, PAGE_BYTES) * PAGE_BYTES;
  }

  private long place(
      String name, DType dtype, List<Long> shape, SectionContent content, int part, long offset) {
    Placed known = byName.get(stored(name));
    if (known != null) {
      if (complete && !(known.dtype == dtype && known.shape.equals(shape))) {
        throw new InvalidModelException(
            "weight %s is stored as %s %s, not as %s %s: export the checkpoint again"
                .formatted(name, known.dtype, known.shape, dtype, shape));
      }
      return known.offset;
    }
    if (complete) {
      throw new InvalidModelException(
          "the bundle has no weight %s, which this device needs: export the checkpoint again"
              .formatted(name));
    }
    Placed tensor = new Placed(name, dtype, List.copyOf(shape), offset, content, part);
    placed.add(tensor);
    byName.put(name, tensor);
    end = offset + Section.tensorBytes(dtype, shape);
    return offset;
  }
}
