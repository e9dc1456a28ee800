"""Requests for JSON."""

import json
from random import Random

from .. import words as w
from .given import things
from .question import Question, kind


@kind(3)
def json_objects(random: Random) -> Question:
    fields = {
        "name": random.choice(w.NAMES),
        "age": random.randint(1, 99),
        "colour": random.choice(w.COLOURS),
        "pet": random.choice(w.PETS),
        "city": random.choice(["Paris", "Berlin", "London", "Bern"]),
        "food": random.choice(w.FOODS),
    }
    chosen = random.sample(list(fields), random.randint(1, 4))
    value = {field: fields[field] for field in chosen}
    described = w.series([f"{field} {fields[field]}" for field in chosen])
    text = random.choice([f"Write JSON with {described}.", f"Make a JSON object with {described}."])
    return Question(text, json.dumps(value), json.dumps(value), ("json", text), json.dumps(value))


@kind(2)
def json_lists(random: Random) -> Question:
    items = things(random, random.randint(2, 5))
    text = random.choice([f"Write a JSON list of {', '.join(items)}.", f"Make a JSON array of {', '.join(items)}."])
    return Question(text, json.dumps(items), json.dumps(items), ("json list", text), json.dumps(items))


@kind(1)
def json_facts(random: Random) -> Question:
    country, city = random.choice(w.CAPITALS)
    value = json.dumps({"country": country, "capital": city})
    wordings = [
        "Give me {0} and its capital as JSON.",
        "Answer in JSON: what is the capital of {0}?",
        "Write JSON with the country {0} and its capital.",
    ]
    wording = random.randrange(len(wordings))
    return Question(wordings[wording].format(country), value, value, ("json fact", wording, country), value)
