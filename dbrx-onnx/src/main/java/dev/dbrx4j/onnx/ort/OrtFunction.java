package dev.dbrx4j.onnx.ort;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.util.Arrays;

/// The functions of ONNX Runtime's C API that are called here, each with its slot in the `OrtApi`
/// table and its parameters. The table only ever grows at its end, so a slot holds for every later
/// version. Enumerations are C ints, sizes are 64 bits.
enum OrtFunction {
  CREATE_STATUS(0, FunctionDescriptor.of(ADDRESS, JAVA_INT, ADDRESS)),
  GET_ERROR_MESSAGE(2, FunctionDescriptor.of(ADDRESS, ADDRESS)),
  CREATE_ENV(3, status(JAVA_INT, ADDRESS, ADDRESS)),
  CREATE_SESSION(7, status(ADDRESS, ADDRESS, ADDRESS, ADDRESS)),
  CREATE_SESSION_FROM_ARRAY(8, status(ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS)),
  CREATE_SESSION_OPTIONS(10, status(ADDRESS)),
  SET_INTRA_OP_NUM_THREADS(24, status(ADDRESS, JAVA_INT)),
  CREATE_CUSTOM_OP_DOMAIN(26, status(ADDRESS, ADDRESS)),
  CUSTOM_OP_DOMAIN_ADD(27, status(ADDRESS, ADDRESS)),
  ADD_CUSTOM_OP_DOMAIN(28, status(ADDRESS, ADDRESS)),
  SESSION_GET_INPUT_COUNT(30, status(ADDRESS, ADDRESS)),
  SESSION_GET_OUTPUT_COUNT(31, status(ADDRESS, ADDRESS)),
  SESSION_GET_INPUT_TYPE_INFO(33, status(ADDRESS, JAVA_LONG, ADDRESS)),
  SESSION_GET_OUTPUT_TYPE_INFO(34, status(ADDRESS, JAVA_LONG, ADDRESS)),
  SESSION_GET_INPUT_NAME(36, status(ADDRESS, JAVA_LONG, ADDRESS, ADDRESS)),
  SESSION_GET_OUTPUT_NAME(37, status(ADDRESS, JAVA_LONG, ADDRESS, ADDRESS)),
  CREATE_RUN_OPTIONS(39, status(ADDRESS)),
  RUN_OPTIONS_SET_TERMINATE(46, status(ADDRESS)),
  RUN_OPTIONS_UNSET_TERMINATE(47, status(ADDRESS)),
  CREATE_TENSOR_WITH_DATA_AS_ORT_VALUE(
      49, status(ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS)),
  GET_TENSOR_MUTABLE_DATA(51, status(ADDRESS, ADDRESS)),
  CAST_TYPE_INFO_TO_TENSOR_INFO(55, status(ADDRESS, ADDRESS)),
  GET_TENSOR_ELEMENT_TYPE(60, status(ADDRESS, ADDRESS)),
  GET_DIMENSIONS_COUNT(61, status(ADDRESS, ADDRESS)),
  GET_DIMENSIONS(62, status(ADDRESS, ADDRESS, JAVA_LONG)),
  GET_TENSOR_TYPE_AND_SHAPE(65, status(ADDRESS, ADDRESS)),
  CREATE_MEMORY_INFO(68, status(ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS)),
  CREATE_CPU_MEMORY_INFO(69, status(JAVA_INT, JAVA_INT, ADDRESS)),
  ALLOCATOR_ALLOC(75, status(ADDRESS, JAVA_LONG, ADDRESS)),
  ALLOCATOR_FREE(76, status(ADDRESS, ADDRESS)),
  GET_ALLOCATOR_WITH_DEFAULT_OPTIONS(78, status(ADDRESS)),
  KERNEL_INFO_GET_ATTRIBUTE_FLOAT(85, status(ADDRESS, ADDRESS, ADDRESS)),
  KERNEL_INFO_GET_ATTRIBUTE_INT64(86, status(ADDRESS, ADDRESS, ADDRESS)),
  KERNEL_CONTEXT_GET_INPUT(90, status(ADDRESS, JAVA_LONG, ADDRESS)),
  KERNEL_CONTEXT_GET_OUTPUT(91, status(ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS)),
  RELEASE_STATUS(93, release()),
  RELEASE_MEMORY_INFO(94, release()),
  RELEASE_SESSION(95, release()),
  RELEASE_VALUE(96, release()),
  RELEASE_RUN_OPTIONS(97, release()),
  RELEASE_TYPE_INFO(98, release()),
  RELEASE_TENSOR_TYPE_AND_SHAPE_INFO(99, release()),
  RELEASE_SESSION_OPTIONS(100, release()),
  RELEASE_CUSTOM_OP_DOMAIN(101, release()),
  ADD_SESSION_CONFIG_ENTRY(130, status(ADDRESS, ADDRESS, ADDRESS)),
  RUN_WITH_BINDING(133, status(ADDRESS, ADDRESS, ADDRESS)),
  CREATE_IO_BINDING(134, status(ADDRESS, ADDRESS)),
  RELEASE_IO_BINDING(135, release()),
  BIND_INPUT(136, status(ADDRESS, ADDRESS, ADDRESS)),
  BIND_OUTPUT(137, status(ADDRESS, ADDRESS, ADDRESS)),
  ADD_RUN_CONFIG_ENTRY(165, status(ADDRESS, ADDRESS, ADDRESS)),
  SESSION_OPTIONS_APPEND_EXECUTION_PROVIDER_TENSOR_RT_V2(170, status(ADDRESS, ADDRESS)),
  CREATE_TENSOR_RT_PROVIDER_OPTIONS(171, status(ADDRESS)),
  UPDATE_TENSOR_RT_PROVIDER_OPTIONS(172, status(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG)),
  RELEASE_TENSOR_RT_PROVIDER_OPTIONS(174, release()),
  SESSION_OPTIONS_APPEND_EXECUTION_PROVIDER_CUDA_V2(204, status(ADDRESS, ADDRESS)),
  CREATE_CUDA_PROVIDER_OPTIONS(205, status(ADDRESS)),
  UPDATE_CUDA_PROVIDER_OPTIONS(206, status(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG)),
  RELEASE_CUDA_PROVIDER_OPTIONS(208, release()),
  SESSION_OPTIONS_APPEND_EXECUTION_PROVIDER(
      216, status(ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG));

  /// Length of the table up to the last function here.
  static final int SLOTS = 1 + Arrays.stream(values()).mapToInt(f -> f.slot).max().getAsInt();

  final int slot;

  @SuppressWarnings("ImmutableEnumChecker") // descriptors are, by their documentation
  final FunctionDescriptor descriptor;

  OrtFunction(int slot, FunctionDescriptor descriptor) {
    this.slot = slot;
    this.descriptor = descriptor;
  }

  /// Returns `OrtStatus*`, null for success: taken as a number, because a pointer would be an
  /// object a call.
  private static FunctionDescriptor status(MemoryLayout... parameters) {
    return FunctionDescriptor.of(JAVA_LONG, parameters);
  }

  private static FunctionDescriptor release() {
    return FunctionDescriptor.ofVoid(ADDRESS);
  }
}
