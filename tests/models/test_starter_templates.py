"""Sentences from templates stay what the published models were trained on."""

from __future__ import annotations

import hashlib
import random
import re

import pytest

from models.starter import templates
from models.starter.texts import N_TEMPLATES, SEED

# Of all sentences that training took, joined by newlines: sha256 of what the first version gave.
TRAINED_ON = "295c0f52ddeb44b4bf0bccc082e4104e9c113ea6c130d33db7a97f12fe4f6992"


def test_seed_gives_the_sentences_of_the_published_models() -> None:
    rng = random.Random(SEED)
    made = "\n".join(templates.sentence(rng) for _ in range(N_TEMPLATES))
    assert made.startswith("Didn't you hear the dishes?\nIt is freezing in Athens.\n")
    assert hashlib.sha256(made.encode()).hexdigest() == TRAINED_ON


def test_every_slot_of_the_patterns_can_be_filled() -> None:
    slots = set(re.findall(r"\{(\w+)\}", "".join(templates.lines("patterns"))))
    assert len(slots) > 20
    for slot in slots:
        assert templates._fill(slot, random.Random(0))


def test_every_file_of_words_is_used_and_has_no_empty_line() -> None:
    patterns = "".join(templates.lines("patterns"))
    for file in templates.WORDS.glob("*.txt"):
        assert all(line.strip() == line != "" for line in templates.lines(file.stem))
        assert file.stem in ("patterns", "ones", "tens") or f"{{{file.stem}}}" in patterns


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "zero"),
        (19, "nineteen"),
        (42, "forty-two"),
        (100, "one hundred"),
        (999, "nine hundred ninety-nine"),
        (12_345, "twelve thousand three hundred forty-five"),
        (7_000_001, "seven million one"),
    ],
)
def test_numbers_are_words(value: int, words: str) -> None:
    assert templates.number(value) == words
