"""The small world that the made texts speak about: lists of words and plain facts."""


def pairs(text: str) -> list[tuple[str, str]]:
    """Parses "left=right, left=right"."""
    return [tuple(item.strip().split("=")) for item in text.replace("\n", " ").split(",")]


def listed(text: str) -> list[str]:
    return [item.strip() for item in text.replace("\n", " ").split(",")]


# Names and words that lists are made of are one token each, whether a space stands before them or not.
GIRLS = listed("""Anna, Mary, Emma, Alice, Rose, Jane, Kate, Grace, Maria, Sarah, Laura, Susan, Amy, Carol, Lisa, Emily, Rachel,
Anne, Karen, Victoria""")
BOYS = listed("""Tom, Ben, Sam, Jack, Max, Leo, Peter, Paul, John, Tim, Adam, Bob, David, George, Henry, Mark, Simon, Frank, James, Joe""")
NAMES = GIRLS + BOYS

COLOURS = listed("red, blue, green, yellow, black, white, brown, orange, pink, purple, grey, golden")
SIZES = listed("big, small, tiny, huge, long, short, tall, little")
PETS = listed("dog, cat, rabbit, bird, horse, mouse, duck, hen, pig, cow, frog, bee, fox, bear, wolf, lion, owl, snake, monkey, turtle")
FOODS = listed("bread, cake, soup, rice, pie, jam, nuts, pizza, corn, beans, tea, coffee, cream, fruit")
TOYS = listed("ball, doll, boat, train, car, book, hat, coat, cup, box, bag, lamp, clock, ring, key, basket, bell, map, phone, robot")
ROOMS = listed("kitchen, garden, garage, bedroom, hall, bathroom, attic, cellar, office, barn")
PLACES = listed("park, school, shop, market, forest, farm, library, river, town, station, lake, street")

