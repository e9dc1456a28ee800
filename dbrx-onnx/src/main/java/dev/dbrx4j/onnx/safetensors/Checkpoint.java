package dev.dbrx4j.onnx.safetensors;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.InvalidModelException;
import dev.dbrx4j.ModelIoException;
import dev.dbrx4j.checkpoint.JsonObject;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// An open Hugging Face checkpoint: its configuration and its tensors, which are exactly those of a
/// DBRX model of that configuration.
public final class Checkpoint implements AutoCloseable {
  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";

  private final Path folder;
  private final DbrxConfig config;
  private final Map<Path, FileChannel> files = new LinkedHashMap<>();
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  private Checkpoint(Path folder) {
    this.folder = folder;
    this.config = DbrxConfig.read(folder.resolve("config.json"));
  }

  /// Opens a checkpoint and checks all headers.
  ///
  /// @param folder holds `config.json` and `model.safetensors`, or the shards that
  ///   `model.safetensors.index.json` names
  /// @return the checkpoint, which the caller closes
  /// @throws InvalidModelException if a file is missing or damaged, or a tensor missing,
  ///   unexpected, or of the wrong type or shape
  public static Checkpoint open(Path folder) {
    Checkpoint checkpoint = new Checkpoint(folder.toAbsolutePath().normalize());
    try {
      checkpoint.readTensors();
      checkpoint.checkTensors();
      return checkpoint;
    } catch (RuntimeException e) {
      checkpoint.close();
      throw e;
    }
  }

  /// {@return the checkpoint's folder, absolute}
  public Path folder() {
    return folder;
  }

  /// {@return the model's configuration}
  public DbrxConfig config() {
    return config;
  }

  /// {@return the safetensors files}
  public List<Path> files() {
    return List.copyOf(files.keySet());
  }

  /// {@return a tensor of the model}
  ///
  /// @param name one of [DbrxTensors#shapes]
  public Tensor tensor(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new InvalidModelException(
          folder
              + ": tensor "
              + name
              + " is missing: is a shard missing, or config.json another's?");
    }
    return tensor;
  }

  /// {@return bytes of all tensors}
  public long bytes() {
    return tensors.values().stream().mapToLong(Tensor::bytes).sum();
  }

  /// Reads part of a tensor. May be called by several threads at once.
  ///
  /// @param tensor the tensor
  /// @param position first byte to read, counted from the tensor's first
  /// @param target filled from its position to its limit
  public void read(Tensor tensor, long position, ByteBuffer target) {
    if (target.remaining() > tensor.bytes() - position) {
      throw new IllegalArgumentException("reads beyond tensor " + tensor.name());
    }
    try {
      SafetensorsFile.readFully(channel(tensor.file()), target, tensor.offset() + position);
    } catch (EOFException e) {
      throw new InvalidModelException(
          tensor.file()
              + ": tensor "
              + tensor.name()
              + ": "
              + e.getMessage()
              + ", it was shortened",
          e);
    } catch (IOException e) {
      throw new ModelIoException(
          tensor.file() + ": cannot read tensor " + tensor.name() + ": " + e, e);
    }
  }

  @Override
  public void close() {
    try {
      for (FileChannel channel : files.values()) {
        channel.close();
      }
    } catch (IOException e) {
      throw new ModelIoException("cannot close the files of " + folder + ": " + e, e);
    }
  }

  private FileChannel channel(Path file) {
    FileChannel open = files.get(file);
    if (open == null) {
      try {
        open = FileChannel.open(file);
        files.put(file, open);
      } catch (NoSuchFileException e) {
        throw new InvalidModelException(file + " is missing: download it", e);
      } catch (IOException e) {
        throw new ModelIoException("cannot open " + file + ": " + e, e);
      }
    }
    return open;
  }

  private void readTensors() {
    if (Files.exists(folder.resolve(SINGLE))) {
      addTensors(folder.resolve(SINGLE));
    } else if (Files.exists(folder.resolve(INDEX))) {
      readShards(JsonObject.read(folder.resolve(INDEX)).object("weight_map"));
    } else {
      throw new InvalidModelException(
          folder
              + ": neither "
              + SINGLE
              + " nor "
              + INDEX
              + " is there; weights in another format must be converted to safetensors first");
    }
  }

  private void readShards(JsonObject weightMap) {
    Map<String, String> shardOf = new LinkedHashMap<>();
    for (String tensor : weightMap.keys()) {
      shardOf.put(tensor, shardName(weightMap, tensor));
    }
    for (String shard : new TreeSet<>(shardOf.values())) {
      addTensors(folder.resolve(shard));
    }
    shardOf.forEach((tensor, shard) -> {
      Tensor found = tensors.get(tensor);
      if (found == null || !found.file().equals(folder.resolve(shard))) {
        throw weightMap.error(tensor, "is not in " + shard + ": the index is of another model");
      }
    });
  }

  private static String shardName(JsonObject weightMap, String tensor) {
    String shard = weightMap.string(tensor);
    if (!shard.matches("[\\w.-]+\\.safetensors")) {
      throw weightMap.error(
          tensor, "is in \"" + shard + "\", expected a safetensors file of the same folder");
    }
    return shard;
  }

  private void addTensors(Path file) {
    for (Tensor tensor : SafetensorsFile.tensors(file, channel(file))) {
      Tensor other = tensors.putIfAbsent(tensor.name(), tensor);
      if (other != null) {
        throw new InvalidModelException(
            file + ": tensor " + tensor.name() + " is also in " + other.file());
      }
    }
  }

  private void checkTensors() {
    Map<String, List<Long>> expected = DbrxTensors.shapes(config);
    expected.forEach((name, shape) -> check(tensor(name), shape));
    for (Tensor tensor : tensors.values()) {
      if (!expected.containsKey(tensor.name())) {
        throw new InvalidModelException(
            tensor.file()
                + ": tensor "
                + tensor.name()
                + " at byte "
                + tensor.offset()
                + " is not part of DBRX with the layers in config.json");
      }
    }
  }

  private static void check(Tensor tensor, List<Long> shape) {
    String where =
        tensor.file() + ": tensor " + tensor.name() + " at byte " + tensor.offset() + " has ";
    if (!tensor.shape().equals(shape)) {
      throw new InvalidModelException(
          where + "shape " + tensor.shape() + ", config.json asks for " + shape);
    }
    if (!tensor.dtype().isWeight()) {
      throw new InvalidModelException(
          where + "type " + tensor.dtype() + ", expected F32, F16 or BF16");
    }
  }
}
