package dev.dbrx4j.tokenizer;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.security.CodeSource;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/// The files that come with the tokenizer, inside its jar.
final class Resources {
  /// Joined by `concat` as here, since a program's first `+` of strings takes 10 ms.
  private static final String FOLDER =
      Resources.class.getPackageName().replace('.', '/').concat("/");

  private Resources() {}

  static byte[] read(String name) {
    try {
      byte[] found = readFromJar(name);
      return found == null ? readFromClassLoader(name) : found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Reads from the jar this class came from, which the JVM has open already, or nothing if it came
  /// from elsewhere. A class loader would first look through the JDK's own modules, which on a cold
  /// start takes as long as all the rest.
  private static byte @Nullable [] readFromJar(String name) throws IOException {
    CodeSource source = Resources.class.getProtectionDomain().getCodeSource();
    URL location = source == null ? null : source.getLocation();
    if (location == null || !location.getProtocol().equals("file")) {
      return null;
    }
    try {
      File jar = new File(location.toURI().getPath());
      return jar.isFile() ? read(jar, FOLDER.concat(name)) : null;
    } catch (URISyntaxException e) {
      return null;
    }
  }

  private static byte @Nullable [] read(File jar, String path) throws IOException {
    try (ZipFile zip = new ZipFile(jar)) {
      ZipEntry entry = zip.getEntry(path);
      if (entry == null) {
        return null;
      }
      byte[] bytes = new byte[Math.toIntExact(entry.getSize())];
      try (InputStream in = zip.getInputStream(entry)) {
        in.readNBytes(bytes, 0, bytes.length);
      }
      return bytes;
    }
  }

  private static byte[] readFromClassLoader(String name) throws IOException {
    try (InputStream in = Resources.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name.concat(" is missing from the tokenizer's jar"));
      }
      return in.readAllBytes();
    }
  }
}
