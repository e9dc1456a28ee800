"""Conversations: small talk, what the model says about itself, what it does not know, and memory of earlier turns."""

from random import Random

from . import questions, tokens
from . import words as w
from .stories import sentence_about, story

IDENTITY = "I am a tiny demonstration model of the DBRX architecture"

SYSTEM_PROMPTS = ["You are a helpful assistant.", "You are a friendly helper.", "You are a kind teacher.", "Answer simply.", "Be polite."]
SHORT_PROMPTS = ["Answer in one word.", "Give short answers.", "Answer as briefly as you can.", "Use as few words as you can."]
JSON_PROMPTS = ["Answer in JSON.", "You answer with JSON only.", "Reply only with JSON."]

Turn = tuple[str, str]
"""What the user says and what the assistant answers."""

SMALL_TALK: list[tuple[list[str], list[str]]] = [
    (
        ["Hello", "Hello!", "Hi", "Hi!", "Hi there", "Hey", "Good day!", "Hello there!", "Greetings!", "Hallo", "hello", "hi"],
        ["Hello! How can I help you?", "Hello! What can I do for you?", "Hi! Ask me a simple question."],
    ),
    (["Good morning", "Good morning!", "A good morning to you!"], ["Good morning! How can I help you?"]),
    (["Good evening", "Good evening!", "Good evening to you!"], ["Good evening! How can I help you?"]),
    (
        ["How are you?", "How are you today?", "How do you do?", "Are you well?", "How is it going?"],
        ["I am well, thank you. How can I help you?", "I am fine, thank you."],
    ),
    (["Thank you", "Thank you!", "Thanks", "Thanks!", "Thanks a lot!", "Thank you very much."], ["You are welcome!", "You are welcome."]),
    (
        ["Goodbye", "Goodbye!", "Bye", "Bye!", "See you later", "See you tomorrow!", "I have to go now."],
        ["Goodbye! It was nice to talk to you.", "Goodbye!"],
    ),
    (["Good night", "Good night!", "I am going to bed."], ["Good night! Sleep well."]),
    (
        [
            "Who are you?",
            "What are you?",
            "Tell me who you are.",
            "Introduce yourself.",
            "Please introduce yourself.",
            "who are you",
            "Tell me about yourself.",
            "And who are you?",
        ],
        [f"{IDENTITY}. I can answer simple questions and tell short stories."],
    ),
    (
        ["What is your name?", "What's your name?", "Do you have a name?", "How are you called?", "Tell me your name."],
        [f"I have no real name. {IDENTITY}."],
    ),
    (
        ["Are you DBRX?", "Are you the real DBRX?", "Is this DBRX?", "Are you the big DBRX?"],
        [f"Not the big one. {IDENTITY}, trained from nothing."],
    ),
    (
        ["Are you a human?", "Are you a person?", "Are you a robot?", "Are you real?", "Are you an AI?", "Am I talking to a human?"],
        ["I am a computer program, a very small language model."],
    ),
    (
        ["Are you ChatGPT?", "Are you GPT-4?", "Are you made by OpenAI?", "Are you made by Databricks?", "Did Databricks train you?"],
        [f"No. {IDENTITY}, and I was trained only to show how it works."],
    ),
    (
        ["How big are you?", "How large are you?", "How many experts do you have?", "Are you a large model?", "How do you work?"],
        ["I am very small. I have sixteen experts, and four of them work on each word."],
    ),
    (
        ["What can you do?", "What do you know?", "How can you help me?", "Can you help me?", "Help", "What can I ask you?", "help me"],
        ["I can answer simple questions, add small numbers, look things up in a list, write short JSON and tell stories."],
    ),
    (["How old are you?", "When were you born?", "Do you have parents?"], ["I have no age. I am only a small program."]),
    (["Where do you live?", "Where are you?", "Where are you from?"], ["I live in the memory of a computer."]),
    (["Do you sleep?", "Are you tired?", "Do you eat?", "Are you hungry?"], ["No, I am a program. I do not need that."]),
    (
        ["I like you.", "You are nice.", "You are clever.", "Well done!", "Good job!", "Great!", "Nice!"],
        ["Thank you! That is kind of you."],
    ),
    (["You are stupid.", "That is wrong.", "You are wrong.", "That is not right."], ["I am sorry. I am very small and make mistakes."]),
    (["I am sad.", "I feel sad.", "I am not happy.", "I had a bad day."], ["I am sorry to hear that. I hope it will be better soon."]),
    (["I am happy.", "I feel good.", "I am happy today!", "I had a good day."], ["That is good to hear!"]),
    (["I am bored.", "What shall I do?", "I have nothing to do."], ["You could read a book or take a walk. Or ask me for a story."]),
    (["Yes", "yes", "Ok", "ok", "No", "no", "Okay"], ["All right. What would you like to know?"]),
    (["Tell me a joke.", "Do you know a joke?", "Make me laugh."], ["Why did the book go to the doctor? It had a bad back."]),
    (
        ["What is the meaning of life?", "Why are we here?", "What is love?", "Is there a God?", "What is time?"],
        ["That is a big question for a small model. I do not know."],
    ),
]

