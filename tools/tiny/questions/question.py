"""Simple made questions with their answers.

Each kind is a generator `random -> Question`. A question's key says which combination it is; keys are split by
a hash into training and held-out ones, so that a held-out combination is never trained on. Where the answer is
a fact, the combination is wording and subject (the fact itself is learnt through other wordings); where it has
to be worked out, it is the given values alone, in whatever wording.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

HELD_OUT_ONE_IN = 12


@dataclass(frozen=True)
class Question:
    text: str
    answer: str
    short: str
    """The answer in a word or two, for those who ask for short answers."""
    key: tuple
    as_json: str | None = None

    @property
    def held_out(self) -> bool:
        return zlib.crc32(repr(self.key).encode()) % HELD_OUT_ONE_IN == 0


Kind = Callable[[Random], Question]
KINDS: dict[str, tuple[Kind, float]] = {}


def kind(weight: float = 1.0) -> Callable[[Kind], Kind]:
    """Registers a kind; the weight is how often it is asked."""

    def register(make: Kind) -> Kind:
        KINDS[make.__name__] = (make, weight)
        return make

    return register


def ask(random: Random, held_out: bool = False, name: str | None = None) -> Question:
    """A random question from the wanted side of the split."""
    while True:
        chosen = name or random.choices(list(KINDS), [weight for _, weight in KINDS.values()])[0]
        question = KINDS[chosen][0](random)
        if question.held_out == held_out:
            return question


def fact(random: Random, name: str, table: list[tuple[str, str]], wordings: list[str], answer: str) -> Question:
    """One of the wordings about one row of a table of facts: {0} is the subject, {1} what is asked for."""
    row = random.choice(table)
    wording = random.randrange(len(wordings))
    return Question(wordings[wording].format(*row), answer.format(*row), capital(row[1]) + ".", (name, wording, row[0]))


def capital(text: str) -> str:
    return text[0].upper() + text[1:]
