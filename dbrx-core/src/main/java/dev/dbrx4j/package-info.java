/// The public API: load a model, generate text.
package dev.dbrx4j;
