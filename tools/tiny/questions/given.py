"""Questions whose answer is in the prompt."""

import json
from random import Random

from .. import words as w
from .question import Question, capital, kind


def table(random: Random, size: int) -> tuple[list[str], list[str]]:
    """Keys and values of one of many sorts."""
    values = random.choice([w.COLOURS, w.PETS, w.TOYS, w.ROOMS, w.PLACES, w.FOODS, w.DAYS, [str(n) for n in range(1, 100)]])
    keys = random.choice([pool for pool in (w.NAMES, w.NAMES, w.NAMES, w.TOYS, w.PETS, w.COLOURS, list(w.ALPHABET)) if pool is not values])
    return random.sample(keys, size), [random.choice(values) for _ in range(size)]


@kind(1.5)
def looked_up(random: Random) -> Question:
    size = random.randint(2, 6)
    keys, values = table(random, size + 1)
    missing, keys, values = keys[-1], keys[:-1], values[:-1]
    lines = random.choice(
        [
            "\n".join(f"{k}: {v}" for k, v in zip(keys, values)),
            "\n".join(f"{k} = {v}" for k, v in zip(keys, values)),
            ", ".join(f"{k} = {v}" for k, v in zip(keys, values)),
            "; ".join(f"{k}: {v}" for k, v in zip(keys, values)),
            "\n".join(f"- {k}: {v}" for k, v in zip(keys, values)),
            json.dumps({k: int(v) if v.isdigit() else v for k, v in zip(keys, values)}),
        ]
    )
    at = random.randrange(size)
    asked, found = (missing, None) if random.random() < 0.12 else (keys[at], values[at])
    wording = random.choice(
        ["What is the value of {0}?", "What is {0}?", "Which value has {0}?", "Look up {0}.", "{0}?", "What does {0} have?"]
    ).format(asked)
    text = random.choice([f"{lines}\n{wording}", f"Here is a list:\n{lines}\n{wording}", f"{wording}\n{lines}"])
    answer = f"The value of {asked} is {found}." if found else f"I do not know. {asked} is not in the list."
    short = capital(found) + "." if found else "I do not know."
    return Question(text, answer, short, ("lookup", text), json.dumps({asked: int(found) if found.isdigit() else found}) if found else None)


@kind(1)
def owners(random: Random) -> Question:
    size = random.randint(2, 4)
    names, things = random.sample(w.NAMES, size), random.sample(w.TOYS + w.PETS, size)
    colours = [random.choice(w.COLOURS) for _ in range(size)]
    lines = [f"{n} has {w.article(c)} {c} {t}." for n, c, t in zip(names, colours, things)]
    at = random.randrange(size)
    name, colour, thing = names[at], colours[at], things[at]
    wording, answer, short = random.choice(
        [
            (
                f"What does {name} have?",
                f"{name} has {w.article(colour)} {colour} {thing}.",
                f"{capital(w.article(colour))} {colour} {thing}.",
            ),
            (f"Who has the {thing}?", f"{name} has the {thing}.", f"{name}."),
            (f"What colour is the {thing}?", f"The {thing} is {colour}.", f"{capital(colour)}."),
            (f"What color is {name}'s {thing}?", f"{name}'s {thing} is {colour}.", f"{capital(colour)}."),
        ]
    )
    text = " ".join(lines) + " " + wording
    return Question(text, answer, short, ("owner", text))


@kind(1)
def whereabouts(random: Random) -> Question:
    size = random.randint(2, 4)
    people = [f"The {pet}" for pet in random.sample(w.PETS, size)] if random.random() < 0.4 else random.sample(w.NAMES, size)
    rooms = random.sample(w.ROOMS + w.PLACES, size)
    verb = random.choice(["is in", "went to", "sits in", "is at"])
    lines = [f"{who} {verb} the {room}." for who, room in zip(people, rooms)]
    at = random.randrange(size)
    who, room = people[at].replace("The", "the"), rooms[at]
    wording, answer, short = random.choice(
        [
            (f"Where is {who}?", f"{people[at]} is in the {room}.", f"In the {room}."),
            (f"Who is in the {room}?", f"{people[at]} is in the {room}.", f"{people[at]}."),
        ]
    )
    text = " ".join(lines) + " " + wording
    return Question(text, answer, short, ("where", text))


def things(random: Random, size: int) -> list[str]:
    return random.sample(random.choice([w.TOYS, w.PETS, w.COLOURS, w.NAMES, w.FOODS, w.PLACES, w.KINDS["a fruit"]]), size)


@kind(1.5)
def list_items(random: Random) -> Question:
    items = things(random, random.randint(3, 5))
    word, found = random.choice([("first", items[0]), ("last", items[-1]), ("second", items[1])])
    text = random.choice(
        [
            f"What is the {word} word in this list: {', '.join(items)}?",
            f"{', '.join(items)}. Which one is {word}?",
            f"List: {', '.join(items)}. What comes {word}?",
        ]
    )
    return Question(text, f"The {word} one is {found}.", f"{capital(found)}.", ("item", text))


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
    items = things(random, random.randint(1, 5))
    text = random.choice(
        [
            f"Repeat: {' '.join(items)}",
            f"Say this: {' '.join(items)}",
            f"Repeat after me: {' '.join(items)}",
            f"Please say: {' '.join(items)}",
        ]
    )
    return Question(text, " ".join(items), " ".join(items), ("repeat", tuple(items)))


@kind(1)
def reversals(random: Random) -> Question:
    items = things(random, random.randint(2, 4))
    text = random.choice([f"Reverse this list: {', '.join(items)}", f"Say these backwards: {', '.join(items)}"])
    turned = ", ".join(reversed(items))
    return Question(text, turned, turned, ("reverse", tuple(items)), json.dumps(items[::-1]))
