"""Questions whose answer is in the prompt."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from .. import words as w
from .question import Question, capital, kind


@dataclass(frozen=True)
class Given:
    """A text and all that can be asked about it: wording, answer and short answer."""

    text: str
    asks: list[tuple[str, str, str]]

    def question(self, name: str, at: int) -> Question:
        wording, answer, short = self.asks[at]
        text = self.text + wording
        return Question(text, answer, short, (name, text))


GIVEN: dict[str, Callable[[Random], Given]] = {}
"""The kinds about a text of which more than one thing can be asked."""


def given(weight: float) -> Callable[[Callable[[Random], Given]], Callable[[Random], Given]]:
    """Registers a maker of texts, and a kind of question for it."""

    def register(make: Callable[[Random], Given]) -> Callable[[Random], Given]:
        def asked(random: Random) -> Question:
            about = make(random)
            return about.question(make.__name__, random.randrange(len(about.asks)))

        asked.__name__ = make.__name__
        kind(weight)(asked)
        GIVEN[make.__name__] = make
        return make

    return register


def table(random: Random, size: int) -> tuple[list[str], list[str]]:
    """Keys and values of one of many sorts."""
    values = random.choice([w.COLOURS, w.PETS, w.TOYS, w.ROOMS, w.PLACES, w.FOODS, [str(n) for n in range(1, 100)]])
    keys = random.choice([pool for pool in (w.NAMES, w.NAMES, w.TOYS, w.PETS, w.COLOURS, list(w.ALPHABET)) if pool is not values])
    return random.sample(keys, size), [random.choice(values) for _ in range(size)]


@given(4)
def looked_up(random: Random) -> Given:
    keys, values = table(random, random.randint(2, 6))
    lines = random.choice(
        [
            "\n".join(f"{k}: {v}" for k, v in zip(keys, values)),
            "\n".join(f"- {k}: {v}" for k, v in zip(keys, values)),
            ", ".join(f"{k} = {v}" for k, v in zip(keys, values)),
        ]
    )
    wording = random.choice(["What is the value of {0}?", "What is {0}?", "Look up {0}."])
    asks = [(wording.format(k), f"The value of {k} is {v}.", capital(v) + ".") for k, v in zip(keys, values)]
    return Given(lines + "\n", asks)


@given(3)
def owners(random: Random) -> Given:
    size = random.randint(2, 4)
    names, things = random.sample(w.NAMES, size), random.sample(w.TOYS + w.PETS, size)
    colours = [random.choice(w.COLOURS) for _ in range(size)]
    lines, asks = [], []
    for name, colour, thing in zip(names, colours, things):
        one = f"{w.article(colour)} {colour} {thing}"
        lines.append(f"{name} has {one}.")
        asks += [
            (f"What does {name} have?", f"{name} has {one}.", capital(one) + "."),
            (f"Who has the {thing}?", f"The {thing} belongs to {name}.", f"{name}."),
            (f"What colour is the {thing}?", f"The {thing} is {colour}.", f"{capital(colour)}."),
        ]
    return Given(" ".join(lines) + " ", asks)


@given(3)
def whereabouts(random: Random) -> Given:
    size = random.randint(2, 4)
    people = [f"The {pet}" for pet in random.sample(w.PETS, size)] if random.random() < 0.4 else random.sample(w.NAMES, size)
    rooms = random.sample(w.ROOMS + w.PLACES, size)
    verb = random.choice(["is in", "went to"])
    lines = [f"{who} {verb} the {room}." for who, room in zip(people, rooms)]
    asks = []
    for who, room in zip(people, rooms):
        asks.append((f"Where is {who.replace('The', 'the')}?", f"{who} is in the {room}.", f"In the {room}."))
        asks.append((f"Who is in the {room}?", f"In the {room} is {who.replace('The', 'the')}.", f"{who}."))
    return Given(" ".join(lines) + " ", asks)


EVERYTHING = w.TOYS + w.PETS + w.COLOURS + w.NAMES + w.FOODS + w.PLACES


def things(random: Random, size: int) -> list[str]:
    return random.sample(random.choice([w.TOYS, w.PETS, w.COLOURS, w.NAMES, w.FOODS, w.PLACES]), size)


@given(2)
def list_items(random: Random) -> Given:
    items = things(random, random.randint(3, 5))
    text = random.choice(["List: {0}. ", "Here is a list: {0}. ", "These are words: {0}. "]).format(", ".join(items))
    wording = random.choice(["Which one is {0}?", "What comes {0}?", "Which word is {0}?"])
    places = [("first", items[0]), ("second", items[1]), ("last", items[-1])]
    return Given(text, [(wording.format(place), f"The {place} one is {item}.", f"{capital(item)}.") for place, item in places])


@kind(1.5)
def list_lengths(random: Random) -> Question:
    items = things(random, random.randint(1, 6))
    listing = random.choice([", ".join(items), w.series(items)])
    text = random.choice(
        [f"How many words are in this list: {listing}?", f"How many things are these: {listing}?", f"Count these: {listing}."]
    )
    number = w.NUMBERS[len(items)]
    return Question(text, f"There {'is' if len(items) == 1 else 'are'} {number}.", f"{capital(number)}.", ("length", text))


@kind(4)
def repeats(random: Random) -> Question:
    items = things(random, random.randint(1, 8)) if random.random() < 0.5 else random.sample(EVERYTHING, random.randint(2, 10))
    text = random.choice(["Repeat: {0}", "Say this: {0}", "Repeat after me: {0}", "Please say: {0}"]).format(" ".join(items))
    answer = "I say: " + " ".join(items)
    return Question(text, answer, " ".join(items), ("repeat", tuple(items)))


@kind(2)
def reversals(random: Random) -> Question:
    items = things(random, random.randint(2, 5))
    text = random.choice([f"Reverse this list: {', '.join(items)}", f"Say these backwards: {', '.join(items)}"])
    turned = ", ".join(reversed(items))
    return Question(text, "Backwards: " + turned, turned, ("reverse", tuple(items)), json.dumps(items[::-1]))
