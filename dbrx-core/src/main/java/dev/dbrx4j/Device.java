package dev.dbrx4j;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/// Where a model runs. For [DbrxModelBuilder#device(Device)].
///
/// ```java
/// DbrxModel.builder().device(Device.cuda(0)).load(folder);
/// ```
public sealed interface Device {
  /// The processor, which the model runs on unless told otherwise.
  record Cpu() implements Device {}

  /// One or more NVIDIA GPUs. Of several, each holds a part of the layers.
  ///
  /// @param ids GPUs by number, as `nvidia-smi` and `CUDA_VISIBLE_DEVICES` leave them, in the order
  ///   of the layers
  /// @param arithmetic type of the numbers that pass from layer to layer
  /// @param graphs whether decode steps are recorded once as CUDA graphs and then replayed
  /// @param fallback whether to run on the processor, with a warning, where CUDA cannot be used;
  ///   otherwise loading fails
  record Cuda(List<Integer> ids, Arithmetic arithmetic, boolean graphs, boolean fallback)
      implements Device {
    /// Checks the ids.
    ///
    /// @param ids GPUs by number
    /// @param arithmetic type of the numbers that pass from layer to layer
    /// @param graphs whether decode steps are recorded and replayed
    /// @param fallback whether to run on the processor where CUDA cannot be used
    public Cuda {
      ids = List.copyOf(ids);
      boolean negative = ids.stream().anyMatch(id -> id < 0);
      if (ids.isEmpty() || negative || new HashSet<>(ids).size() < ids.size()) {
        throw new InvalidRequestException(
            "option device names the GPUs %s, allowed: one or more different numbers from 0 on"
                .formatted(ids));
      }
    }

    /// {@return the same with another arithmetic}
    ///
    /// @param type of the numbers that pass from layer to layer
    public Cuda withArithmetic(Arithmetic type) {
      return new Cuda(ids, type, graphs, fallback);
    }

    /// {@return the same with decode steps recorded as CUDA graphs, or not}
    ///
    /// @param record whether to
    public Cuda withGraphs(boolean record) {
      return new Cuda(ids, arithmetic, record, fallback);
    }

    /// {@return the same, but for the processor instead, with a warning, where CUDA cannot be used}
    public Cuda orCpu() {
      return new Cuda(ids, arithmetic, graphs, true);
    }
  }

  /// A provider of kernels that the runtime knows by name, passed through with its options.
  /// Untested: nobody here has run a model on one.
  ///
  /// @param name such as `TensorRT` or `OpenVINO`
  /// @param options as the provider documents them
  record Provider(String name, Map<String, String> options) implements Device {
    /// Copies the options.
    ///
    /// @param name such as `TensorRT`
    /// @param options as the provider documents them
    public Provider {
      options = Map.copyOf(options);
    }
  }

  /// Types of the numbers that pass from layer to layer on a GPU. Sums inside an operator are
  /// float32 in both.
  enum Arithmetic {
    /// The checkpoint's own: 8 bits of precision, the range of a float32.
    BFLOAT16,
    /// 11 bits of precision, nothing beyond 65504.
    FLOAT16
  }

  /// {@return the processor}
  static Cpu cpu() {
    return new Cpu();
  }

  /// {@return NVIDIA GPUs, in bfloat16 with CUDA graphs; loading fails where they cannot be used}
  ///
  /// @param ids by number
  static Cuda cuda(int... ids) {
    return new Cuda(Arrays.stream(ids).boxed().toList(), Arithmetic.BFLOAT16, true, false);
  }

  /// Reads a device as command lines have it.
  ///
  /// @param text `cpu`, `cuda` for the first GPU, or GPUs by number such as `cuda:0` or `cuda:0,1`
  /// @return the device
  /// @throws InvalidRequestException if it is none of these
  static Device parse(String text) {
    if (text.equals("cpu")) {
      return cpu();
    }
    if (text.equals("cuda")) {
      return cuda(0);
    }
    if (text.matches("cuda:\\d{1,4}(,\\d{1,4})*")) {
      return cuda(
          Arrays.stream(text.substring("cuda:".length()).split(","))
              .mapToInt(Integer::parseInt)
              .toArray());
    }
    throw new InvalidRequestException(
        "device is \"%s\", allowed: cpu, cuda, cuda:0, cuda:0,1 and so on".formatted(text));
  }

  /// {@return a provider of kernels by name, untested}
  ///
  /// @param name such as `TensorRT` or `OpenVINO`
  /// @param options as the provider documents them
  static Provider provider(String name, Map<String, String> options) {
    return new Provider(name, options);
  }
}
