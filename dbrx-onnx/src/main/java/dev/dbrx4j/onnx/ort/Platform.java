package dev.dbrx4j.onnx.ort;

import java.util.Locale;

/// An operating system and processor, in the words of ONNX Runtime's Maven artifact.
///
/// @param name the folder of its natives, such as `linux-x64`
/// @param libraryName the file name of the library, such as `libonnxruntime.so`
record Platform(String name, String libraryName) {
  /// {@return the platform of this process}
  static Platform current() {
    return of(System.getProperty("os.name"), System.getProperty("os.arch"));
  }

  static Platform of(String osName, String osArch) {
    String arch =
        switch (osArch.toLowerCase(Locale.ROOT)) {
          case "amd64", "x86_64" -> "x64";
          case "arm64" -> "aarch64";
          default -> osArch;
        };
    if (osName.startsWith("Windows")) {
      return new Platform("win-" + arch, "onnxruntime.dll");
    }
    if (osName.startsWith("Mac")) {
      return new Platform("osx-" + arch, "libonnxruntime.dylib");
    }
    return new Platform(osName.toLowerCase(Locale.ROOT) + "-" + arch, "libonnxruntime.so");
  }

  /// {@return the library's path inside the Maven artifact}
  String resource() {
    return resource(libraryName);
  }

  /// {@return the path inside the Maven artifact of a file beside the library}
  String resource(String fileName) {
    return "ai/onnxruntime/native/" + name + "/" + fileName;
  }
}
