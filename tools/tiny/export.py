"""Writes a trained model as a Hugging Face checkpoint of DBRX, and reads one back.

python -m tiny.export --run run --corpus corpus --out models/dbrx-tiny
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor

from .model import VOCAB_SIZE, Shape, TinyDbrx

NAMES = {
    "norm_1.weight": "norm_attn_norm.norm_1.weight",
    "attn.Wqkv.weight": "norm_attn_norm.attn.Wqkv.weight",
    "attn.out_proj.weight": "norm_attn_norm.attn.out_proj.weight",
    "norm_2.weight": "norm_attn_norm.norm_2.weight",
    "ffn.router.weight": "ffn.router.layer.weight",
    "ffn.w1": "ffn.experts.mlp.w1",
    "ffn.v1": "ffn.experts.mlp.v1",
    "ffn.w2": "ffn.experts.mlp.w2",
}
"""Parameters of a block, here and in a checkpoint."""

EMBEDDINGS = {"wte.weight": "transformer.wte.weight", "lm_head.weight": "lm_head.weight"}
EXPERTS = ("w1", "v1", "w2")
SETTLING_ROWS = 40
MARGIN = 6.0
"""Natural logarithm of how far below even odds the unused ids are pushed before the fit is content."""


def names(shape: Shape) -> dict[str, str]:
    """All parameters, here and in a checkpoint."""
    blocks = {
        f"blocks.{layer}.{ours}": f"transformer.blocks.{layer}.{theirs}"
        for layer in range(shape.n_layers)
        for ours, theirs in NAMES.items()
    }
    return {**EMBEDDINGS, **blocks, "norm_f.weight": "transformer.norm_f.weight"}


def checkpoint(model: TinyDbrx, used: np.ndarray) -> dict[str, Tensor]:
    """The model's tensors under DBRX's names, over the whole vocabulary, in bfloat16."""
    parameters = dict(model.named_parameters())
    tensors = {}
    for ours, theirs in names(model.shape).items():
        tensor = parameters[ours].detach()
        if ours in EMBEDDINGS:
            rows = tensor[-1].repeat(VOCAB_SIZE, 1)
            rows[torch.from_numpy(used).long()] = tensor[:-1]
            tensor = rows
        elif ours.endswith(EXPERTS):
            tensor = tensor.flatten(0, 1)
        tensors[theirs] = tensor.bfloat16().contiguous()
    return tensors


def config(shape: Shape) -> dict:
    return {
        "architectures": ["DbrxForCausalLM"],
        "attn_config": {"clip_qkv": shape.clip_qkv, "kv_n_heads": shape.kv_n_heads, "model_type": "", "rope_theta": shape.rope_theta},
        "d_model": shape.d_model,
        "ffn_config": {
            "ffn_hidden_size": shape.ffn_hidden_size,
            "model_type": "",
            "moe_jitter_eps": 0,
            "moe_loss_weight": 0.05,
            "moe_num_experts": shape.moe_num_experts,
            "moe_top_k": shape.moe_top_k,
        },
        "max_seq_len": shape.max_seq_len,
        "model_type": "dbrx",
        "n_heads": shape.n_heads,
        "n_layers": shape.n_layers,
        "tie_word_embeddings": False,
        "torch_dtype": "bfloat16",
        "vocab_size": VOCAB_SIZE,
    }


TOKENIZER = {
    "tokenizer_class": "TiktokenTokenizerWrapper",
    "model_name": "gpt-4",
    "add_bos_token": False,
    "add_eos_token": False,
    "bos_token": "<|endoftext|>",
    "eos_token": "<|endoftext|>",
    "unk_token": "<|endoftext|>",
    "pad_token": "<|pad|>",
    "use_default_system_prompt": False,
}


def write(model: TinyDbrx, used: np.ndarray, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    save_file(checkpoint(model, used), folder / "model.safetensors", metadata={"format": "pt"})
    files = {"config": config(model.shape), "tokenizer_config": TOKENIZER, "generation_config": {"eos_token_id": [100257, 100279]}}
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content, indent=2) + "\n")


def read(folder: Path) -> tuple[TinyDbrx, np.ndarray]:
    """A checkpoint in one file: the model in float32 over the used ids, and these ids. Ids with the last id's embedding are unused."""
    tensors = load_file(folder / "model.safetensors")
    head = tensors["lm_head.weight"]
    used = (head != head[-1]).any(dim=1).nonzero().flatten().numpy()
    return from_checkpoint(tensors, read_shape(folder), used, len(head)), used


def read_shape(folder: Path) -> Shape:
    stored = json.loads((folder / "config.json").read_text())
    sizes = {**stored, **stored["attn_config"], **stored["ffn_config"]}
    return Shape(**{field: sizes[field] for field in Shape.__dataclass_fields__})


def from_checkpoint(tensors: dict[str, Tensor], shape: Shape, used: np.ndarray, vocabulary: int) -> TinyDbrx:
    model = TinyDbrx(shape, len(used))
    state = {}
    for ours, theirs in names(shape).items():
        tensor = tensors[theirs].float()
        if ours in EMBEDDINGS:
            tensor = tensor[np.append(used, vocabulary - 1)]
        elif ours.endswith(EXPERTS):
            tensor = tensor.view(shape.moe_num_experts, -1, shape.d_model)
        state[ours] = tensor
    model.load_state_dict(state)
    return model.eval()


def started(folder: Path, used: np.ndarray) -> TinyDbrx:
    """A checkpoint's model over other used ids; those that it did not use begin with the row of its unused ones."""
    tensors = load_file(folder / "model.safetensors")
    return from_checkpoint(tensors, read_shape(folder), used, len(tensors["lm_head.weight"])).train()


def trained(run: Path, corpus: Path) -> tuple[TinyDbrx, np.ndarray]:
    used = np.load(corpus / "used.npy")
    model = TinyDbrx(Shape(), len(used))
    model.load_state_dict(torch.load(run / "checkpoint.pt", map_location="cpu")["model"])
    rows = np.load(corpus / "train.npz")["ids"][:SETTLING_ROWS]
    settle_unused(model, torch.from_numpy(rows.astype(np.int64)))
    return model, used


def settle_unused(model: TinyDbrx, ids: Tensor) -> None:
    """Fits the output row of the unused ids anew, so that they are improbable after every token.

    Training counts only what the assistant says; after other tokens nothing keeps that row down. The fit is convex: a logistic
    regression of "unused" against "used", which is never true, over all positions of ids [R, T].
    """
    with torch.no_grad():
        hidden = torch.cat([model.hidden(row[None, : model.shape.max_seq_len])[0][0] for row in ids])
        used = torch.cat([(part @ model.lm_head.weight[:-1].T).logsumexp(dim=-1) for part in hidden.split(1024)])
    row = model.lm_head.weight[-1].detach().clone().requires_grad_()
    fit = torch.optim.LBFGS([row], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        fit.zero_grad()
        odds = hidden @ row + model.multiplicity[-1] - used
        value = F.softplus(odds + MARGIN).mean() + 1e-4 * row.square().sum()
        value.backward()
        return value

    fit.step(loss)
    model.lm_head.weight.data[-1] = row.detach()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path, default=Path("run"))
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    write(*trained(arguments.run, arguments.corpus), arguments.out)


if __name__ == "__main__":
    main()
