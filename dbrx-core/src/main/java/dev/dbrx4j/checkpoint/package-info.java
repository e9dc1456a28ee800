/// The JSON files of a checkpoint: `config.json` and `generation_config.json`, read with limits and
/// with complaints that name file and key.
package dev.dbrx4j.checkpoint;
