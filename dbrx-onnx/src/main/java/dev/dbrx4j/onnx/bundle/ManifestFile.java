package dev.dbrx4j.onnx.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.dbrx4j.InvalidModelException;
import dev.dbrx4j.Precision;
import dev.dbrx4j.Precision.WeightType;
import dev.dbrx4j.checkpoint.ConfigJson;
import dev.dbrx4j.checkpoint.JsonObject;
import dev.dbrx4j.onnx.Flavour;
import dev.dbrx4j.onnx.bundle.BundleManifest.SmallFile;
import dev.dbrx4j.onnx.bundle.BundleManifest.WeightSection;
import dev.dbrx4j.onnx.safetensors.DType;
import dev.dbrx4j.onnx.weights.Section;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// `dbrx.json`: the manifest as JSON. It begins with `{"crc32c":"xxxxxxxx",`, the checksum of all
/// bytes after that, so that the manifest vouches for itself and for the files that it lists. This
/// beginning and the key `format` stay the same in all versions.
public final class ManifestFile {
  /// Name of the file in a bundle.
  public static final String NAME = "dbrx.json";

  private static final int PREFIX_BYTES = prefix(0).length();

  private ManifestFile() {}

  /// {@return whether a folder has a manifest, so is meant to be a bundle}
  ///
  /// @param folder the folder
  public static boolean isIn(Path folder) {
    return Files.exists(folder.resolve(NAME));
  }

  /// {@return a manifest as the bytes of its file}
  ///
  /// @param manifest the manifest
  public static byte[] encode(BundleManifest manifest) {
    JsonMapper mapper = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    byte[] json = mapper.writeValueAsBytes(toJson(manifest));
    byte[] file = new byte[PREFIX_BYTES + json.length - 1]; // json's opening brace is in the prefix
    System.arraycopy(json, 1, file, PREFIX_BYTES, json.length - 1);
    byte[] prefix = prefix(Checksum.of(file, PREFIX_BYTES)).getBytes(UTF_8);
    System.arraycopy(prefix, 0, file, 0, PREFIX_BYTES);
    return file;
  }

  /// Reads and checks a bundle's manifest.
  ///
  /// @param folder the bundle's folder
  /// @return the manifest, whose sections follow one another without gaps
  /// @throws InvalidModelException if it is missing, damaged or of another version
  public static BundleManifest read(Path folder) {
    Path file = folder.resolve(NAME);
    byte[] bytes = JsonObject.readBytes(file);
    String prefix = new String(bytes, 0, Math.min(bytes.length, PREFIX_BYTES), UTF_8);
    if (!prefix.equals(prefix(Checksum.of(bytes, prefix.length())))) {
      throw new InvalidModelException(file + ": the manifest is damaged: export again");
    }
    return parse(JsonObject.parse(bytes, file.toString()));
  }

  /// {@return the checksum of a bundle's manifest, and so, since it lists theirs, of all its files}
  ///
  /// @param folder the bundle's folder
  public static String checksumOf(Path folder) {
    byte[] bytes = JsonObject.readBytes(folder.resolve(NAME));
    return Checksum.hex(Checksum.of(bytes, Math.min(bytes.length, PREFIX_BYTES)));
  }

  private static String prefix(int crc32c) {
    return "{\"crc32c\":\"" + Checksum.hex(crc32c) + "\",";
  }

