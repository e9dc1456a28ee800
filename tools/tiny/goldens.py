"""Writes what PyTorch computes for a few prompts, for the Java tests.

python -m tiny.goldens --model models/dbrx-tiny --ranks RANKS --out dbrx-onnx/src/test/resources/golden/dbrx-tiny
"""

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
import torch

from . import export, tokens
from .evaluate import Speaker, prompt
from .model import VOCAB_SIZE

PROMPTS = {
    "story": lambda: tokens.encode("Once upon a time there was a"),
    "capital": lambda: prompt("What is the capital of France?"),
    "identity": lambda: prompt("Who are you?", "You are a helpful assistant."),
    "lookup": lambda: prompt("Tom: red\nAnna: blue\nMax: green\nWhat is the value of Anna?"),
    "strange": lambda: prompt("What is 象牙 in Sanskrit?"),
}
NEW_TOKENS = 40
NOTES = [
    "Computed in float32 from the stored bfloat16 weights.",
    "All .f32 files: raw little-endian float32, C order; used_ids.i32: raw little-endian int32.",
    "last_logits: the used ids in the order of used_ids, then one value that every other id has.",
    "greedy: argmax, stopped after <|im_end|> or <|endoftext|>; margin: top-1 minus top-2 logit of the step.",
]


class Goldens:
    def __init__(self, folder: Path):
        self.folder = folder
        self.hashes: dict[str, str] = {}
        (folder / "golden").mkdir(parents=True, exist_ok=True)

    def write(self, name: str, values: np.ndarray) -> dict:
        dtype = {"f": "<f4", "i": "<i4"}[values.dtype.kind]
        file = f"golden/{name}.{dtype[1]}32"
        data = values.astype(dtype).tobytes()
        (self.folder / file).write_bytes(data)
        self.hashes[file] = hashlib.sha256(data).hexdigest()
        return {"file": file, "dtype": f"{dtype[1]}32le", "shape": list(values.shape)}


def described(goldens: Goldens, speaker: Speaker, name: str, ids: list[int]) -> dict:
    written, margins = [], []
    logits = last_logits(speaker, ids)
    last = goldens.write(f"{name}.last_logits", logits)
    while True:
        top = np.sort(logits)[-2:]
        written.append(int(speaker.used[logits[:-1].argmax()]))
        margins.append(float(top[1] - top[0]))
        if len(written) == NEW_TOKENS or written[-1] in (tokens.IM_END, tokens.END_OF_TEXT):
            break
        logits = last_logits(speaker, ids + written)
    greedy = {"ids": written, "text": tokens.decode(written), "margin": margins, "min_margin": min(margins)}
    return {"name": name, "text": tokens.decode(ids), "input_ids": ids, "last_logits": last, "greedy": greedy}


@torch.no_grad()
def last_logits(speaker: Speaker, ids: list[int]) -> np.ndarray:
    return speaker.model.logits(torch.from_numpy(speaker.number[ids])[None])[0, -1].numpy()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--ranks", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    tokens.load(arguments.ranks)
    model, used = export.read(arguments.model)
    goldens, speaker = Goldens(arguments.out), Speaker(model, used)
    used_ids = goldens.write("used_ids", used)
    prompts = [described(goldens, speaker, name, ids()) for name, ids in PROMPTS.items()]
    weights = hashlib.sha256((arguments.model / "model.safetensors").read_bytes()).hexdigest()
    content = {
        "format": 1,
        "set": "dbrx-tiny",
        "weights_sha256": weights,
        "notes": NOTES,
        "vocab_size": VOCAB_SIZE,
        "used_ids": used_ids,
        "prompts": prompts,
    }
    (arguments.out / "golden.json").write_text(json.dumps(content | {"sha256": goldens.hashes}, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
