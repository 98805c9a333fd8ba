"""Everyday sentences from templates: what books and dictionaries lack.

Commands, dates, clock times, prices, phone numbers, small talk, dictation, names. Numbers are always written as words,
which is what the voices say and what the model is to write. `sentence(rng)` makes one.
"""

from __future__ import annotations

import random

ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()
ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth "
    "twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first"
).split()
MONTHS = (
    "January February March April May June July August September October November December"
).split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()

SLOTS: dict[str, list[str]] = {
    "first": (
        "James Mary John Linda Robert Susan Michael Karen David Nancy William Lisa Richard Betty Joseph Helen Thomas "
        "Sandra Charles Donna Daniel Carol Matthew Ruth Anthony Sharon Mark Michelle Paul Laura Steven Sarah Andrew "
        "Kim George Jessica Edward Amy Brian Anna Kevin Emma Jason Olivia Henry Alice Peter Grace Frank Julia Sam "
        "Kate Jack Rose Harry Ellen Simon Claire Oliver Sophie Lucas Mia Noah Chloe Ben Hannah Tom Rachel Max Nina "
        "Maria Carlos Ahmed Fatima Wei Priya Raj Elena Ivan Yuki Omar Leila Pierre Ingrid Marco Sofia"
    ).split(),
    "last": (
        "Smith Johnson Brown Taylor Miller Wilson Moore Anderson Jackson White Harris Martin Thompson Clark Lewis "
        "Walker Hall Young King Wright Green Baker Adams Nelson Carter Mitchell Roberts Turner Phillips Campbell "
        "Parker Evans Edwards Collins Stewart Morris Murphy Cook Rogers Cooper Bailey Reed Kelly Howard Ward Cox "
        "Richardson Wood Watson Brooks Bennett Gray Hughes Price Sanders Long Foster Powell Russell Hamilton Fisher"
    ).split(),
    "city": (
        "London|Paris|Berlin|New York|Chicago|Boston|Toronto|Sydney|Dublin|Rome|Madrid|Vienna|Prague|Tokyo|Beijing|"
        "Shanghai|Mumbai|Cairo|Denver|Seattle|Houston|Oxford|Manchester|Edinburgh|Amsterdam|San Francisco|Los Angeles|"
        "Washington|Philadelphia|Atlanta|Melbourne|Singapore|Hong Kong|Moscow|Geneva|Lisbon|Athens|Stockholm"
    ).split("|"),
    "place": (
        "the station|the airport|the office|the library|the supermarket|the hospital|the post office|the bank|"
        "the school|the park|the kitchen|the garage|the hotel|the restaurant|the museum|the beach|the market|my house|"
        "the church|the bridge|the harbor|the garden|the living room|the bedroom|downtown|the farm|the river|"
        "the theater|the corner shop|the doctor's office|the gym|the courthouse|the valley|the village"
    ).split("|"),
    "thing": (
        "the report|the keys|a cup of coffee|the newspaper|my phone|the tickets|an umbrella|the letter|some bread|"
        "a glass of water|the window|the door|the contract|the invoice|the project|the car|a new computer|the lights|"
        "the photographs|the medicine|a birthday present|the recipe|the boxes|the map|the camera|the dishes|"
        "the presentation|a pair of shoes|the guitar|the piano|the garbage|the schedule|the budget|the email|"
        "the old clock|a bottle of wine|the blankets|the passport|the laundry|the printer|the meeting notes"
    ).split("|"),
    "food": (
        "bread|milk|eggs|butter|cheese|apples|bananas|oranges|rice|chicken|fish|beef|tomatoes|potatoes|onions|garlic|"
        "lettuce|carrots|sugar|flour|coffee|tea|honey|salt|pepper|olive oil|chocolate|yogurt|cereal|strawberries|"
        "lemons|mushrooms|spinach|soup|pasta|beans|corn|peanut butter|orange juice|ice cream"
    ).split("|"),
    "adj": (
        "good|bad|beautiful|terrible|wonderful|strange|interesting|expensive|cheap|easy|difficult|important|quiet|loud|"
        "warm|cold|dark|bright|heavy|empty|crowded|dangerous|useful|perfect|boring|exciting|early|late|busy|tired|"
        "happy|sad|angry|hungry|nervous|proud|surprised|afraid|lonely|comfortable|serious|famous|clean|dirty|fresh"
    ).split("|"),
    "verb": (
        "buy|sell|find|fix|bring|take|open|close|clean|carry|check|finish|send|read|write|move|paint|order|borrow|"
        "return|lose|forget|remember|change|hide|show|watch|wash|cook|build|break|cancel|review|replace|print|copy|"
        "sign|collect|deliver|explain|prepare|choose|prefer|need|want|keep|leave|get|see|hear|understand"
    ).split("|"),
    "job": (
        "doctor|teacher|lawyer|nurse|engineer|farmer|soldier|writer|painter|driver|captain|manager|student|professor|"
        "waiter|policeman|scientist|musician|actor|carpenter|baker|pilot|judge|secretary|neighbor|brother|sister|"
        "mother|father|uncle|aunt|cousin|grandmother|grandfather|friend|daughter|son|wife|husband|boss|colleague"
    ).split("|"),
    "animal": (
        "dog|cat|horse|bird|cow|sheep|rabbit|mouse|fox|bear|wolf|lion|elephant|monkey|snake|duck|goose|chicken|pig|"
        "goat|squirrel|eagle|owl|frog|whale|butterfly|spider|bee|tiger|deer"
    ).split("|"),
    "weather": (
        "raining|snowing|sunny|cloudy|windy|foggy|freezing|very hot|getting dark|cooling down|pouring|clearing up"
    ).split("|"),
    "color": "red|blue|green|yellow|black|white|brown|gray|purple|orange|pink|silver|golden".split("|"),
    "subj": "I|you|we|they|he|she|everyone|nobody|my family|the children|people|most of us".split("|"),
    "adv": (
        "quickly|slowly|carefully|quietly|finally|suddenly|usually|always|never|sometimes|perhaps|certainly|really|"
        "almost|again|together|already|soon|immediately|yesterday|today|tomorrow|this morning|last night|"
        "next week|last year|right now|every day|once in a while|after lunch|before dinner|at midnight|on the weekend"
    ).split("|"),
    "letter": list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    "unit": (
        "miles|kilometers|meters|feet|inches|pounds|kilograms|grams|ounces|gallons|liters|degrees|percent|dollars|"
        "euros|cents|minutes|hours|seconds|days|weeks|months|years|pages|people|points|times|tons|acres|bottles"
    ).split("|"),
    "app": (
        "the browser|the calendar|the music player|the text editor|the calculator|my messages|the settings|the camera|"
        "the file manager|the spreadsheet|the weather report|the alarm clock"
    ).split("|"),
    "topic": (
        "history|music|politics|the weather|science|mathematics|football|the economy|education|the future|the war|"
        "her health|his work|the election|art|religion|technology|the environment|philosophy|medicine|computers"
    ).split("|"),
}

