"""Short made stories in simple English.

A story is an opening, a plot and an ending. A plot is a list of steps; a step has wordings separated by `|`, and a
wording has choices written [one/other]. Names in braces stand for the cast, so that he, she, the thing and the
places stay the same throughout. A step that begins with `?` may be left out.
"""

import re
from random import Random

from . import words as w

CHOICE = re.compile(r"\[([^\[\]]*)\]")

ANIMALS = w.listed("fox, bear, rabbit, mouse, frog, duck, cat, dog, bird, wolf, owl, goat, lion, pig, hen, horse, sheep")
PEOPLE = {"boy": w.BOYS, "girl": w.GIRLS, "man": w.BOYS, "woman": w.GIRLS, "king": w.BOYS, "child": w.BOYS, "farmer": w.BOYS}
TREASURES = w.listed(
    "red ball, blue kite, golden ring, silver bell, old book, warm coat, little boat, wooden box, small drum, gold coin, green hat, key"
)
GOOD = w.listed("kind, brave, clever, gentle, happy, quiet, merry, honest, patient, friendly")
BAD = w.listed("proud, lazy, greedy, selfish, rude, careless, angry")
WILD = w.listed("forest, garden, field, meadow, hill, river, lake, valley, wood, mountain")
FRUIT = w.listed("apples, pears, berries, nuts, plums, cherries")
WEATHER = w.listed("""the sun was [shining/bright/warm], the sky was [blue/clear/grey], the wind was [cold/soft/strong], snow lay on the ground,
the rain had stopped, the air was [cool/fresh/warm], the leaves were falling, the birds were singing""")

OPENINGS = """
Once upon a time there was a {good} {kind} [named/called] {hero}. {He} lived in a [little/small/tiny/white/old] house [near/by/beside] the {wild}.|
Once there was a [young/little/small] {kind} whose name was {hero}. {He} was very {good}[ and had many friends/, but {he} was often alone/].|
There once lived a {good} {kind} called {hero} [at the edge of/not far from/close to] a [big/great/dark/green] {wild}.|
{hero} was a [little/young] {kind} who [loved/liked] to play [near/by] the {wild}. Everyone said that {he} was {good}.|
Long ago, in a [far/small/quiet] land, there lived a {kind} named {hero}.|
In a [small/little/quiet] village there was a {good} {kind}. {His} name was {hero}.|
A long time ago there was a {kind}, and {his} name was {hero}. {He} lived with {his} [mother/father/grandmother/family] by the {wild}.|
{hero} the {kind} was {good}, and {his} best friend was {friend} the {friend_kind}.
"""

ASIDES = """
{Weather}.|It was a [cold/warm/bright/quiet/long/beautiful] [day/morning/evening], and {weather}.|
{hero} [laughed/smiled/sang/was glad].|{He} was [a little/very] [tired/hungry/thirsty], but {he} did not stop.|
"[What a fine day/How nice it is here/I feel happy today/What a good morning]," said {hero}.|
{hero} [looked/listened] for a [moment/while], and then {he} went on.|Far away a bell was ringing.|
{friend} came too, because {friend} liked to [walk/play/talk] with {hero}.|{He} thought of {his} [mother/friend/home/bed/supper].
"""

ENDINGS = """
From that day on, {hero} and {friend} were [best/good/great] friends.|And they all lived happily ever after.|
That night {hero} [slept very well/was tired but happy/dreamed of the {wild}].|The end.|
And {hero} never forgot [that day/what {friend} had done/it].|{hero} had learned that it is good to be {virtue}.|
Then they [all/both] went home and had a [big/good/warm] supper.|And if {he} has not moved away, {he} still lives there today.|
Everyone was [glad/happy], and {hero} most of all.
"""

