"""Trains the model; stops and resumes at any step.

    python -m tiny.train --corpus corpus --out run

The learning rate rises for 100 steps, stays, and falls to zero over the last `--decay` steps. Matrices inside the blocks are
trained by Muon, the rest by Adam. The same arguments and number of threads give the same weights.
"""

import argparse
import csv
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .model import Shape, TinyDbrx, balance_loss
from .muon import Muon

BALANCE = 0.05
WARMUP = 100
CHUNK = 512
"""Tokens whose logits are computed at once: they stay in the processor's cache."""


class Trainer:
    def __init__(self, arguments: argparse.Namespace):
        self.arguments = arguments
        torch.manual_seed(arguments.seed)
        torch.set_num_threads(arguments.threads)
        used = len(np.load(arguments.corpus / "used.npy"))
        self.model = TinyDbrx(Shape(), used).to(arguments.device)
        data = np.load(arguments.corpus / "train.npz")
        self.ids, self.weights = data["ids"], data["weights"]
        matrices, others = [], []
        for name, parameter in self.model.named_parameters():
            inner = name.startswith("blocks") and "norm" not in name and "router" not in name
            (matrices if inner else others).append(parameter)
        self.optimizers = [
            Muon(matrices, lr=arguments.matrix_rate),
            torch.optim.Adam(others, lr=arguments.other_rate, betas=(0.9, 0.98)),
        ]
        self.rates = [arguments.matrix_rate, arguments.other_rate]
        self.step = 0

    def batch(self) -> tuple[Tensor, Tensor, Tensor]:
        """Inputs, targets and weights; rows are cut short until the last tenth of the training."""
        rows = self.arguments.batch
        at = self.step * rows % (len(self.ids) - rows + 1)
        ids = torch.from_numpy(self.ids[at : at + rows].astype(np.int64))
        weights = torch.from_numpy(self.weights[at : at + rows]).float() / 10
        inputs, targets, weights = ids[:, :-1], ids[:, 1:], weights[:, 1:]
        weights = weights * (targets != self.model.used)
        length = self.arguments.context if self.step < self.arguments.steps * 0.9 else inputs.shape[1]
        inputs, targets, weights = (part.reshape(-1, length).to(self.arguments.device) for part in (inputs, targets, weights))
        return inputs, targets, weights

    def advance(self) -> tuple[float, float]:
        """One step; returns the loss a weighted token and the load-balancing loss."""
        inputs, targets, weights = self.batch()
        for optimizer, rate in zip(self.optimizers, self.rates):
            for group in optimizer.param_groups:
                group["lr"] = rate * self.schedule()
        hidden, routing = self.model.hidden(inputs)
        loss, gradient = self.language_loss(hidden.detach().flatten(0, 1), targets.flatten(), weights.flatten())
        balance = balance_loss(routing)
        torch.autograd.backward([hidden, BALANCE * balance], [gradient.view_as(hidden), None])
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer in self.optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        self.step += 1
        return loss, float(balance.detach())

    def language_loss(self, hidden: Tensor, targets: Tensor, weights: Tensor) -> tuple[float, Tensor]:
        """Cross-entropy over the whole vocabulary, chunk by chunk, with its gradient to the hidden states."""
        counted = weights.nonzero().flatten()
        total, loss = weights.sum(), 0.0
        gradient = torch.zeros_like(hidden)
        for chunk in counted.split(CHUNK):
            h = hidden[chunk].requires_grad_()
            logits = F.linear(h, self.model.lm_head.weight, self.model.multiplicity)
            part = (F.cross_entropy(logits, targets[chunk], reduction="none") * weights[chunk]).sum() / total
            part.backward()
            gradient[chunk] = h.grad
            loss += float(part.detach())
        return loss, gradient

    def schedule(self) -> float:
        left = self.arguments.steps - self.step
        return min(1.0, (self.step + 1) / WARMUP, left / self.arguments.decay)

    def save(self, path: Path) -> None:
        state = {"step": self.step, "model": self.model.state_dict(), "optimizers": [o.state_dict() for o in self.optimizers]}
        torch.save(state, path.with_suffix(".part"))
        path.with_suffix(".part").rename(path)

    def resume(self, path: Path) -> None:
        state = torch.load(path, map_location=self.arguments.device)
        self.step = state["step"]
        self.model.load_state_dict(state["model"])
        for optimizer, saved in zip(self.optimizers, state["optimizers"]):
            optimizer.load_state_dict(saved)


def main() -> None:
    arguments = parse()
    trainer = Trainer(arguments)
    arguments.out.mkdir(parents=True, exist_ok=True)
    checkpoint = arguments.out / "checkpoint.pt"
    if checkpoint.exists():
        trainer.resume(checkpoint)
    started, seen = time.time(), 0
    with open(arguments.out / "loss.csv", "a", newline="") as log:
        writer = csv.writer(log)
        while trainer.step < (arguments.until or arguments.steps):
            loss, balance = trainer.advance()
            seen += arguments.batch * 1024
            writer.writerow([trainer.step, f"{loss:.4f}", f"{balance:.4f}"])
            if trainer.step % 20 == 0:
                log.flush()
                print(
                    f"step {trainer.step} loss {loss:.3f} balance {balance:.3f} {seen / (time.time() - started):.0f} tokens/s", flush=True
                )
            if trainer.step % 100 == 0 or trainer.step in (arguments.until, arguments.steps):
                trainer.save(checkpoint)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--out", type=Path, default=Path("run"))
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--until", type=int, help="stop after this step, to go on with another corpus")
    parser.add_argument("--decay", type=int, default=800)
    parser.add_argument("--batch", type=int, default=2, help="rows of 1024 tokens a step")
    parser.add_argument("--context", type=int, default=256, help="tokens a row is cut to, but for the last tenth of the steps")
    parser.add_argument("--matrix-rate", type=float, default=0.02)
    parser.add_argument("--other-rate", type=float, default=0.003)
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
