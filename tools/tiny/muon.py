"""Muon: momentum whose steps are made orthogonal, matrix by matrix (Jordan and others, 2024)."""

import torch
from torch import Tensor


def orthogonalize(matrices: Tensor, rounds: int = 3) -> Tensor:
    """The nearest semi-orthogonal matrices [..., rows, columns], roughly, by a quintic Newton-Schulz iteration."""
    a, b, c = 3.4445, -4.7750, 2.0315
    tall = matrices.shape[-2] > matrices.shape[-1]
    x = matrices.mT if tall else matrices
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    x = x.reshape(-1, *x.shape[-2:])
    for _ in range(rounds):
        gram = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return (x.mT if tall else x).view_as(matrices)


class Muon(torch.optim.Optimizer):
    """For parameters that are matrices, or stacks of matrices [experts, rows, columns].

    Each step is about as large as the one before, whatever the gradient, so that without decay matrices grow as long as
    one trains: queries and keys until attention looks at one token alone and learns no more. Decay bounds singular values by its
    inverse.
    """

    def __init__(self, parameters, lr: float, momentum: float = 0.95, decay: float = 0.2):
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "decay": decay})

    @torch.no_grad()
    def step(self, closure=None) -> None:
        for group in self.param_groups:
            for parameter in group["params"]:
                gradient = parameter.grad
                velocity = self.state[parameter].setdefault("velocity", torch.zeros_like(gradient))
                velocity.lerp_(gradient, 1 - group["momentum"])
                step = orthogonalize(gradient.lerp(velocity, group["momentum"]))
                rows, columns = parameter.shape[-2:]
                parameter.mul_(1 - group["lr"] * group["decay"])
                parameter.add_(step, alpha=-group["lr"] * max(1, rows / columns) ** 0.5)
