/// The `dbrx` command line: [dev.dbrx4j.examples.cli.Main] runs one command, each a class of its
/// own. What a command answers goes to standard output, everything else to standard error.
@org.jspecify.annotations.NullMarked
package dev.dbrx4j.examples.cli;
