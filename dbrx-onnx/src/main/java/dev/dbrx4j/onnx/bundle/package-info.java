/// What makes a folder a bundle: the manifest `dbrx.json`, and the checks of everything that it
/// lists.
///
/// [BundleManifest] is the content, [ManifestFile] its form on disk with a checksum of itself,
/// [BundleCheck] compares a folder with its manifest. Together they cover every byte of every file,
/// so that a damaged bundle is refused by name, section and offset before native code maps it.
package dev.dbrx4j.onnx.bundle;