PLOTS = {
    "lost": """
One [day/morning/evening], {hero} could not find {his} {treasure}.|One day {hero} lost {his} {treasure} [in/near] the {wild}.
{He} looked under the [bed/table/chair], but it was not there.|{He} looked [behind/under/near] every [tree/stone/bush], but {he} did not find it.|{He} [searched/looked] everywhere[ for hours/ all day/].
?"Where can it be?" {he} [asked/cried/said].|{hero} began to cry.|{hero} sat down and was very sad.
Then {friend} the {friend_kind} came [along/by/out of the {wild}]. "Why are you [so sad/crying]?" {friend} asked.|{He} met {friend} the {friend_kind}. "What is the matter?" asked {friend}.
"I have lost my {treasure}," said {hero}. "Can you help me?"|"My {treasure} is gone," {hero} answered.
"[Do not cry/Do not worry/Be brave]," said {friend}. "[We will/Let us] look for it together."|"I will help you," said {friend}, and they [went/set out] together.
They found the {treasure} [under a tree/in the tall grass/behind a big stone/near the water].|At last {friend} saw the {treasure} [high in a tree/in the grass/by the road].
"Thank you, [{friend}/my friend]!" said {hero}.|{hero} was so [happy/glad] that {he} [danced/jumped/sang].
""",
    "gift": """
It was {friend}'s birthday, and {hero} wanted to give {friend} [a present/something nice/something special].|"Tomorrow is the birthday of my friend {friend}," thought {hero}. "What can I give?"
{He} had no money[, but {he} had an idea/].|{He} went to the market, but everything was too [expensive/big/heavy].|{He} thought and thought [all day/for a long time].
So {he} [took/found] some [wood/paper/wool/flowers] and [worked/worked hard] [all night/until evening/for two days].|So {he} went to the {wild} and [picked/gathered] the [best/finest] {fruit}.
?{hero} was afraid that {friend} would not like it.|"I hope it is good enough," {he} said.
When {friend} opened the [box/bag/present], there was a {treasure} inside.|In the morning {hero} [knocked at/went to] {friend}'s door with a {treasure} in {his} [hands/bag].
"[This is the best present of all/How beautiful/Oh, thank you]!" [cried/said] {friend}.|{friend} [laughed/smiled] and said, "You made me very happy."
""",
    "storm": """
One [night/evening/day] a [great/terrible/big] storm came over the {wild}.|One day the sky grew dark, and a storm began.
The wind [blew/cried/roared], and the rain [fell/came down] [hard/all night/for hours].|Trees fell, and the water [rose/grew] higher and higher.
{hero} [heard/thought {he} heard] a [small/weak/sad] voice outside. "Help! Help!"|Then someone knocked at the door[ of {hero}'s house/].
It was {friend} the {friend_kind}, [wet/cold] and [tired/afraid/hungry].|{hero} opened the door, and there stood {friend} the {friend_kind}.
"Come in," said {hero}, "and [sit by the fire/get warm/stay here tonight]."|"Please, may I come in?" asked {friend}. "Of course," said {hero}.
{He} gave {friend} [hot soup/warm milk/bread and cheese/some tea] and a [warm bed/dry coat/soft blanket].|They [ate/drank] together and told [old stories/each other stories] until the storm was over.
In the morning {weather}.|When the sun came up, the storm was gone.
"You were [good/kind] to me," said {friend}. "[I will not forget it/Take this {treasure}]."|{friend} thanked {hero} and went home.
""",
    "greedy": """
One day {hero} found a [tree/basket/field] full of {fruit}.|In the {wild} there was a tree with the [sweetest/best/finest] {fruit}.
"[These are all mine/I will eat them all/I will not share them]," said {hero}.|{hero} wanted [all of them/every one of them] for {himself}.
Then {friend} the {friend_kind} came and asked, "May I have [one/some/a few]?"|"Please give me [one/some]," said {friend} the {friend_kind}. "I am hungry."
"No," said {hero}, "[go away/find your own/they are mine]."|But {hero} said no and [hid/ate] the {fruit}.
{He} ate and ate until {he} [could not move/felt sick/had a bad pain].|Soon {he} was so [full/sick] that {he} could not [walk/stand/sleep].
{friend} [heard {him} crying/saw it] and [brought/gave] {him} some water.|"Let me help you," said {friend}, who was not angry at all.
"I am sorry," said {hero}. "[Next time I will share/I was greedy/You are a true friend]."|{hero} was [ashamed/sorry]. The next day {he} gave half of the {fruit} to {friend}.
""",
    "race": """
"I am the fastest [of all/in the {wild}]," said {friend} the {friend_kind}.|{friend} the {friend_kind} was [proud/fast] and laughed at everyone who was slow.
"Let us [run/have] a race," said {hero}.|One day {hero} said, "I will race you to the [bridge/big tree/old mill]."
All the animals came to [see/watch] it.|"One, two, three, go!" cried the old owl.
{friend} ran [fast/like the wind] and was soon far [away/ahead].|At first {friend} was much faster.
But then {friend} [lay down to sleep/stopped to eat {fruit}/stopped to rest/looked back and fell].|"I have [so much/enough] time," thought {friend}, and [slept/sat down] under a tree.
{hero} [did not stop/went on step by step/ran and ran]. {He} [passed/went past] {friend} [quietly/slowly/].|Slowly but surely {hero} came [nearer/closer].
When {friend} [woke up/looked up], it was too late. {hero} had won.|{hero} was the first at the end, and all the animals [cheered/clapped/cried for joy].
?"You won because you never gave up," said the owl.
""",
    "learn": """
{hero} wanted to learn to [swim/sing/dance/read/fly a kite/paint].|There was one thing that {hero} could not do[, and it made {him} sad/]: {he} could not swim.
"[I am too small/I cannot do it/It is too hard]," {he} said.|{He} tried once, and it did not work. {He} tried again and [fell/failed].
{friend} the {friend_kind} [saw/watched] {him}. "[Try again/Do not give up/I will show you]," said {friend}.|But {friend} said, "Everyone can learn. We will [try/practise] every day."
So every [day/morning/evening] they went to the {wild} [and tried again/together/].|{hero} worked [hard/very hard] for [many days/a week/a month].
?Sometimes {he} was [tired/angry] and wanted to stop.|Sometimes they laughed so much that they had to sit down.
And one day, {he} could do it![ "Look at me!" {he} cried./]|At last it was easy. "[I did it/Look, look]!" cried {hero}.
"You see," said {friend}, "[you only had to try/nothing is too hard if you do not give up]."|{friend} was [proud/glad] and gave {him} a {treasure}.
""",
    "traveller": """
One day {hero} left home to see the [world/sea/big city].|"I want to see the [sea/world/mountains]," said {hero}, and {he} [packed a bag/took some bread and cheese/said goodbye to {his} mother].
{He} walked [over hills/through the {wild}/along the road] for [three days/many days/a long time].|The road was long, and {weather}.
On the way {he} met {friend}, [a/an old] {friend_kind}. "Where are you going?" asked {friend}.|Under a tree sat a {friend_kind} named {friend}. "May I come with you?" {friend} asked.
"[Come with me/I am going to the sea/Let us go together]," said {hero}.|They walked together and [told stories/sang songs/shared the bread].
They came to a [wide/deep/cold] river, and there was no bridge.|Then it grew dark, and they [lost the way/could not see the road].
"[I have an idea/Wait/Follow me]," said {friend}. [They made a boat from an old tree/There is a light over there].|{hero} was afraid, but {friend} [held {his} hand/knew the way/was not].
At last they [saw/reached] the [sea/city]. It was [bigger/more beautiful] than {hero} had [thought/dreamed].|In the end they saw it, [blue/bright] and wide in the sun.
"It is [beautiful/wonderful]," said {hero}, "but home is [best/better]."|They stayed for [a week/some days], and then {hero} wanted to go home.
""",
    "well": """
One [hot/dry] summer there was no [rain/water] in the {wild}.|There had been no rain for [many weeks/a long time], and everyone was thirsty.
{hero} [found/remembered/looked for] an old well, but it was [deep/very deep/closed with a big stone].|{hero} and {friend} the {friend_kind} set out to look for water.
"I am too weak [alone/to do it alone]," said {hero}.|The stone was heavy, and {hero} could not [move/lift] it.
{friend} came to help, and then [a bear/a horse/a goat] and [a mouse/a hen/a dog] came too.|"If we all [pull/push/work together], it will move," said {friend}.
They [pulled/pushed] and [pulled/pushed], and at last the stone [moved/rolled away].|One, two, three! The stone [moved/fell/broke].
The water was [clear/cool/cold] and sweet, and everybody drank.|There was enough water for all of them.
?"Alone we are weak," said {hero}, "but together we are strong."
""",
    "lie": """
One day {hero} broke {his} mother's [cup/lamp/clock/best plate].|{hero} was playing with a ball in the house, and the [lamp/clock/window] broke.
{He} was afraid and [hid it/said nothing/ran outside].|"It was not me," said {hero}. "It was {friend}."
{His} mother was [sad/angry] and [asked/said], "Who did this?"|{friend} the {friend_kind} was [sad/surprised], because it was not true.
That night {hero} could not sleep.|{hero} felt bad [all day/the whole evening].
In the morning {he} went to {his} mother and told the truth.|"I did it," {he} said [at last/in the end]. "I am sorry."
"[Thank you/It was brave of you] to tell me the truth," said {his} mother[ and held {him} close/].|{His} mother was not angry any more. "A cup can be mended," she said, "but a lie is hard to mend."
{He} also said sorry to {friend}.|And {friend} said, "[It is all right/I am still your friend]."
""",
    "helper": """
One day {hero} [saw/found] a [small/little/young] bird [in the snow/under a tree/on the road]. It could not fly.|In the {wild} {hero} found {friend} the {friend_kind}, who had hurt a leg.
"[Poor thing/Do not be afraid/I will help you]," said {hero}.|{hero} [carried/took] it home [carefully/in {his} coat/].
{He} gave it [water/bread/milk/seeds] and [made/built] a little bed [of grass/of leaves/by the fire].|Every day {he} [brought/gave] it food and [talked/sang] to it.
Soon it was [strong/well] again.|After [a week/ten days/some time] it could [walk/fly/stand] again.
"You are free," said {hero}[, though {he} was a little sad/].|{hero} opened the [door/window], and it [left/went out into the sun].
In the winter {hero} was [lost/alone] in the {wild}, and it was getting dark.|Many days later {hero} lost {his} way in the {wild}.
Then the one that {he} had helped came and [showed {him} the way/led {him} home].|But a friend had not forgotten {him} and [showed {him} the way home/brought {him} home].
""",
    "moon": """
Every night {hero} looked at the moon. "[I want to touch it/I want it for myself/How far is it]?" {he} said.|"I will catch the moon," said {hero} one night.
{He} climbed the highest [tree/hill/tower], but the moon was [still/just as] far away.|{He} took a long [ladder/rope/stick], but it was too short.
{friend} the {friend_kind} laughed. "[Nobody can do that/It is too far]," said {friend}.|"What are you doing?" asked {friend} the {friend_kind}.
Then {hero} saw the moon in the [lake/water/river]. "[It fell/There it is/Now I have it]!" {he} cried.|Then {friend} brought a [bucket/bowl/cup] of water. "Look into it," said {friend}.
{He} jumped in and got very wet[, and the moon was gone/].|And there was the moon, [small/round] and [bright/white], in the water.
"The moon belongs to [everyone/all of us]," said {friend}, "[and that is good/so that nobody is in the dark]."|They sat and looked at it [together/until they fell asleep].
""",
    "seed": """
One spring day {hero} [found/got/bought] a [small/little/strange] seed.|{friend} the {friend_kind} gave {hero} a [small/little/tiny] seed.
{He} put it into the ground and gave it water every [day/morning].|"What will it be?" {he} asked, and {he} [planted/put] it in the garden.
For a long time nothing [happened/came up].|{He} waited [one week/a week], two weeks, three weeks, but nothing came.
?"[It is dead/Forget it/You wait for nothing]," said the others.
But {hero} was patient.|"[Wait and see/Good things take time]," said {friend}.
Then one morning there was a little green leaf.|After the rain, {he} saw something green.
It grew and grew until it was [higher than the house/a big tree/as tall as {hero}].|In summer it had [red/yellow/white/blue] flowers, and in autumn it was full of {fruit}.
{hero} shared the {fruit} with [everyone/all {his} friends/{friend}].|Everybody in the village [came to see it/was surprised].
""",
    "proud": """
{friend} the {friend_kind} was [proud/vain] and said, "I am the most beautiful of all."|{friend} the {friend_kind} always said, "I am [stronger/better/bigger] than you."
{hero} only [smiled/laughed] and said nothing.|"You may be [right/beautiful]," said {hero}, "but are you [kind/good]?"
One day {friend} fell into a [hole/deep hole/river] and could not get out.|One day a [hunter/wolf] came, and {friend} was caught in a net.
"Help me!" cried {friend}, but nobody [came/wanted to help].|The others [ran away/did not hear]. Only {hero} came.
{hero} took a [rope/long stick] and [pulled/pulled and pulled].|{hero} bit through the [net/rope] with {his} small teeth.
"You are small, but you are the [strongest/best] of us all," said {friend}.|"Thank you," said {friend} [quietly/softly]. "I was wrong."
""",
    "king": """
The king had a [daughter/son] who never laughed.|The old king was [sick/sad], and nobody could help him.
"Who makes [her/him] laugh shall have [half my land/a bag of gold/a wish]," said the king.|"Whoever helps me shall have [gold/a castle/my best horse]," he said.
Many came with [songs/jokes/gold/flowers], but nothing helped.|[Clever men/Doctors/Singers] came from far away, but they could do nothing.
{hero} had only a {treasure}, but {he} went to the castle too.|"I will try," said {hero}, and {friend} the {friend_kind} went along.
{friend} [fell over {his} own feet/danced on the table/put a hat on a goose/sat on the king's cake].|At the castle {hero} [slipped and fell into the soup/told of the old days at home/sang a simple song].
First it was quiet. Then they began to laugh and could not stop.|And for the first time in years there was laughing in the castle.
"What do you wish for?" asked the king. "[Only a good supper/A house for my mother/Nothing but a friend]," said {hero}.|The king gave {hero} [what {he} had promised/a big bag of gold], and {he} gave half of it to the poor.
""",
    "night": """
One night {hero} heard a noise [in the kitchen/under the bed/outside/in the attic].|It was [dark/late], and {hero} could not sleep, because there was a [strange/loud] noise.
"Who is there?" {he} asked, but nobody answered.|"Is it a [wolf/monster/thief]?" {he} thought, and {his} heart [beat fast/was loud].
{He} took a [lamp/candle/stick] and went [down/outside/slowly to the door].|{He} hid under the blanket, but then {he} said, "I must be brave."
There in the dark sat {friend} the {friend_kind}, [eating cheese/with a piece of cake/looking for food].|It was only {friend} the {friend_kind}, who was [hungry/cold/looking for a place to sleep].
"You made me afraid!" said {hero}, and both of them [laughed/had to laugh].|"I am sorry," said {friend}. "I did not want to wake you."
They [ate/shared] the [rest of the cake/bread/cheese] together.|{hero} gave {friend} [a blanket/some milk/bread], and then they both slept.
""",
    "work": """
All summer {hero} [worked/gathered food/cut wood], but {friend} the {friend_kind} only [played/sang/slept].|"Come and play," said {friend} the {friend_kind}. "No," said {hero}, "I have to work."
"Winter is far away," said {friend}. "[Why do you work so hard/Enjoy the sun]."|{friend} laughed at {hero} and lay in the sun.
Then winter came, and {weather}.|Then the snow fell, and there was nothing to eat [in the {wild}/outside].
{hero} had a warm house and enough {fruit} and [bread/wood/corn].|{hero} sat by the fire and had enough to eat.
One evening {friend} knocked at the door. "I am [cold/hungry]," said {friend}. "I was [lazy/foolish]."|{friend} had nothing and came to {hero}. "Please help me."
"Come in," said {hero}. "[But next summer you will help me/There is enough for two]."|{hero} let {friend} in[, because {he} was {good}/].
The next summer they worked together[, and it was half the work/].|And the next year {friend} worked as hard as {hero}.
""",
}


