"""Questions whose answer is a fact."""

from random import Random

from .. import words as w
from .question import Question, capital, fact, kind


@kind(2.5)
def capitals(random: Random) -> Question:
    return fact(
        random,
        "capital",
        w.CAPITALS,
        [
            "What is the capital of {0}?",
            "Which city is the capital of {0}?",
            "What's the capital of {0}?",
            "Tell me the capital of {0}.",
            "Do you know the capital of {0}?",
            "capital of {0}",
            "Name the capital city of {0}.",
            "What is the capital city of {0}?",
        ],
        "The capital of {0} is {1}.",
    )


@kind(1.2)
def countries(random: Random) -> Question:
    table = [(city, country) for country, city in w.CAPITALS]
    return fact(
        random,
        "country",
        table,
        [
            "{0} is the capital of which country?",
            "Which country has the capital {0}?",
            "In which country is {0}?",
            "Where is {0}?",
            "What country is {0} in?",
        ],
        "{0} is the capital of {1}.",
    )


@kind()
def continents(random: Random) -> Question:
    table = [(country, continent) for continent, members in w.CONTINENTS.items() for country in members]
    wordings = [
        "On which continent is {0}?",
        "Which continent is {0} in?",
        "What continent does {0} belong to?",
        "Is {0} in Europe, Asia or another continent?",
    ]
    return fact(random, "continent", table, wordings, "{0} is in {1}.")


@kind(2)
def opposites(random: Random) -> Question:
    table = w.OPPOSITES + [(right, left) for left, right in w.OPPOSITES if left not in ("heavy", "right", "black")]
    return fact(
        random,
        "opposite",
        [row for row in table if row not in (("light", "heavy"), ("right", "wrong"), ("white", "black"))],
        [
            "What is the opposite of {0}?",
            "Tell me the opposite of {0}.",
            "What's the opposite of the word {0}?",
            "Which word means the opposite of {0}?",
            "opposite of {0}",
            'Give me the opposite of "{0}".',
        ],
        "The opposite of {0} is {1}.",
    )


@kind()
def sounds(random: Random) -> Question:
    wordings = ["What does a {0} say?", "What sound does a {0} make?", "Which sound does the {0} make?", "How does a {0} sound?"]
    return fact(random, "sound", w.SOUNDS, wordings, "A {0} says {1}.")


@kind()
def young(random: Random) -> Question:
    wordings = [
        "What is a young {0} called?",
        "What do you call a baby {0}?",
        "What is the name of a baby {0}?",
        "How do we call a young {0}?",
    ]
    return fact(random, "young", w.YOUNG, wordings, "A young {0} is called a {1}.")


@kind()
def legs(random: Random) -> Question:
    table = [(w.a(animal), count) for animal, count in w.LEGS]
    return fact(
        random,
        "legs",
        table,
        ["How many legs does {0} have?", "How many legs has {0}?", "Tell me how many legs {0} has."],
        "It has {1} legs.",
    )


@kind()
def homes(random: Random) -> Question:
    wordings = ["Where does a {0} live?", "What is the home of a {0}?", "Tell me where a {0} lives.", "In what does a {0} live?"]
    return fact(random, "home", w.HOMES, wordings, "A {0} lives in {1}.")


@kind(1.5)
def thing_colours(random: Random) -> Question:
    wordings = [
        "What colour is {0}?",
        "What color is {0}?",
        "Which colour has {0}?",
        "Tell me the colour of {0}.",
        "What is the color of {0}?",
    ]
    row = random.choice(w.THING_COLOURS)
    question = fact(random, "colour", [row], wordings, "{0} is {1}.")
    return Question(question.text, capital(question.answer), question.short, question.key)


@kind(1.5)
def sorts(random: Random) -> Question:
    table = [(w.a(thing), sort) for sort, things in w.KINDS.items() for thing in things]
    wordings = ["What is {0}?", "What kind of thing is {0}?", "Tell me what {0} is.", "Do you know what {0} is?"]
    question = fact(random, "sort", table, wordings, "{0} is {1}.")
    return Question(question.text, capital(question.answer), question.short, question.key)


@kind()
def either_sort(random: Random) -> Question:
    right, wrong = random.sample(list(w.KINDS), 2)
    thing = w.a(random.choice(w.KINDS[right]))
    both = random.sample([right, wrong], 2)
    return Question(f"Is {thing} {both[0]} or {both[1]}?", f"{capital(thing)} is {right}.", capital(right) + ".", ("either", thing, *both))


@kind()
def examples(random: Random) -> Question:
    table = [(sort, w.a(things[0])) for sort, things in w.KINDS.items()]
    wordings = ["Name {0}.", "Give me an example of {0}.", "Can you name {0}?", "Tell me the name of {0}."]
    question = fact(random, "example", table, wordings, "{1} is {0}.")
    return Question(question.text, capital(question.answer), question.short, question.key)


@kind()
def jobs(random: Random) -> Question:
    wordings = ["Who {0}?", "What do you call a person who {0}?", "Which person {0}?", "Tell me who {0}."]
    question = fact(random, "job", w.JOBS, wordings, "The person who {0} is a {1}.")
    return question


