/// Programs to copy from, each in one file: [dev.dbrx4j.examples.StreamingExample],
/// [dev.dbrx4j.examples.ChatExample] and [dev.dbrx4j.examples.EightStreamsExample]. They run the
/// model in the folder given as argument, or the one that this repository ships. The command line
/// is in `dev.dbrx4j.examples.cli`.
@org.jspecify.annotations.NullMarked
package dev.dbrx4j.examples;