  private static Map<String, Object> toJson(BundleManifest manifest) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("format", BundleManifest.FORMAT);
    json.put("exporter", manifest.exporter());
    json.put("precision", toJson(manifest.precision()));
    json.put("flavours", manifest.flavours().stream().map(Flavour::label).toList());
    json.put("config", ConfigJson.toJson(manifest.config()));
    json.put("files", manifest.files().stream().map(ManifestFile::toJson).toList());
    json.put("sections", manifest.sections().stream().map(ManifestFile::toJson).toList());
    return json;
  }

  private static Map<String, Object> toJson(Precision precision) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("matrices", precision.matrices().label());
    json.put("attention", precision.attention().label());
    json.put("lm_head", precision.lmHead().label());
    json.put("embedding", precision.embedding().label());
    json.put("block", precision.block());
    return json;
  }

  private static Map<String, Object> toJson(SmallFile file) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", file.name());
    json.put("bytes", file.bytes());
    json.put("crc32c", Checksum.hex(file.crc32c()));
    return json;
  }

  private static Map<String, Object> toJson(WeightSection entry) {
    Section section = entry.section();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", section.name());
    json.put("dtype", section.dtype().name());
    json.put("shape", section.shape());
    json.put("offset", section.offset());
    json.put("bytes", section.bytes());
    json.put("crc32c", Checksum.hex(entry.crc32c()));
    return json;
  }

  private static BundleManifest parse(JsonObject json) {
    long format = json.integer("format", 0, Integer.MAX_VALUE);
    if (format != BundleManifest.FORMAT) {
      throw json.error(
          "format",
          "is " + format + ", this version reads " + BundleManifest.FORMAT + ": export again");
    }
    List<Flavour> flavours = new ArrayList<>();
    json.strings("flavours")
        .forEach(label -> flavours.add(constant(Flavour.class, json, "flavour", label)));
    return new BundleManifest(
        json.string("exporter"),
        ConfigJson.parse(json.object("config")),
        precision(json.object("precision")),
        flavours,
        json.objects("files").stream().map(ManifestFile::smallFile).toList(),
        sections(json.objects("sections")));
  }

  private static Precision precision(JsonObject json) {
    long block = json.integer("block", 0, Integer.MAX_VALUE);
    if (block != 32 && block != 64 && block != 128) {
      throw json.error("block", "is " + block + ", which this version does not know: export again");
    }
    WeightType matrices = weightType(json, "matrices");
    return new Precision(
        matrices,
        json.has("attention") ? weightType(json, "attention") : matrices,
        weightType(json, "lm_head"),
        weightType(json, "embedding"),
        (int) block);
  }

  private static WeightType weightType(JsonObject json, String key) {
    return constant(WeightType.class, json, key, json.string(key));
  }

  private static SmallFile smallFile(JsonObject json) {
    String name = json.string("name");
    if (!name.matches("[\\w-][\\w.-]*")) {
      throw json.error("name", "\"" + name + "\" is not a plain file name");
    }
    return new SmallFile(name, json.integer("bytes", 0, Long.MAX_VALUE), crc32c(json));
  }

  private static List<WeightSection> sections(List<JsonObject> entries) {
    List<WeightSection> sections = new ArrayList<>();
    long end = 0;
    for (JsonObject json : entries) {
      Section section =
          new Section(
              json.string("name"),
              constant(DType.class, json, "dtype", json.string("dtype")),
              json.integers("shape", 0, Integer.MAX_VALUE),
              json.integer("offset", end, end),
              json.integer("bytes", 0, Long.MAX_VALUE - end));
      if (!fits(section)) {
        throw json.error("bytes", "is less than the tensor needs");
      }
      sections.add(new WeightSection(section, crc32c(json)));
      end = section.end();
    }
    return List.copyOf(sections);
  }

  private static boolean fits(Section section) {
    try {
      return section.tensorBytes() <= section.bytes();
    } catch (ArithmeticException e) {
      return false; // larger than any file
    }
  }

  private static int crc32c(JsonObject json) {
    String hex = json.string("crc32c");
    if (!hex.matches("[0-9a-f]{8}")) {
      throw json.error("crc32c", "is \"" + hex + "\", expected eight hexadecimal digits");
    }
    return Integer.parseUnsignedInt(hex, 16);
  }

  private static <E extends Enum<E>> E constant(
      Class<E> type, JsonObject json, String key, String label) {
    try {
      return Enum.valueOf(type, label.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw json.error(key, "is \"" + label + "\", which this version does not know: export again");
    }
  }
}
