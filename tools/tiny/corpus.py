"""Makes the training corpus: rows of token ids with a weight for each, and the held-out sets.

    python -m tiny.corpus --ranks RANKS --out corpus

Ids are numbers of the used vocabulary (see TinyDbrx); `used.npy` maps them to the tokenizer's ids.
"""

import argparse
from pathlib import Path
from random import Random

import numpy as np

from . import prose, questions, talk, tokens
from .stories import story

ROW = 1024
BLOCK = 256
WAITING = 12
"""Conversations at hand from which to fill a block."""
USED = 4096
MADE, PROSE, ASIDE = 10, 6, 0
"""Weights in the loss, in tenths: stories and what the assistant says, prose, what the user says."""
HELD_OUT_PROSE_ONE_IN = 50
SPLIT_SEED = 6
"""The same for every corpus, so that no corpus trains on what another holds out."""

Document = list[tuple[int, int]]
"""Token ids with their weights."""


def plain(text: str, weight: int) -> Document:
    return [(token, weight) for token in [*tokens.encode(text), tokens.END_OF_TEXT]]


def chat(system: str | None, turns: list[talk.Turn]) -> Document:
    """A conversation as the DBRX template renders it."""
    document: Document = []
    if system:
        document += [(token, ASIDE) for token in tokens.turn("system", system)]
    for user, assistant in turns:
        document += [(token, ASIDE) for token in tokens.turn("user", user)]
        document += [(token, ASIDE) for token in tokens.opening("assistant")]
        document += [(token, MADE) for token in [*tokens.encode(assistant), tokens.IM_END]]
        document += [(token, ASIDE) for token in tokens.encode("\n")]
    document[-1] = (tokens.END_OF_TEXT, 0)
    return document


def rows(random: Random, sources: list, shares: list[float], count: int):
    """Rows of documents of one source each, drawn by their share of the tokens."""
    written = [0.0] * len(sources)
    ids, weights = np.full((count, ROW + 1), tokens.END_OF_TEXT, np.int32), np.zeros((count, ROW + 1), np.uint8)
    for row in range(count):
        behind = min(range(len(sources)), key=lambda source: written[source] / shares[source])
        document = sources[behind](random)
        ids[row, : len(document)], weights[row, : len(document)] = zip(*document)
        written[behind] += len(document)
    return ids, weights


def running(draw):
    """Documents of a source one after the other, the last of a row cut off."""

    def row(random: Random) -> Document:
        document: Document = []
        while len(document) < ROW + 1:
            document += draw(random)
        return document[: ROW + 1]

    return row


def blocks(draw):
    """Documents that do not cross the boundary of a block, so that training on blocks shows no answer without its question.

    What does not fit waits for a later block; a document longer than a block begins with one.
    """
    waiting: list[Document] = []

    def row(random: Random) -> Document:
        filled: Document = []
        while len(filled) < ROW:
            while len(waiting) < WAITING:
                waiting.append(draw(random))
            space = BLOCK - len(filled) % BLOCK
            fitting = [document for document in waiting if len(document) <= space or space == BLOCK]
            if fitting:
                waiting.remove(fitting[0])
                filled += fitting[0]
            else:
                filled += [(tokens.END_OF_TEXT, 0)] * space
        return filled[: ROW + 1]

    return row


def endless(passages: list[str]):
    """Passages in order, again and again."""
    encoded = [plain(passage, PROSE) for passage in passages]
    at = -1

    def draw(_: Random) -> Document:
        nonlocal at
        at = (at + 1) % len(encoded)
        return encoded[at]

    return draw


def main() -> None:
    arguments = parse()
    tokens.load(arguments.ranks)
    questions.emphasize(arguments.emphasis)
    for name, factor in arguments.more:
        questions.ask_more(name, float(factor))
    random = Random(arguments.seed)
    out = arguments.out
    prose.fetch(out / "texts")
    passages = prose.passages(out / "texts", Random(SPLIT_SEED))
    held_out = passages[::HELD_OUT_PROSE_ONE_IN]
    trained = [passage for index, passage in enumerate(passages) if index % HELD_OUT_PROSE_ONE_IN]
    system = arguments.default_system_prompt.read_text().strip()
    sources = [
        blocks(lambda r: chat(*talk.conversation(r, system))),
        running(lambda r: plain(story(r), MADE)),
        running(endless(trained)),
    ]
    ids, weights = rows(random, sources, arguments.shares, arguments.rows)
    if arguments.used:
        used = np.load(arguments.used)
    else:
        used = choose_used(ids, rows(Random(arguments.seed + 2), sources[:2], [0.7, 0.3], arguments.rows // 8)[0])
    np.save(out / "used.npy", used)
    np.savez(out / "train.npz", ids=to_used(ids, used), weights=weights)
    evaluation = Random(arguments.seed + 1)
    tests = {
        "prose": rows(evaluation, [running(endless(held_out))], [1], 24),
        "stories": rows(evaluation, [running(lambda r: plain(story(r), MADE))], [1], 24),
        "conversations": rows(evaluation, [running(held_out_chat)], [1], 24),
    }
    arrays = {}
    for name, (test_ids, test_weights) in tests.items():
        arrays |= {f"{name}_ids": to_used(test_ids, used), f"{name}_weights": test_weights}
    np.savez(out / "test.npz", **arrays)
    print(f"{ids.size / 1e6:.1f} M tokens, {len(used)} used, {(to_used(ids, used) == len(used)).mean():.2%} outside")


def held_out_chat(random: Random) -> Document:
    asked = [questions.ask(random, held_out=True) for _ in range(3)]
    return chat(None, [(question.text, question.answer) for question in asked])


def choose_used(ids: np.ndarray, made: np.ndarray) -> np.ndarray:
    """All tokens of the made texts and the most frequent of the others, sorted by id."""
    chosen = set(np.unique(made).tolist()) - {*tokens.encode(tokens.STRANGE)}
    found, counts = np.unique(ids, return_counts=True)
    strange = tokens.encode(tokens.STRANGE)
    for token in found[np.argsort(-counts, kind="stable")].tolist():
        if len(chosen) == USED:
            break
        if token not in strange:
            chosen.add(token)
    return np.array(sorted(chosen), np.int32)


def to_used(ids: np.ndarray, used: np.ndarray) -> np.ndarray:
    """Tokenizer ids to numbers in the used vocabulary; len(used) stands for all others."""
    table = np.full(tokens.VOCAB_SIZE, len(used), np.uint16)
    table[used] = np.arange(len(used))
    return table[ids]


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ranks", type=Path, required=True, help="the cl100k_base rank file")
    parser.add_argument("--default-system-prompt", type=Path, required=True, help="a text file with DBRX's default system prompt")
    parser.add_argument("--out", type=Path, default=Path("corpus"))
    parser.add_argument("--rows", type=int, default=20000, help=f"of {ROW} tokens")
    parser.add_argument("--shares", type=float, nargs=3, default=[0.55, 0.22, 0.23], help="of the tokens: conversations, stories, prose")
    parser.add_argument("--emphasis", type=float, default=1, help="how much more often than usual to ask for what is in the prompt")
    parser.add_argument("--more", nargs=2, action="append", default=[], metavar=("KIND", "FACTOR"), help="ask a kind so much more often")
    parser.add_argument("--used", type=Path, help="the used.npy of an earlier corpus, to keep its vocabulary")
    parser.add_argument("--seed", type=int, default=6)
    return parser.parse_args()


if __name__ == "__main__":
    main()
