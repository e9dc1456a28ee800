"""Trains the model; stops and resumes at any step.

    python -m tiny.train --corpus corpus --out run

The learning rate rises for 100 steps, stays, and falls to zero over the last `--decay` steps. Matrices inside the blocks are
trained by Muon, the rest by Adam. The same arguments and number of threads give the same weights.
"""

import argparse
import csv
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from . import export, tokens
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
        torch.set_num_threads(1)
        self.workers = ThreadPoolExecutor(arguments.threads, initializer=lambda: torch.set_num_threads(1))
        used = np.load(arguments.corpus / "used.npy")
        self.model = (export.started(arguments.start, used) if arguments.start else TinyDbrx(Shape(), len(used))).to(arguments.device)
        self.end_of_text = int(np.searchsorted(used, tokens.END_OF_TEXT))
        data = np.load(arguments.corpus / "train.npz")
        self.ids, self.weights = data["ids"], data["weights"]
        matrices, others = [], []
        for name, parameter in self.model.named_parameters():
            inner = name.startswith("blocks") and "norm" not in name and "router" not in name
            (matrices if inner else others).append(parameter)
        half = len(matrices) // 2
        self.optimizers = [
            Muon(matrices[:half], lr=arguments.matrix_rate),
            Muon(matrices[half:], lr=arguments.matrix_rate),
            torch.optim.Adam(others, lr=arguments.other_rate, betas=(0.9, 0.98)),
        ]
        self.rates = [arguments.matrix_rate, arguments.matrix_rate, arguments.other_rate]
        self.step = 0

    def batch(self) -> tuple[Tensor, Tensor, Tensor]:
        """Inputs, targets and weights; rows are cut into blocks until the last tenth of the training."""
        rows = self.arguments.batch
        at = self.step * rows % (len(self.ids) - rows + 1)
        ids = torch.from_numpy(self.ids[at : at + rows].astype(np.int64))
        weights = torch.from_numpy(self.weights[at : at + rows]).float() / 10
        inputs, targets, weights = ids[:, :-1], ids[:, 1:], weights[:, 1:]
        weights = weights * (targets != self.model.used)
        length = self.arguments.context if self.step < self.arguments.steps * 0.9 else inputs.shape[1]
        inputs, targets, weights = (part.reshape(-1, length).to(self.arguments.device) for part in (inputs, targets, weights))
        return inputs, targets, weights / weights.sum()

    def mask(self, inputs: Tensor) -> Tensor | None:
        """In blocks each document [B, T] sees itself alone; in whole rows also those before it, [B, 1, T, T]."""
        if inputs.shape[1] > self.arguments.context:
            return None
        ends = inputs == self.end_of_text
        document = ends.cumsum(dim=1) - ends.long()
        return (document[:, :, None] == document[:, None, :]).tril()[:, None]

    def advance(self) -> tuple[float, float]:
        """One step; returns the loss a weighted token and the load-balancing loss."""
        parts = zip(*(part.chunk(self.arguments.threads) for part in self.batch()))
        results = list(self.workers.map(lambda part: self.gradients(*part), parts))
        for parameter, *gradients in zip(self.model.parameters(), *(gradients for _, _, gradients in results)):
            parameter.grad = sum(gradients[1:], gradients[0])
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer, rate in zip(self.optimizers, self.rates):
            for group in optimizer.param_groups:
                group["lr"] = rate * self.schedule()
        list(self.workers.map(lambda optimizer: optimizer.step(), self.optimizers))
        self.step += 1
        return sum(loss for loss, _, _ in results), sum(balance for _, balance, _ in results) / len(results)

    def gradients(self, inputs: Tensor, targets: Tensor, weights: Tensor) -> tuple[float, float, list[Tensor]]:
        """Loss, load-balancing loss and gradients of one worker's part of a batch."""
        hidden, routing = self.model.hidden(inputs, self.mask(inputs))
        loss, hidden_gradient, head_gradient = self.language_loss(hidden.detach().flatten(0, 1), targets.flatten(), weights.flatten())
        balance = balance_loss(routing)
        head = self.model.lm_head.weight
        inner = [parameter for parameter in self.model.parameters() if parameter is not head]
        share = balance.new_tensor(BALANCE / self.arguments.threads)
        found = iter(torch.autograd.grad([hidden, balance], inner, [hidden_gradient.view_as(hidden), share]))
        gradients = [head_gradient if parameter is head else next(found) for parameter in self.model.parameters()]
        return loss, float(balance.detach()), gradients

    @torch.no_grad()
    def language_loss(self, hidden: Tensor, targets: Tensor, weights: Tensor) -> tuple[float, Tensor, Tensor]:
        """Cross-entropy over the whole vocabulary, chunk by chunk, with its gradients to the hidden states [N, D] and to the head."""
        head, loss = self.model.lm_head.weight, 0.0
        gradient, head_gradient = torch.zeros_like(hidden), torch.zeros_like(head)
        for chunk in weights.nonzero().flatten().split(CHUNK):
            h, target, weight = hidden[chunk], targets[chunk, None], weights[chunk, None]
            logits = torch.addmm(self.model.multiplicity, h, head.T)
            logits -= logits.amax(dim=1, keepdim=True)
            chosen = logits.gather(1, target)
            exponentials = logits.exp_()
            total = exponentials.sum(dim=1, keepdim=True)
            loss += float(((total.log() - chosen) * weight).sum())
            slope = exponentials.mul_(weight / total).scatter_add_(1, target, -weight)
            gradient[chunk] = slope @ head
            head_gradient.addmm_(slope.T, h)
        return loss, gradient, head_gradient

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
            if trainer.step % 50 == 0 or trainer.step in (arguments.until, arguments.steps):
                trainer.save(checkpoint)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--out", type=Path, default=Path("run"))
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--until", type=int, help="stop after this step, to go on with another corpus")
    parser.add_argument("--decay", type=int, default=800)
    parser.add_argument("--batch", type=int, default=2, help="rows of 1024 tokens a step")
    parser.add_argument("--context", type=int, default=256, help="tokens of a block, but for the last tenth of the steps")
    parser.add_argument("--matrix-rate", type=float, default=0.02)
    parser.add_argument("--other-rate", type=float, default=0.003)
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--start", type=Path, help="a checkpoint's folder, to go on from its weights")
    parser.add_argument("--threads", type=int, default=1, help="each works on a part of the batch")
    return parser.parse_args()


if __name__ == "__main__":
    main()