PATTERNS = """
{adv}, {subj} went to {place}.|{subj} will {verb} {thing} {adv}.|Could you please {verb} {thing}?
I don't think {subj} can {verb} {thing}.|Where did you {verb} {thing}?|Please {verb} {thing} and {verb} {thing}.
My {job} lives near {place} in {city}.|The {job} said that the {animal} was {adj}.|It is {weather} in {city}.
Call {first} {last} {adv}.|Send a message to {first} and say I am {adj}.|Remind me to {verb} {thing} at {time}.
Set an alarm for {time}.|Set a timer for {num} minutes.|What's the weather like in {city} on {day}?
Turn on the lights in {place}.|Turn off the {color} lamp.|Open {app}.|Please open {app} and close {app}.
The meeting is on {day}, {date}, at {time}.|He was born on {date}, {year}.|She died in {year} in {city}.
My phone number is {digits}.|The code is {letter} {letter} {digits}.|It costs {num} {unit} and {num} cents.
The distance is about {num} {unit}.|There were {big} people in {place}.|We need {num} {food} and {num} {food}.
Add {food}, {food} and {food} to the shopping list.|I would like some {food} with {food}, please.
How much {food} should {subj} {verb}?|Do you know {first}, the {job} from {city}?|I'm sorry, I'm {adj}.
Dear {first}, thank you for your letter of {date}.|Dear Mr. {last}, please find {thing} attached.
Best regards, {first} {last}.|New paragraph.|Mrs. {last} and Dr. {last} talked about {topic}.
Nice to meet you, {first}. How are you today?|Good morning, {first}.|Good evening, everyone.|Thank you very much.
What time is it? It's {time}.|The train to {city} leaves at {time} from platform {num}.
Chapter {num}.|Page {num}, line {num}.|Flight {digits} to {city} is delayed by {num} minutes.
The {color} {animal} and the {color} {animal} were {adj}.|The {animal} ran across {place} {adv}.
Was the {job} {adj} or {adj}?|It was {adj}, but not {adj}.|Nothing is as {adj} as {topic}.
He was more {adj} than she was.|What a {adj} day!|That's very {adj}.|This is {first} {last}, reporting from {city}.
We talked about {topic} and {topic} for {num} {unit}.|She has been studying {topic} since {year}.
If it is {weather}, {subj} will stay in {place}.|When I was {num} years old, my {job} gave me a {adj} {animal}.
{num} plus {num} is {num}.|{num} times {num} equals {big}.|About {num} percent of the {job}s were {adj}.
The {ord} {job} was {adj}, and the {ord} one was {adj}.|Take the {ord} left, then the {ord} right.
Let's {verb} {thing} {adv}.|Why don't you {verb} {thing}?|I can't believe {subj} forgot {thing}.
You should have told me about {topic}.|I've never seen such a {adj} {animal}.|Didn't you {verb} {thing}?
There's a {adj} {animal} in {place}.|They're going to {verb} {thing}, aren't they?|I'd rather {verb} {thing} than {thing}.
Is there a {job} here?|Who is the {job} in {place}?|{first} asked {first} to {verb} {thing}.
"Where is {thing}?" asked {first}.|"I don't know," said the {job}.|Well, {subj} didn't {verb} it.
Yes.|No.|Okay.|Hello.|Goodbye.|Thanks.|Sorry?|Stop.|Continue.|Yes, please.|No, thank you.|I see.|Of course.
Hello, my name is {first} {last}.|Hello, world!|Can you hear me?|Testing, one, two, three.|Let me think about it.
The temperature will rise to {num} degrees on {day}.|From {month} to {month}, {place} is closed.
In {year}, {subj} moved from {city} to {city}.|The price rose from {num} to {num} {unit}.
The company reported a profit of {num} million dollars in the {ord} quarter.|Article {num}, section {num}.
Next to {place} there is a {adj} {color} house.|I was just about to {verb} {thing} when {first} called.
And then {subj} went home.|But {subj} never came back.|So, what happened next?|Because it was {adj}.
As you know, the {job} doesn't {verb} anything {adv}.|I believe that {topic} is {adj}.|It's spelled {letter}, {letter}, {letter}, {letter}.
"""


