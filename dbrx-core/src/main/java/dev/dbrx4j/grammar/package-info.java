/// Structured output: which tokens may come next so that the text keeps to a schema, a regular
/// expression, a choice or a grammar.
///
/// Every way to say what is allowed becomes an [Expression], whose derivatives by bytes are the
/// states of the automaton that runs it: [Form] lists what it is made of, [Derivatives] is the
/// whole transition function, [TokenSets] goes from bytes to tokens. See `docs/generation.md`.
@org.jspecify.annotations.NullMarked
package dev.dbrx4j.grammar;
