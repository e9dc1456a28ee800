/// Machine code for x86-64 processors, written by Java at run time: an [Assembler] of the few
/// instructions that are needed, and [MachineCode] that can be called. The JDK's vector module has
/// no instruction that multiplies bytes and adds neighbours; processors have had one since 2013.
package dev.dbrx4j.onnx.x86;
