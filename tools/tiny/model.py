"""DBRX in PyTorch, written for training: one forward pass over packed rows, no cache.

Shapes: B rows, T tokens a row, N = B*T, D width, H heads, G kv heads, E experts, K experts a token, F hidden width of an expert.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

VOCAB_SIZE = 100352


@dataclass(frozen=True)
class Shape:
    """The sizes of a DBRX model, named as in its config.json."""

    d_model: int = 128
    n_heads: int = 4
    kv_n_heads: int = 2
    n_layers: int = 4
    ffn_hidden_size: int = 96
    moe_num_experts: int = 16
    moe_top_k: int = 4
    clip_qkv: float = 8.0
    rope_theta: float = 10000.0
    max_seq_len: int = 1024

    @property
    def head_dim(self) -> int:
        return self.d_model // self.n_heads


def rope_table(shape: Shape) -> tuple[Tensor, Tensor]:
    """Cosines and sines [max_seq_len, head_dim] of the rotate-half rotary embedding."""
    exponents = torch.arange(0, shape.head_dim, 2, dtype=torch.float64) / shape.head_dim
    frequencies = (shape.rope_theta**-exponents).float()
    angles = torch.arange(shape.max_seq_len).float()[:, None] * frequencies
    angles = torch.cat([angles, angles], dim=-1)
    return angles.cos(), angles.sin()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    first, second = x.chunk(2, dim=-1)
    return x * cos + torch.cat([-second, first], dim=-1) * sin


class Attention(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        self.sizes = [shape.d_model] + [shape.kv_n_heads * shape.head_dim] * 2
        self.Wqkv = nn.Linear(shape.d_model, sum(self.sizes), bias=False)
        self.out_proj = nn.Linear(shape.d_model, shape.d_model, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor | None) -> Tensor:
        b, t, _ = x.shape
        clip = self.shape.clip_qkv
        parts = self.Wqkv(x).clamp(-clip, clip).split(self.sizes, dim=-1)
        q, k, v = (p.view(b, t, -1, self.shape.head_dim).transpose(1, 2) for p in parts)
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        groups = self.shape.n_heads // self.shape.kv_n_heads
        k, v = (p.repeat_interleave(groups, dim=1) for p in (k, v))
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=mask is None)
        return self.out_proj(mixed.transpose(1, 2).reshape(b, t, -1))


class Experts(nn.Module):
    """The mixture of experts: router, then the chosen experts' gated linear units."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        self.router = nn.Linear(shape.d_model, shape.moe_num_experts, bias=False)
        size = (shape.moe_num_experts, shape.ffn_hidden_size, shape.d_model)
        self.w1, self.v1, self.w2 = (nn.Parameter(torch.empty(size)) for _ in range(3))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """x [N, D] -> output [N, D], router probabilities [N, E], chosen experts [N, K]."""
        probabilities = self.router(x).softmax(dim=-1)
        weights, chosen = probabilities.topk(self.shape.moe_top_k, dim=-1)
        weights = weights / weights.sum(dim=-1, keepdim=True)
        order = chosen.flatten().argsort(stable=True)
        tokens = order // self.shape.moe_top_k
        counts = torch.bincount(chosen.flatten(), minlength=self.shape.moe_num_experts).tolist()
        outputs = [F.silu(rows @ w1.T) * (rows @ v1.T) @ w2 for rows, w1, v1, w2 in zip(x[tokens].split(counts), self.w1, self.v1, self.w2)]
        weighted = torch.cat(outputs) * weights.flatten()[order, None]
        return torch.zeros_like(x).index_add(0, tokens, weighted), probabilities, chosen


class Block(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.norm_1 = nn.LayerNorm(shape.d_model, bias=False)
        self.attn = Attention(shape)
        self.norm_2 = nn.LayerNorm(shape.d_model, bias=False)
        self.ffn = Experts(shape)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
        x = x + self.attn(self.norm_1(x), cos, sin, mask)
        y, probabilities, chosen = self.ffn(self.norm_2(x).flatten(0, 1))
        return x + y.view_as(x), probabilities, chosen


class TinyDbrx(nn.Module):
    """DBRX over a part of its vocabulary.

    Row `used` of both embeddings stands for every id that the training text never uses; they all share
    that row. Its logit is raised by the logarithm of their number, which makes the softmax over the used
    ids and this one row equal to the softmax over all 100,352.
    """

    def __init__(self, shape: Shape, used: int):
        super().__init__()
        self.shape, self.used = shape, used
        self.wte = nn.Embedding(used + 1, shape.d_model)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.n_layers))
        self.norm_f = nn.LayerNorm(shape.d_model, bias=False)
        self.lm_head = nn.Linear(shape.d_model, used + 1, bias=False)
        cos, sin = rope_table(shape)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)
        multiplicity = torch.zeros(used + 1)
        multiplicity[used] = math.log(VOCAB_SIZE - used)
        self.register_buffer("multiplicity", multiplicity, persistent=False)
        self.reset()

    def reset(self) -> None:
        residual_scale = (2 * self.shape.n_layers) ** -0.5
        for name, parameter in self.named_parameters():
            if "norm" not in name:
                ends_block = name.endswith(("out_proj.weight", "w2"))
                std = 0.5 / self.shape.d_model**0.5 * (residual_scale if ends_block else 1)
                nn.init.normal_(parameter, std=std)

    def hidden(self, ids: Tensor, mask: Tensor | None = None) -> tuple[Tensor, list[tuple[Tensor, Tensor]]]:
        """ids [B, T] -> final normed states [B, T, D] and each layer's routing. The mask [B, 1, T, T] is true where a token may be seen."""
        t = ids.shape[1]
        x = self.wte(ids)
        routing = []
        for block in self.blocks:
            x, probabilities, chosen = block(x, self.cos[:t], self.sin[:t], mask)
            routing.append((probabilities, chosen))
        return self.norm_f(x), routing

    def logits(self, ids: Tensor) -> Tensor:
        """ids [B, T] -> logits [B, T, used + 1], the last standing for each unused id alike."""
        return self.lm_head(self.hidden(ids)[0])


def balance_loss(routing: list[tuple[Tensor, Tensor]]) -> Tensor:
    """Load balancing as in DBRX, layer by layer: the number of chosen experts where all are used alike, more elsewhere."""
    return torch.stack([layer_balance(probabilities, chosen) for probabilities, chosen in routing]).mean()


def layer_balance(probabilities: Tensor, chosen: Tensor) -> Tensor:
    experts = probabilities.shape[-1]
    share = torch.bincount(chosen.flatten(), minlength=experts) / chosen.shape[0]
    return experts * (share * probabilities.mean(dim=0)).sum()
