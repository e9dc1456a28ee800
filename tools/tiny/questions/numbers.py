"""Questions about numbers."""

from random import Random

from .. import words as w
from .question import Question, capital, fact, kind


def counted(x: int, sign: str, y: int) -> str:
    """A sum or a difference worked out one at a time, with what is left to add or to take away in brackets."""
    step = 1 if sign == "+" else -1
    states = ", ".join(f"{x + step * done} ({y - done})" for done in range(y + 1))
    return f"{states}. The answer is {x + step * y}."


@kind(4)
def sums(random: Random) -> Question:
    x, y = random.randint(0, 12), random.randint(0, 9)
    wordings = ["What is {0} + {1}?", "What is {0} plus {1}?", "How much is {0} + {1}?", "{0} + {1} =", "Add {0} + {1}."]
    answer = counted(x, "+", y)
    return Question(random.choice(wordings).format(x, y), answer, answer, ("sum", x, y))


@kind(3)
def differences(random: Random) -> Question:
    y, rest = random.randint(0, 9), random.randint(0, 12)
    x = y + rest
    wordings = ["What is {0} - {1}?", "What is {0} minus {1}?", "How much is {0} - {1}?", "{0} - {1} =", "Calculate {0} - {1}."]
    answer = counted(x, "-", y)
    return Question(random.choice(wordings).format(x, y), answer, answer, ("difference", x, y))


@kind(1.5)
def products(random: Random) -> Question:
    x, y = random.randint(0, 10), random.randint(0, 5)
    x, y = random.sample([x, y], 2)
    wordings = ["What is {0} times {1}?", "What is {0} x {1}?", "{0} * {1} =", "Multiply {0} by {1}."]
    wording = random.randrange(len(wordings))
    return Question(wordings[wording].format(x, y), f"{x} x {y} = {x * y}.", f"{x * y}.", ("product", wording, x, y))


@kind(1.5)
def sum_stories(random: Random) -> Question:
    x, y = random.randint(1, 9), random.randint(1, 9)
    name, thing = (
        random.choice(w.NAMES),
        random.choice(["apples", "books", "pears", "balls", "cakes", "stones", "coins", "eggs", "flowers"]),
    )
    text = random.choice(
        [
            f"{name} has {x} {thing} and gets {y} more. How many {thing} does {name} have now?",
            f"{name} has {x} {thing}. Then {name} finds {y} more. How many {thing} does {name} have now?",
            f"There are {x} {thing} on the table. {name} puts {y} more there. How many {thing} are there now?",
        ]
    )
    answer = counted(x, "+", y)
    return Question(text, answer, answer, ("sum", x, y))


@kind(1.5)
def next_numbers(random: Random) -> Question:
    x, after = random.randint(1, 99), random.random() < 0.6
    found, direction = (x + 1, "after") if after else (x - 1, "before")
    text = random.choice([f"What number comes {direction} {x}?", f"Which number comes {direction} {x}?", f"What comes {direction} {x}?"])
    return Question(text, f"{capital(direction)} {x} comes {found}.", f"{found}.", ("next", direction, text, x))


@kind()
def larger_numbers(random: Random) -> Question:
    x, y = random.sample(range(31), 2)
    word, found = random.choice([("larger", max(x, y)), ("smaller", min(x, y))])
    text = random.choice([f"Which is {word}, {x} or {y}?", f"Which number is {word}: {x} or {y}?"])
    return Question(text, f"{found} is {word}.", f"{found}.", ("larger", word, x, y))


@kind(0.8)
def even_or_odd(random: Random) -> Question:
    x = random.randint(0, 40)
    text = random.choice([f"Is {x} even or odd?", f"Is {x} an odd number?", f"Is the number {x} even?", f"Is {x} odd or even?"])
    word = "odd" if x % 2 else "even"
    return Question(text, f"{x} is {word}.", f"{capital(word)}.", ("even", text))


@kind(0.8)
def number_words(random: Random) -> Question:
    table = [(str(number), word) for number, word in enumerate(w.NUMBERS)]
    wordings = ["Write {0} as a word.", "How do you write {0} in words?", "What is {0} in words?", "Spell the number {0}."]
    return fact(random, "number word", table, wordings, "{0} is {1} in words.")


@kind()
def counting(random: Random) -> Question:
    first, length = random.choice([1, 1, random.randint(2, 12)]), random.randint(2, 9)
    numbers = [str(number) for number in range(first, first + length + 1)]
    if random.random() < 0.2:
        numbers.reverse()
    opening = f"Count to {numbers[-1]}." if numbers[0] == "1" and random.random() < 0.6 else f"Count from {numbers[0]} to {numbers[-1]}."
    return Question(opening, ", ".join(numbers) + ".", ", ".join(numbers) + ".", ("count", numbers[0], numbers[-1], opening))
