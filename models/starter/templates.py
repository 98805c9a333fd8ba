"""Everyday sentences from templates: what books and dictionaries lack.

Commands, dates, clock times, prices, phone numbers, small talk, dictation, names. Numbers are
always written as words, which is what the voices say and what the model is to write.
`sentence(rng)` makes one.

In: `words/<slot>.txt`, one word or phrase a line, and `words/patterns.txt`, one sentence with
{slots} a line. CRITICAL: number and order of the lines decide what a seed gives, and with it what
the published models were trained on.
"""

from __future__ import annotations

import random
import string
from functools import cache
from pathlib import Path

WORDS = Path(__file__).parent / "words"


@cache
def lines(name: str) -> list[str]:
    """Return the lines of a file of words."""
    return (WORDS / f"{name}.txt").read_text(encoding="utf-8").splitlines()


ONES, TENS = lines("ones"), lines("tens")  # zero to nineteen, twenty to ninety


def number(n: int) -> str:
    """Spell an integer from 0 to 999,999,999 in words."""
    if n < 20:
        return ONES[n]
    if n < 100:
        return TENS[n // 10 - 2] + (f"-{ONES[n % 10]}" if n % 10 else "")
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
    hour = rng.randint(1, 12)
    minute = rng.choice([0, 5, 10, 15, 20, 30, 40, 45, rng.randint(10, 59)])
    if minute == 0:
        return f"{number(hour)} o'clock"
    if minute < 10:
        return f"{ONES[minute]} past {number(hour)}"
    if minute == 15 and rng.random() < 0.5:
        return f"quarter past {number(hour)}"
    if minute == 30 and rng.random() < 0.5:
        return f"half past {number(hour)}"
    half = rng.choice(["", "", " in the morning", " p.m.", " a.m."])  # of the day
    return f"{number(hour)} {number(minute)}{half}"


def date(rng: random.Random) -> str:
    """Spell a day of a month in one of two ways."""
    months, days = lines("month"), lines("ord")
    american = f"{rng.choice(months)} {rng.choice(days)}"
    british = f"the {rng.choice(days)} of {rng.choice(months)}"
    return rng.choice([american, british])


def _fill(slot: str, rng: random.Random) -> str:
    """Return a random value of one slot."""
    special = {
        "time": lambda: clock(rng),
        "year": lambda: year(rng),
        "letter": lambda: rng.choice(string.ascii_uppercase),
        "date": lambda: date(rng),
        "num": lambda: number(rng.randint(0, rng.choice([12, 12, 100, 999]))),
        "big": lambda: number(int(10 ** rng.uniform(2, 7))),
        "digits": lambda: " ".join(rng.choice(ONES[:10]) for _ in range(rng.randint(3, 10))),
    }
    return special[slot]() if slot in special else rng.choice(lines(slot))


def sentence(rng: random.Random) -> str:
    """Make one sentence: a pattern with every slot filled, first letter upper case."""
    text, pattern = "", rng.choice(lines("patterns"))
    while "{" in pattern:
        before, rest = pattern.split("{", 1)
        slot, pattern = rest.split("}", 1)
        text += before + _fill(slot, rng)
    text += pattern
    start = 1 if text[0] == '"' else 0
    return text[:start] + text[start].upper() + text[start + 1 :]
