/// The seam between the engine and what runs forward passes.
package dev.dbrx4j.spi;