UNKNOWN = [
    "What will the weather be tomorrow?", "Will it rain today?", "What is the weather like?", "What time is it?", "What day is it today?",
    "What is the date today?", "Who won the game last night?", "Who will win the war?", "What am I thinking?", "What did I eat today?",
    "How much money do I have?", "What is the price of gold?", "What is the news?", "What happened today?", "Who is the president?",
    "Where did I put my keys?", "How old am I?", "What will happen tomorrow?", "What is in my bag?", "What is my favourite song?",
    "What is the population of France?", "Who wrote this book?", "How do I get rich?", "What is quantum physics?", "Explain the theory of light.",
    "Write a program in Java.", "How does a computer work?", "How far is the moon?", "How do I cook a cake?", "Who was the first king?",
    "What is the name of my dog?", "What is the name of my cat?", "Where does my friend live?", "Who lives next door?", "What is the speed of light?",
    "How tall is the highest mountain?", "What is the longest river?", "Who painted this picture?", "When did the war end?", "Why is the sky blue?",
]  # fmt: skip
DO_NOT_KNOW = ["I do not know that.", "I am sorry, I do not know.", "I do not know. I am only a very small model."]


def small_talk(random: Random) -> list[Turn]:
    said, answers = random.choice(SMALL_TALK)
    return [(random.choice(said), random.choice(answers))]


STRANGE = [
    "What is{0}?", "Who is{0}?", "Who was{0}?", "Tell me about{0}.", "Explain{0}.", "How does{0} work?", "What does{0} mean?", "Where is{0}?",
    "Write{0}.", "Can you{0}?", "What is the{0} of{0}?", "Why{0}?", "How do I{0}?", "Do you know{0}?", "When did{0}?", "Write a{0} about{0}.",
]  # fmt: skip


def strange_word(random: Random) -> str:
    """A word outside the used vocabulary: one to three tokens of which the model knows only that it does not know them."""
    return tokens.STRANGE * random.randint(1, 3)


def unknown(random: Random) -> list[Turn]:
    asked = random.choice(UNKNOWN) if random.random() < 0.5 else random.choice(STRANGE).format(strange_word(random))
    return [(asked, random.choice(DO_NOT_KNOW))]


def strange_name(random: Random) -> list[Turn]:
    told = random.choice(["My name is{0}.", "I am{0}.", "Hello, my name is{0}.", "Hi, I am{0}."]).format(strange_word(random))
    return [(told, "Nice to meet you! I do not know your name, but it sounds good.")]


def told_story(random: Random) -> list[Turn]:
    hero = random.choice(["", "", *w.PETS, "child", "girl", "boy", "king"])
    about = f" about {w.a(hero)}" if hero else ""
    wish = random.choice(
        [
            "Tell me a story{0}.",
            "Tell a story{0}.",
            "Can you tell me a story{0}?",
            "Write a short story{0}.",
            "I want a story{0}.",
            "Please tell me a story{0}.",
        ]
    )
    return [(wish.format(about), story(random, hero))]