def story(random: Random, hero_kind: str = "") -> str:
    cast = draw_cast(random, hero_kind)
    steps = [step for step in random.choice(list(PLOTS.values())).strip().split("\n")]
    told = [say(random, step.removeprefix("?"), cast) for step in steps if not step.startswith("?") or random.random() < 0.5]
    for _ in range(random.randint(0, 2)):
        told.insert(random.randint(1, len(told) - 1), say(random, ASIDES, cast))
    middle = random.randint(2, len(told) - 1)
    paragraphs = [say(random, OPENINGS, cast), *told[:middle]], [*told[middle:], say(random, ENDINGS, cast)]
    return "\n\n".join(" ".join(sentences) for sentences in paragraphs)


def draw_cast(random: Random, hero_kind: str) -> dict[str, str]:
    kind = hero_kind or random.choice(ANIMALS + list(PEOPLE))
    female = kind in ("girl", "woman") or (kind not in PEOPLE and random.random() < 0.5)
    hero = random.choice(PEOPLE.get(kind, w.GIRLS if female else w.BOYS))
    friend = random.choice([name for name in w.NAMES if name != hero])
    he, him, his = ("she", "her", "her") if female else ("he", "him", "his")
    weather = spell(random, random.choice(WEATHER))
    return {
        "kind": kind, "hero": hero, "friend": friend, "he": he, "him": him, "his": his, "himself": him + "self",
        "He": he.capitalize(), "His": his.capitalize(), "friend_kind": random.choice([a for a in ANIMALS if a != kind]),
        "good": random.choice(GOOD), "virtue": random.choice(GOOD), "wild": random.choice(WILD), "treasure": random.choice(TREASURES),
        "fruit": random.choice(FRUIT), "weather": weather, "Weather": weather[0].upper() + weather[1:],
    }  # fmt: skip


def spell(random: Random, wording: str) -> str:
    return CHOICE.sub(lambda match: random.choice(match[1].split("/")), wording)


def say(random: Random, step: str, cast: dict[str, str]) -> str:
    told = spell(random, random.choice(step.replace("\n", "").split("|"))).format_map(cast)
    return re.sub(r"\b([Aa]) (?=[aeio]|honest)", r"\1n ", told)


ABOUT = """
The {adjective} {thing} is [in/near/behind/under] the {place}.|{name} has a {adjective} {thing}.|A {adjective} {thing} was [on the table/in the {place}/by the door].|
Yesterday {name} saw a {adjective} {thing} in the {place}.|{name} likes the {thing} because it is {adjective}.|I see a {adjective} {thing} in the {place}.|
My {thing} is {adjective} and very [old/nice/good].|There is a {adjective} {thing} in front of the {place}.
"""


def sentence_about(random: Random, thing: str) -> str:
    slots = {
        "thing": thing,
        "adjective": random.choice(w.COLOURS + w.SIZES),
        "place": random.choice(w.ROOMS + w.PLACES),
        "name": random.choice(w.NAMES),
    }
    return say(random, ABOUT, slots)
