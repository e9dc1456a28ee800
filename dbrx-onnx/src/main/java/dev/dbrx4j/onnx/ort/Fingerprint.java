package dev.dbrx4j.onnx.ort;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.jar.JarEntry;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;

/// Size and CRC-32 of a file's contents: tells a half-written or damaged copy from a whole one. A
/// jar's directory has both, so its entry need not be unpacked for them.
///
/// @param size bytes
/// @param crc CRC-32
record Fingerprint(long size, long crc) {
  static Fingerprint of(URL resource) throws IOException {
    URLConnection connection = resource.openConnection();
    connection.setUseCaches(false);
    try (InputStream in = connection.getInputStream()) {
      JarEntry entry = connection instanceof JarURLConnection inJar ? inJar.getJarEntry() : null;
      return entry == null || entry.getCrc() < 0 || entry.getSize() < 0
          ? of(in)
          : new Fingerprint(entry.getSize(), entry.getCrc());
    }
  }

  private static Fingerprint of(InputStream in) throws IOException {
    CRC32 crc = new CRC32();
    long size = new CheckedInputStream(in, crc).transferTo(OutputStream.nullOutputStream());
    return new Fingerprint(size, crc.getValue());
  }

  /// {@return whether a file is there and has these contents}
  boolean matches(Path file) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) != size) {
      return false;
    }
    try (InputStream in = Files.newInputStream(file)) {
      return of(in).equals(this);
    }
  }

  /// {@return the CRC as eight hexadecimal digits}
  String hex() {
    return HexFormat.of().toHexDigits((int) crc);
  }
}