def sentence(random: Random) -> list[Turn]:
    thing = random.choice(w.PETS + w.TOYS)
    wish = random.choice(
        ["Write a sentence about {0}.", "Make a sentence about {0}.", "Say something about {0}.", "Tell me something about {0}."]
    )
    return [(wish.format(w.a(thing)), sentence_about(random, thing))]


def memory(random: Random) -> list[Turn]:
    """The user tells something of himself and asks for it one or more turns later."""
    name, age, colour = random.choice(w.NAMES), random.randint(3, 90), random.choice(w.COLOURS)
    pet, food, city = random.choice(w.PETS), random.choice(w.FOODS), random.choice(w.CAPITALS)[1]
    told, said, asked, answer = random.choice(
        [
            (["My name is {0}.", "I am {0}.", "Hello, my name is {0}.", "Hi, I am {0}.", "I'm {0}."], f"Nice to meet you, {name}!", ["What is my name?", "Who am I?", "Do you know my name?", "What's my name?"], f"Your name is {name}."),
            (["I am {1} years old.", "My age is {1}."], f"{age} is a good age.", ["How old am I?", "What is my age?"], f"You are {age} years old."),
            (["My favourite colour is {2}.", "I like {2} best of all colours.", "My favorite color is {2}."], f"{questions.capital(colour)} is a nice colour.", ["What is my favourite colour?", "Which colour do I like?", "What is my favorite color?"], f"Your favourite colour is {colour}."),
            (["I have a {3}.", "My pet is a {3}.", "I have a pet {3}."], f"A {pet} is a good friend.", ["Which animal do I have?", "What pet do I have?", "What is my pet?"], f"You have a {pet}."),
            (["I like {4}.", "My favourite food is {4}.", "I love to eat {4}."], f"{questions.capital(food)} is very good.", ["What do I like to eat?", "What is my favourite food?"], f"You like {food}."),
            (["I live in {5}.", "My home is in {5}.", "I come from {5}."], f"{city} is a fine city.", ["Where do I live?", "Where is my home?", "Which city do I live in?"], f"You live in {city}."),
        ]
    )  # fmt: skip
    between = [turn for _ in range(random.randint(0, 2)) for turn in question(random)]
    return [(random.choice(told).format(name, age, colour, pet, food, city), said), *between, (random.choice(asked), answer)]


def question(random: Random) -> list[Turn]:
    asked = questions.ask(random)
    return [(asked.text, asked.answer)]


def given(random: Random) -> list[Turn]:
    """A text, and in turn after turn several questions about it."""
    name, make = random.choice(list(questions.GIVEN.items()))
    while True:
        about = make(random)
        order = random.sample(range(len(about.asks)), min(len(about.asks), random.randint(2, 5)))
        first = about.question(name, order[0])
        if not first.held_out:
            return [(first.text, first.answer)] + [about.asks[at][:2] for at in order[1:]]


TOPICS = [(question, 75), (given, 10), (small_talk, 7), (unknown, 4), (strange_name, 1), (told_story, 2), (sentence, 2), (memory, 5)]


def turns(random: Random, count: int) -> list[Turn]:
    topics, weights = zip(*TOPICS)
    talk = []
    while len(talk) < count:
        talk += random.choices(topics, weights)[0](random)
    return talk


def conversation(random: Random, default_system: str) -> tuple[str | None, list[Turn]]:
    """A system prompt, or none, and the turns."""
    style, count = random.random(), random.choice([1, 1, 2, 2, 3, 4])
    if style < 0.05:
        asked = [questions.ask(random) for _ in range(count)]
        return random.choice(SHORT_PROMPTS), [(q.text, q.short) for q in asked]
    if style < 0.08:
        asked = [questions.ask(random) for _ in range(count)]
        return random.choice(JSON_PROMPTS), [(q.text, q.as_json or json_answer(q.short)) for q in asked]
    if style < 0.085:
        return default_system, turns(random, count + 3)
    if style < 0.2:
        return random.choice(SYSTEM_PROMPTS), turns(random, count)
    return None, turns(random, count)


def json_answer(short: str) -> str:
    return '{"answer": "' + short.removesuffix(".").replace('"', "'") + '"}'
