"""Measures a checkpoint and prints the table of the model card.

python -m tiny.evaluate --model models/dbrx-tiny --ranks RANKS --corpus corpus
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path
from random import Random

import numpy as np
import torch

from . import export, questions, talk, tokens
from .corpus import PROSE
from .model import VOCAB_SIZE, TinyDbrx
from .ngram import NGrams

SETS = ("prose", "stories", "conversations")
LONGEST_ANSWER = 60


class Speaker:
    """Continues prompts greedily."""

    def __init__(self, model: TinyDbrx, used: np.ndarray):
        self.model, self.used = model, used
        self.number = np.full(VOCAB_SIZE, len(used))
        self.number[used] = np.arange(len(used))

    @torch.no_grad()
    def answers(self, prompts: list[list[int]], limit: int = LONGEST_ANSWER, batch: int = 64) -> list[list[int]]:
        """The ids written after each prompt, <|im_end|> included if it was reached within the limit."""
        written: list[list[int]] = [[] for _ in prompts]
        for group in np.array_split(np.argsort([len(prompt) for prompt in prompts]), max(1, len(prompts) // batch)):
            running = group.tolist()
            for _ in range(limit):
                sequences = [prompts[index] + written[index] for index in running]
                for index, token in zip(running, self.next_tokens(sequences)):
                    written[index].append(token)
                running = [index for index in running if written[index][-1] not in (tokens.IM_END, tokens.END_OF_TEXT)]
                if not running:
                    break
        return written

    @torch.no_grad()
    def would_write(self, prompt: list[int], answer: list[int]) -> bool:
        """Whether the greedy continuation is this answer: it is if each of its tokens is the likeliest after those before it."""
        ids = torch.from_numpy(self.number[prompt + answer])
        hidden = self.model.hidden(ids[None, :-1])[0][0, -len(answer) :]
        return torch.equal(self.model.lm_head(hidden)[:, :-1].argmax(dim=-1), ids[-len(answer) :])

    def next_tokens(self, sequences: list[list[int]]) -> list[int]:
        longest = max(map(len, sequences))
        ids = np.zeros((len(sequences), longest), np.int64)
        for row, sequence in enumerate(sequences):
            ids[row, : len(sequence)] = self.number[sequence]
        hidden, _ = self.model.hidden(torch.from_numpy(ids))
        last = hidden[torch.arange(len(sequences)), torch.tensor([len(sequence) - 1 for sequence in sequences])]
        return self.used[self.model.lm_head(last)[:, :-1].argmax(dim=-1).numpy()].tolist()


def prompt(user: str, system: str | None = None) -> list[int]:
    head = tokens.turn("system", system) if system else []
    return head + tokens.turn("user", user) + tokens.opening("assistant")


def right_answers(speaker: Speaker, per_kind: int) -> dict[str, tuple[int, int]]:
    """For each kind of question: how many held-out ones were answered exactly, and how many were asked."""
    random = Random(2026)
    asked = [(kind, questions.ask(random, held_out=True, name=kind)) for kind in questions.KINDS for _ in range(per_kind)]
    asked = list({question.text: (kind, question) for kind, question in asked}.values())
    counts = defaultdict(lambda: [0, 0])
    for kind, question in asked:
        counts[kind][0] += speaker.would_write(prompt(question.text), [*tokens.encode(question.answer), tokens.IM_END])
        counts[kind][1] += 1
    return {kind: tuple(count) for kind, count in counts.items()}


def ended_turns(speaker: Speaker, count: int) -> float:
    """The share of turns, of all topics and with all sorts of system prompts, that end with <|im_end|>."""
    random = Random(2027)
    prompts = []
    for _ in range(count):
        system = random.choice(
            [None, None, random.choice(talk.SYSTEM_PROMPTS), random.choice(talk.SHORT_PROMPTS), random.choice(talk.JSON_PROMPTS)]
        )
        prompts.append(prompt(talk.turns(random, 1)[0][0], system))
    return float(np.mean([answer[-1] == tokens.IM_END for answer in speaker.answers(prompts, limit=300)]))


@torch.no_grad()
def perplexities(model: TinyDbrx, corpus: Path, rows: int) -> tuple[dict[str, dict[str, float]], np.ndarray, torch.Tensor]:
    """For each set: perplexities of bigrams, 5-grams and the model over the full vocabulary on the same tokens.
    Then the share of the tokens each expert of each layer serves [layers, experts], and the probability of all unused ids together at each position."""
    train = np.load(corpus / "train.npz")["ids"][:rows]
    test = np.load(corpus / "test.npz")
    unused = model.used
    baselines = {"bigram": NGrams(train, 2, unused + 1), "5-gram": NGrams(train, 5, unused + 1)}
    shape = model.shape
    served, wasted, table = torch.zeros(shape.n_layers, shape.moe_num_experts), [], {}
    for name in SETS:
        ids = test[f"{name}_ids"]
        counted = (test[f"{name}_weights"] >= PROSE) & (ids != unused)
        counted[:, 0] = False
        table[name] = {kind: perplexity(grams.probabilities(ids)[counted]) for kind, grams in baselines.items()}
        chosen_probabilities = []
        for row, count in zip(ids, counted):
            inputs = torch.from_numpy(row.astype(np.int64))
            hidden, routing = model.hidden(inputs[None, :-1])
            probabilities = (model.lm_head(hidden)[0] + model.multiplicity).softmax(dim=-1)
            wasted.append(probabilities[:, unused])
            chosen_probabilities.append(probabilities.gather(1, inputs[1:, None])[:, 0].numpy()[count[1:]])
            served += torch.stack([torch.bincount(chosen.flatten(), minlength=shape.moe_num_experts) for _, chosen in routing])
        table[name]["dbrx-tiny"] = perplexity(np.concatenate(chosen_probabilities))
    return table, (served / served.sum(dim=1, keepdim=True)).numpy(), torch.cat(wasted)


def perplexity(probabilities: np.ndarray) -> float:
    return float(np.exp(-np.log(probabilities).mean()))


def main() -> None:
    arguments = parse()
    torch.set_num_threads(arguments.threads)
    tokens.load(arguments.ranks)
    model, used = export.read(arguments.model)
    speaker = Speaker(model, used)
    answers = right_answers(speaker, arguments.per_kind)
    right, asked = (sum(column) for column in zip(*answers.values()))
    for kind, (good, of) in answers.items():
        print(f"{kind:20} {good:4} of {of}")
    print(f"right answers to held-out questions: {right} of {asked} = {right / asked:.1%}")
    ended = ended_turns(speaker, arguments.turns)
    print(f"turns ended by <|im_end|>: {ended:.2%} of {arguments.turns}")
    table, load, wasted = perplexities(model, arguments.corpus, arguments.rows)
    for name, row in table.items():
        print(f"perplexity on held-out {name:14}", ", ".join(f"{kind} {value:.2f}" for kind, value in row.items()))
    print(f"expert load: least {load.min():.2%}, most {load.max():.2%} of a layer's choices (even: {1 / load.shape[1]:.2%})")
    print(f"probability of all unused ids together: mean {wasted.mean():.1e}, greatest {wasted.max():.1e}")
    if arguments.json:
        result = {
            "answers": answers,
            "right": right / asked,
            "ended": ended,
            "perplexity": table,
            "load": load.tolist(),
            "unused": float(wasted.mean()),
        }
        arguments.json.write_text(json.dumps(result, indent=1) + "\n")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--ranks", type=Path, required=True)
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--rows", type=int, help="rows of the corpus that the n-grams count (default: all)")
    parser.add_argument("--per-kind", type=int, default=30, help="held-out questions of each kind")
    parser.add_argument("--turns", type=int, default=500)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", type=Path, help="also write the figures here")
    return parser.parse_args()


if __name__ == "__main__":
    main()
