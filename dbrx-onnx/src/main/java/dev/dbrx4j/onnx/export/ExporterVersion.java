package dev.dbrx4j.onnx.export;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/// Name and version of this exporter, as the build has filled them in.
final class ExporterVersion {
  /// For example `dbrx4j 0.1.0`.
  static final String NAME = "dbrx4j " + version();

  private ExporterVersion() {}

  private static String version() {
    Properties properties = new Properties();
    try (InputStream in = ExporterVersion.class.getResourceAsStream("version.properties")) {
      properties.load(in);
      return properties.getProperty("version");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
