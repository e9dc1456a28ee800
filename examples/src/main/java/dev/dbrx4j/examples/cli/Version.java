package dev.dbrx4j.examples.cli;

import java.util.Objects;
import picocli.CommandLine.IVersionProvider;

/// What `dbrx --version` prints.
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = Version.class.getPackage().getImplementationVersion();
    return new String[] {
      "dbrx4j " + Objects.requireNonNullElse(version, "(development)"),
      "Java "
          + Runtime.version()
          + ", "
          + System.getProperty("os.name")
          + " "
          + System.getProperty("os.arch")
    };
  }
}
