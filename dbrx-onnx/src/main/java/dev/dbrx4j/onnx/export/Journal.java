package dev.dbrx4j.onnx.export;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE_NEW;

import dev.dbrx4j.onnx.bundle.Checksum;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Keeps account of the sections that an unfinished export has written: a line with the plan's
/// fingerprint, then a line a section, with its number and checksum. A line cut short by a crash
/// counts for nothing, and what the journal claims is checked before it is believed.
final class Journal {
  static final String NAME = "export.journal";

  private static final Pattern ENTRY = Pattern.compile("(\\d{1,9}) ([0-9a-f]{8})");

  private final Path file;

  private Journal(Path file) {
    this.file = file;
  }

  /// {@return whether a folder holds an unfinished export}
  static boolean isIn(Path folder) {
    return Files.exists(folder.resolve(NAME));
  }

  /// {@return whether a folder's unfinished export has this fingerprint}
  static boolean matches(Path folder, String fingerprint) throws IOException {
    return Files.readString(folder.resolve(NAME), UTF_8).startsWith(fingerprint + "\n");
  }

  /// Starts an empty journal.
  static Journal create(Path folder, String fingerprint) throws IOException {
    Path file = folder.resolve(NAME);
    Files.writeString(file, fingerprint + "\n", CREATE_NEW);
    return new Journal(file);
  }

  /// Opens the journal of an earlier attempt.
  static Journal open(Path folder) throws IOException {
    Path file = folder.resolve(NAME);
    String text = Files.readString(file, UTF_8);
    Files.writeString(file, text.substring(0, text.lastIndexOf('\n') + 1)); // drops a cut line
    return new Journal(file);
  }

  /// {@return checksums of the sections that are said to be written, by number}
  Map<Integer, Integer> entries() throws IOException {
    Map<Integer, Integer> entries = new HashMap<>();
    List<String> lines = Files.readAllLines(file, UTF_8);
    for (String line : lines.subList(1, lines.size())) {
      Matcher entry = ENTRY.matcher(line);
      if (entry.matches()) {
        entries.put(Integer.valueOf(entry.group(1)), Integer.parseUnsignedInt(entry.group(2), 16));
      }
    }
    return entries;
  }

  /// Notes that a section is written.
  synchronized void add(int section, int crc32c) throws IOException {
    Files.writeString(file, section + " " + Checksum.hex(crc32c) + "\n", APPEND);
  }

  /// Removes the journal of a complete export.
  static void deleteFrom(Path folder) throws IOException {
    Files.delete(folder.resolve(NAME));
  }
}