CAPITALS = pairs("""France=Paris, Germany=Berlin, Italy=Rome, Spain=Madrid, Portugal=Lisbon, England=London, Ireland=Dublin,
Scotland=Edinburgh, Austria=Vienna, Greece=Athens, Poland=Warsaw, Sweden=Stockholm, Norway=Oslo, Denmark=Copenhagen,
Finland=Helsinki, Hungary=Budapest, Russia=Moscow, Turkey=Ankara, Egypt=Cairo, Kenya=Nairobi, Japan=Tokyo, China=Beijing,
India=New Delhi, Thailand=Bangkok, Canada=Ottawa, Mexico=Mexico City, Cuba=Havana, Peru=Lima, Chile=Santiago,
Argentina=Buenos Aires, Australia=Canberra, Belgium=Brussels, Iran=Tehran, Iraq=Baghdad, Ukraine=Kyiv, Romania=Bucharest,
Israel=Jerusalem, Syria=Damascus, Vietnam=Hanoi, Colombia=Bogota, Switzerland=Bern, Iceland=Reykjavik""")
CONTINENTS = {
    "Europe": listed("""France, Germany, Italy, Spain, Portugal, England, Ireland, Scotland, Austria, Greece, Poland, Sweden, Norway,
    Denmark, Finland, Hungary, Belgium, Ukraine, Romania, Switzerland, Iceland"""),
    "Africa": listed("Egypt, Kenya, Nigeria"),
    "Asia": listed("Japan, China, India, Thailand, Iran, Iraq, Israel, Syria, Vietnam"),
    "North America": listed("Canada, Mexico, Cuba"),
    "South America": listed("Peru, Chile, Argentina, Brazil, Colombia"),
}
OPPOSITES = pairs("""big=small, hot=cold, up=down, left=right, day=night, good=bad, happy=sad, fast=slow, high=low, old=young,
hard=soft, light=dark, open=closed, full=empty, rich=poor, wet=dry, clean=dirty, strong=weak, long=short, wide=narrow,
early=late, loud=quiet, first=last, near=far, inside=outside, love=hate, yes=no, begin=end, front=back, true=false, always=never,
above=below, thick=thin, sweet=sour, brave=afraid, easy=difficult, question=answer, friend=enemy, summer=winter, morning=evening,
win=lose, buy=sell, give=take, come=go, push=pull, black=white, before=after, more=less, north=south, east=west, war=peace,
right=wrong, awake=asleep, heavy=light, smooth=rough, cheap=expensive, safe=dangerous, laugh=cry""")
SOUNDS = pairs("""dog=woof, cat=meow, cow=moo, duck=quack, sheep=baa, pig=oink, bee=buzz, lion=roar, mouse=squeak, snake=hiss,
frog=croak, horse=neigh, hen=cluck, owl=hoot""")
YOUNG = pairs("""dog=puppy, cat=kitten, cow=calf, sheep=lamb, horse=foal, hen=chick, duck=duckling, bear=cub, lion=cub,
pig=piglet, goat=kid, frog=tadpole, deer=fawn""")
LEGS = pairs("""dog=four, cat=four, cow=four, horse=four, bird=two, hen=two, duck=two, spider=eight, bee=six, ant=six, fish=no,
snake=no, bear=four, lion=four, sheep=four, mouse=four""")
HOMES = pairs("""bird=a nest, bee=a hive, dog=a kennel, horse=a stable, fish=water, fox=a den, bear=a cave, pig=a sty, rabbit=a burrow,
spider=a web, king=a castle, cow=a barn""")
THING_COLOURS = pairs("""grass=green, snow=white, the sky=blue, blood=red, coal=black, the sun=yellow, a banana=yellow, a lemon=yellow,
a carrot=orange, milk=white, chocolate=brown, a strawberry=red, the sea=blue, a leaf=green, a tomato=red, salt=white, sugar=white,
an elephant=grey, a mouse=grey, a raven=black, a swan=white, a cucumber=green, gold=yellow, cotton=white, honey=golden, a cherry=red,
a frog=green, a pumpkin=orange, soil=brown, a fire engine=red, night=black, wood=brown, corn=yellow, rice=white""")
KINDS = {
    "an animal": listed("dog, cat, horse, cow, lion, tiger, sheep, rabbit, wolf, bear, fox, mouse, elephant, monkey, goat, pig"),
    "a fruit": listed("apple, pear, plum, banana, orange, lemon, cherry, peach, grape, strawberry"),
    "a vegetable": listed("carrot, potato, onion, cabbage, bean, cucumber, pumpkin, pea"),
    "a colour": listed("red, blue, green, yellow, purple, pink"),
    "a bird": listed("eagle, owl, swan, raven, robin, duck, goose, hen"),
    "a tool": listed("hammer, saw, knife, spade, drill, axe, needle"),
    "a piece of clothing": listed("shirt, hat, coat, shoe, sock, dress, glove, scarf, skirt"),
    "a piece of furniture": listed("table, chair, bed, sofa, desk, shelf"),
    "a vehicle": listed("car, bus, train, bicycle, boat, ship, plane, truck"),
    "a musical instrument": listed("piano, violin, drum, guitar, flute, trumpet, harp"),
    "a flower": listed("rose, tulip, daisy, lily, violet"),
    "a tree": listed("oak, pine, birch, willow, maple"),
    "a metal": listed("gold, silver, iron, copper, lead"),
    "a planet": listed("Mars, Venus, Jupiter, Saturn, Earth, Mercury"),
}
UNCOUNTED = {*KINDS["a colour"], *KINDS["a metal"], *KINDS["a planet"]}
JOBS = pairs("""bakes bread=baker, teaches children=teacher, grows food=farmer, helps sick people=doctor, catches fish=fisherman,
flies a plane=pilot, puts out fires=firefighter, writes books=writer, paints pictures=painter, cuts hair=barber, builds houses=builder,
sells meat=butcher, drives a bus=driver, cooks meals=cook, sings songs=singer, mends teeth=dentist, sails the sea=sailor,
makes clothes=tailor, brings letters=postman, wears a crown=king""")
USES = pairs("""cut paper=scissors, write=a pen, cut bread=a knife, eat soup=a spoon, open a lock=a key, see in the dark=a lamp,
tell the time=a clock, hit a nail=a hammer, dig a hole=a spade, sleep=a bed, sweep the floor=a broom, keep dry in the rain=an umbrella,
catch fish=a net, sew=a needle, carry water=a bucket, wash hands=soap, dry hands=a towel, drink tea=a cup, take photos=a camera,
measure length=a ruler""")
PLURALS = pairs("""mouse=mice, child=children, foot=feet, tooth=teeth, man=men, woman=women, goose=geese, sheep=sheep, leaf=leaves,
knife=knives, wolf=wolves, box=boxes, city=cities, baby=babies, dog=dogs, cat=cats, house=houses, fish=fish, fox=foxes, story=stories,
person=people, life=lives, book=books, bus=buses, berry=berries, tree=trees, dish=dishes, half=halves""")
PAST = pairs("""go=went, see=saw, run=ran, eat=ate, drink=drank, sing=sang, swim=swam, come=came, give=gave, take=took, make=made,
find=found, think=thought, bring=brought, buy=bought, write=wrote, read=read, fly=flew, fall=fell, sit=sat, stand=stood, sleep=slept,
speak=spoke, break=broke, begin=began, know=knew, grow=grew, throw=threw, catch=caught, tell=told, say=said, walk=walked, play=played,
jump=jumped, look=looked, help=helped, love=loved, open=opened, keep=kept, lose=lost, win=won, build=built, hide=hid, ride=rode""")
FRENCH = pairs("""hello=bonjour, thank you=merci, yes=oui, no=non, cat=chat, dog=chien, house=maison, bread=pain, water=eau,
red=rouge, one=un, two=deux, three=trois, goodbye=au revoir""")
GERMAN = pairs("""hello=hallo, thank you=danke, yes=ja, no=nein, cat=Katze, dog=Hund, house=Haus, bread=Brot, water=Wasser,
red=rot, one=eins, two=zwei, three=drei, goodbye=auf Wiedersehen""")
BY_SIZE = listed("ant, bee, mouse, frog, rabbit, cat, fox, wolf, lion, horse, elephant, whale")
BY_SPEED = listed("snail, turtle, man, dog, horse, car, train, plane, rocket")
DAYS = listed("Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday")
MONTHS = listed("January, February, March, April, May, June, July, August, September, October, November, December")
MONTH_DAYS = dict(zip(MONTHS, (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)))
SEASONS = listed("spring, summer, autumn, winter")
NUMBERS = listed("""zero, one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, thirteen, fourteen, fifteen,
sixteen, seventeen, eighteen, nineteen, twenty""")
SIDES = pairs("triangle=three, square=four, rectangle=four, pentagon=five, hexagon=six")
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
NUMBERED_PARTS = pairs("""days are in a week=seven, months are in a year=twelve, hours are in a day=24, minutes are in an hour=60,
seconds are in a minute=60, legs does a spider have=eight, wheels does a car have=four, wheels does a bicycle have=two,
fingers are on one hand=five, eyes do you see in a face=two, seasons are in a year=four, letters are in the alphabet=26,
days are in a year=365, cents are in a dollar=100""")
CAN = pairs("""a bird=fly, a fish=swim, a frog=jump, a bee=fly, a duck=swim, a plane=fly, a horse=run, a ship=swim, a child=laugh,
a snake=hiss, a dog=bark""")
CANNOT = pairs("""a fish=walk, a stone=swim, a dog=fly, a cow=fly, a tree=run, a table=talk, a cat=read, a snake=jump,
a house=walk, a chair=sing, a spoon=think""")


def article(word: str) -> str:
    return "an" if word[0] in "aeio" or word == "honest" else "a"


def a(noun: str) -> str:
    """The noun with its indefinite article, unless it takes none."""
    return noun if noun in UNCOUNTED else f"{article(noun)} {noun}"


def series(items: list[str], last: str = "and") -> str:
    """A, B and C."""
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + f" {last} " + items[-1]