@kind()
def uses(random: Random) -> Question:
    wordings = ["What do you need to {0}?", "What do you use to {0}?", "What can I use to {0}?", "I want to {0}. What do I need?"]
    return fact(random, "use", w.USES, wordings, "To {0} you need {1}.")


@kind()
def plurals(random: Random) -> Question:
    wordings = ["What is the plural of {0}?", "Plural of {0}?", "Tell me the plural of {0}.", "One {0}, two what?"]
    return fact(random, "plural", w.PLURALS, wordings, "The plural of {0} is {1}.")


@kind()
def past(random: Random) -> Question:
    wordings = ["What is the past of {0}?", "What is the past tense of {0}?", "Tell me the past tense of {0}.", "Put {0} into the past."]
    return fact(random, "past", w.PAST, wordings, "The past tense of {0} is {1}.")


@kind(0.7)
def foreign(random: Random) -> Question:
    language, table = random.choice([("French", w.FRENCH), ("German", w.GERMAN)])
    wordings = [f"How do you say {{0}} in {language}?", f"What is {{0}} in {language}?", f"What is the {language} word for {{0}}?"]
    return fact(random, language, table, wordings, f"In {language}, {{0}} is {{1}}.")


@kind()
def days(random: Random) -> Question:
    return neighbour(random, "day", w.DAYS, cyclic=True)


@kind()
def months(random: Random) -> Question:
    return neighbour(random, "month", w.MONTHS, cyclic=True)


@kind(0.5)
def seasons(random: Random) -> Question:
    return neighbour(random, "season", w.SEASONS, cyclic=True)


@kind(0.8)
def letters(random: Random) -> Question:
    return neighbour(random, "letter", list(w.ALPHABET), cyclic=False)


def neighbour(random: Random, noun: str, items: list[str], cyclic: bool) -> Question:
    after = random.random() < 0.6
    at = random.randrange(len(items)) if cyclic else random.randrange(1, len(items) - 1)
    found = items[(at + (1 if after else -1)) % len(items)]
    direction = "after" if after else "before"
    wordings = [f"Which {noun} comes {direction} {{0}}?", f"What {noun} is {direction} {{0}}?", f"What comes {direction} {{0}}?"]
    wordings.append(f"Tell me the {noun} {direction} {{0}}.")
    wording = random.randrange(len(wordings))
    key = (noun, direction, wording, items[at])
    return Question(wordings[wording].format(items[at]), f"{capital(direction)} {items[at]} comes {found}.", capital(found) + ".", key)


@kind(0.7)
def month_days(random: Random) -> Question:
    table = [(month, str(days)) for month, days in w.MONTH_DAYS.items()]
    wordings = ["How many days does {0} have?", "How many days are in {0}?", "How long is {0}?"]
    return fact(random, "month days", table, wordings, "{0} has {1} days.")


@kind(0.7)
def parts(random: Random) -> Question:
    wordings = ["How many {0}?", "Tell me: how many {0}?", "Do you know how many {0}?"]
    return fact(random, "parts", w.NUMBERED_PARTS, wordings, "The answer is {1}.")


@kind(0.4)
def sides(random: Random) -> Question:
    return fact(
        random,
        "sides",
        w.SIDES,
        ["How many sides does a {0} have?", "How many corners does a {0} have?", "Sides of a {0}?"],
        "A {0} has {1}.",
    )


@kind()
def abilities(random: Random) -> Question:
    can = random.random() < 0.5
    who, what = random.choice(w.CAN if can else w.CANNOT)
    wording, text = random.choice(list(enumerate([f"Can {who} {what}?", f"Is {who} able to {what}?", f"Do you think {who} can {what}?"])))
    answer = f"Yes, {who} can {what}." if can else f"No, {who} cannot {what}."
    return Question(text, answer, "Yes." if can else "No.", ("can", wording, who, what))


@kind(1.5)
def true_or_not(random: Random) -> Question:
    if random.random() < 0.5:
        country, city = random.choice(w.CAPITALS)
        said = city if random.random() < 0.5 else random.choice(w.CAPITALS)[1]
        text, truth, right = f"Is {said} the capital of {country}?", f"the capital of {country} is {city}", said == city
    else:
        thing, colour = random.choice(w.THING_COLOURS)
        said = colour if random.random() < 0.5 else random.choice(w.COLOURS)
        text, truth, right = f"Is {thing} {said}?", f"{thing} is {colour}", said == colour
    return Question(text, f"{capital(truth)}, so {'yes' if right else 'no'}.", "Yes." if right else "No.", ("true", text))


@kind()
def compared(random: Random) -> Question:
    scale, more, less = random.choice([(w.BY_SIZE, "bigger", "smaller"), (w.BY_SPEED, "faster", "slower")])
    low, high = sorted(random.sample(range(len(scale)), 2))
    first, second = random.sample([scale[low], scale[high]], 2)
    word = random.choice([more, less])
    winner, loser = (scale[high], scale[low]) if word == more else (scale[low], scale[high])
    text = random.choice([f"Which is {word}, {w.a(first)} or {w.a(second)}?", f"What is {word}: {w.a(first)} or {w.a(second)}?"])
    return Question(
        text, f"{capital(w.a(winner))} is {word} than {w.a(loser)}.", capital(w.a(winner)) + ".", ("compared", word, first, second)
    )
