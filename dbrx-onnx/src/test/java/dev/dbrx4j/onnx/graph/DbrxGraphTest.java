package dev.dbrx4j.onnx.graph;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.DbrxConfig.Activation;
import dev.dbrx4j.Precision;
import dev.dbrx4j.onnx.weights.Section;
import dev.dbrx4j.onnx.weights.WeightLayout;
import dev.dbrx4j.onnx.weights.WeightLayout.PlannedSection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The graph and the weights of DBRX at its true size, which needs no weights to be written.
class DbrxGraphTest {
  private static final DbrxConfig DBRX =
      new DbrxConfig(
          6144, 48, 8, 40, 32768, 100352, 8f, 500_000, 10752, 16, 4, 1f, Activation.SILU);

  private final WeightLayout layout = new WeightLayout();
  private final ModelProto model = DbrxGraph.write(DBRX, Precision.FP32, layout);
  private final List<Section> sections =
      layout.sections().stream().map(PlannedSection::section).toList();

  @Test
  void everyWeightHasItsPlaceAndNoneHasTwo() {
    long rotary = 2L * DBRX.maxSeqLen() * DBRX.headDim() / 2;
    long numbers = sections.stream().mapToLong(s -> s.tensorBytes() / Float.BYTES).sum();

    assertThat(numbers).isEqualTo(131_596_523_520L + rotary);
    assertThat(sections).extracting(Section::name).doesNotHaveDuplicates();
    assertThat(sections).hasSize(40 * (5 + 2 * 16) + 3 + 2);
  }

  @Test
  void sectionsCoverTheFileFromPageToPage() {
    long end = 0;
    for (Section section : sections) {
      assertThat(section.offset()).as(section.name()).isEqualTo(end);
      assertThat(section.offset() % WeightLayout.PAGE_BYTES).as(section.name()).isZero();
      assertThat(section.bytes()).isGreaterThanOrEqualTo(section.tensorBytes());
      end = section.end();
    }
    assertThat(layout.fileBytes()).isEqualTo(end).isGreaterThan(1L << 38);
  }

  @Test
  void expertsOfABlockLieOneAfterAnother() {
    Map<String, Section> byName = new HashMap<>();
    sections.forEach(section -> byName.put(section.name(), section));
    for (String stack : List.of("w1v1", "w2")) {
      String path = "transformer.blocks.39.ffn.experts.mlp." + stack + ".";
      for (int e = 1; e < 16; e++) {
        Section before = byName.get(path + (e - 1));
        assertThat(byName.get(path + e).offset()).isEqualTo(before.offset() + before.tensorBytes());
      }
    }
  }

  @Test
  void expertsThatFillNoPageLieOneAfterAnotherToo() {
    DbrxConfig small =
        new DbrxConfig(16, 1, 1, 1, 8, 10, null, 10_000, 3, 5, 2, null, Activation.GELU);
    WeightLayout packed = new WeightLayout();
    DbrxGraph.write(small, Precision.FP32, packed);
    List<Section> stack =
        packed.sections().stream()
            .map(PlannedSection::section)
            .filter(section -> section.name().contains(".w2."))
            .toList();

    assertThat(stack).hasSize(5);
    assertThat(stack.getFirst().offset() % WeightLayout.PAGE_BYTES).isZero();
    for (int e = 1; e < 5; e++) {
      assertThat(stack.get(e).offset() - stack.get(e - 1).offset()).isEqualTo(3 * 16 * Float.BYTES);
    }
  }

  @Test
  void weightsAreOutsideAndConstantsInside() {
    Map<String, Section> byName = new HashMap<>();
    sections.forEach(section -> byName.put(section.name(), section));
    long external = 0;
    for (TensorProto tensor : model.getGraph().getInitializerList()) {
      Section section = byName.get(tensor.getName());
      if (section != null) {
        assertThat(tensor.getExternalDataList()).isEqualTo(GraphBuilder.externalData(section));
        external++;
      } else {
        assertThat(tensor.getExternalDataCount()).as(tensor.getName()).isZero();
      }
    }
    assertThat(external).isEqualTo(sections.size());
    assertThat(model.getSerializedSize()).isLessThan(4 << 20);
  }

  @Test
  void everyValueIsMadeOnceAndBeforeItIsUsed() {
    Set<String> known = new HashSet<>(Set.of(""));
    model.getGraph().getInputList().forEach(input -> known.add(input.getName()));
    model.getGraph().getInitializerList().forEach(tensor -> known.add(tensor.getName()));
    for (NodeProto node : model.getGraph().getNodeList()) {
      assertThat(known).as(node.getName()).containsAll(node.getInputList());
      for (String output : node.getOutputList()) {
        assertThat(known.add(output)).as(output).isTrue();
      }
    }
    assertThat(known)
        .containsAll(
            model.getGraph().getOutputList().stream().map(ValueInfoProto::getName).toList());
  }

  /// The values that the package's documentation promises.
  @Test
  void documentedValuesExist() {
    Set<String> values = new HashSet<>();
    model.getGraph().getNodeList().forEach(node -> values.addAll(node.getOutputList()));
    String block = "transformer.blocks.7";
    String attention = block + ".norm_attn_norm";

    assertThat(values)
        .contains(
            "transformer.wte/output",
            attention + ".norm_1/output",
            attention + ".attn.Wqkv/output",
            attention + ".attn.Wqkv/clipped",
            attention + ".attn/context",
            attention + ".attn.out_proj/output",
            attention + "/output",
            attention + ".norm_2/output",
            block + ".ffn.router.layer/logits",
            block + ".ffn.router.layer/probabilities",
            block + ".ffn.router/experts",
            block + ".ffn.router/weights",
            block + ".ffn/output",
            block + "/output",
            "transformer.norm_f/output",
            "present_key.7",
            "present_value.7");
  }
}