def number(n: int) -> str:
    """Spell an integer from 0 to 999,999,999 in words."""
    if n < 20:
        return ONES[n]
    if n < 100:
        return TENS[n // 10] + (f"-{ONES[n % 10]}" if n % 10 else "")
    for size, name in ((1_000_000, "million"), (1_000, "thousand"), (100, "hundred")):
        if n >= size:
            rest = f" {number(n % size)}" if n % size else ""
            return f"{number(n // size)} {name}{rest}"
    raise ValueError(n)


def year(rng: random.Random) -> str:
    """Spell a year the way it is spoken."""
    value = rng.randint(1492, 2030)
    if 2000 <= value < 2010:
        return number(value)
    high, low = divmod(value, 100)
    if low == 0:
        return f"{number(high)} hundred"
    return f"{number(high)} {'oh ' + ONES[low] if low < 10 else number(low)}"


def clock(rng: random.Random) -> str:
    """Spell a time of day."""
    hour, minute = rng.randint(1, 12), rng.choice([0, 5, 10, 15, 20, 30, 40, 45, rng.randint(10, 59)])
    if minute == 0:
        return f"{number(hour)} o'clock"
    if minute < 10:
        return f"{ONES[minute]} past {number(hour)}"
    if minute == 15 and rng.random() < 0.5:
        return f"quarter past {number(hour)}"
    if minute == 30 and rng.random() < 0.5:
        return f"half past {number(hour)}"
    return f"{number(hour)} {number(minute)}{rng.choice(['', '', ' in the morning', ' p.m.', ' a.m.'])}"


def _fill(slot: str, rng: random.Random) -> str:
    """Return a random value of one slot."""
    special = {
        "time": lambda: clock(rng),
        "year": lambda: year(rng),
        "day": lambda: rng.choice(DAYS),
        "month": lambda: rng.choice(MONTHS),
        "ord": lambda: rng.choice(ORDINALS),
        "date": lambda: rng.choice(
            [f"{rng.choice(MONTHS)} {rng.choice(ORDINALS)}", f"the {rng.choice(ORDINALS)} of {rng.choice(MONTHS)}"]
        ),
        "num": lambda: number(rng.randint(0, rng.choice([12, 12, 100, 999]))),
        "big": lambda: number(int(10 ** rng.uniform(2, 7))),
        "digits": lambda: " ".join(rng.choice(ONES[:10]) for _ in range(rng.randint(3, 10))),
    }
    return special[slot]() if slot in special else rng.choice(SLOTS[slot])


_PATTERNS = [p for line in PATTERNS.strip().splitlines() for p in line.split("|")]


def sentence(rng: random.Random) -> str:
    """Make one sentence: a pattern with every slot filled, first letter upper case."""
    text, pattern = "", rng.choice(_PATTERNS)
    while "{" in pattern:
        before, rest = pattern.split("{", 1)
        slot, pattern = rest.split("}", 1)
        text += before + _fill(slot, rng)
    text += pattern
    start = 1 if text[0] == '"' else 0
    return text[:start] + text[start].upper() + text[start + 1 :]
