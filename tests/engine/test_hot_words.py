"""Hot words: the tree of tokens and what it does to the choice of the next one."""

from __future__ import annotations

import numpy as np
import pytest

from app.engine.hot_words import FIRST_NATS, NEXT_NATS, HotWordBias, HotWordTree
from app.engine.types import FloatArray

ANCHOR = 0  # stands for <asr_text>


def characters(text: str) -> list[int]:
    """Split into one token a character: code points."""
    return [ord(character) for character in text]


def logits(**values: float) -> FloatArray:
    row = np.full(0x10000, -100.0, dtype=np.float32)
    for character, value in values.items():
        row[ord({"space": " ", "dot": "."}.get(character, character))] = value
    return row


def bias(*words: str, text: str = "", follows: int | None = None) -> HotWordBias:
    made = HotWordBias(HotWordTree(words, characters), follows)
    for token_id in characters(text):
        made.take(token_id)
    return made


def test_next_token_of_a_begun_word_gets_the_large_bonus() -> None:
    begun = bias("Tanzt", text="she said Ta")
    assert begun.pick(logits(m=0.0, n=0.1 - NEXT_NATS)) == ord("n")
    assert begun.pick(logits(m=0.0, n=-0.1 - NEXT_NATS)) == ord("m")


def test_first_token_gets_the_small_bonus() -> None:
    fresh = bias("松鼠", text="the")
    row = logits(o=0.0)
    row[ord("松")] = 0.1 - FIRST_NATS
    assert fresh.pick(row) == ord("松")
    row[ord("松")] = -0.1 - FIRST_NATS
    assert fresh.pick(row) == ord("o")


def test_word_is_begun_only_by_its_own_beginning() -> None:
    inside = bias("anzt", text="T")  # "Tanzt" holds it, but does not begin with it
    assert inside.pick(logits(o=0.0, a=-0.5 * FIRST_NATS)) == ord("o")


@pytest.mark.parametrize("text", ["", "she said "])
def test_text_begins_with_the_word_or_its_capital(text: str) -> None:
    word = bias("squirrel", text=text[:-1] if text else "")
    wanted = "S" if not text else " "
    row = logits(o=0.0)
    row[ord(wanted)] = -0.5 * FIRST_NATS
    assert word.pick(row) == ord(wanted)


def test_capital_is_not_wanted_in_the_middle() -> None:
    middle = bias("squirrel", text="The ")
    assert middle.pick(logits(o=0.0, S=-0.5 * FIRST_NATS)) == ord("o")


def test_words_follow_the_begun_word_over_spaces() -> None:
    begun = bias("New York", text="in New")
    row = logits(o=0.0)
    row[ord(" ")] = 0.5 - NEXT_NATS
    assert begun.pick(row) == ord(" ")


def test_word_that_does_not_go_on_is_forgotten() -> None:
    left = bias("Tanzt", text="she said Tam")
    assert left.pick(logits(o=0.0, n=0.5 - NEXT_NATS, z=0.5 - NEXT_NATS)) == ord("o")


def test_chinese_words_begin_anywhere() -> None:
    text = bias("松鼠", text="我看见")
    row = logits(o=0.0)
    row[ord("松")] = -0.5 * FIRST_NATS
    assert text.pick(row) == ord("松")


def test_nothing_is_changed_before_the_text() -> None:
    row = logits(l=0.0)
    row[ord("S")] = -0.5 * FIRST_NATS
    waiting = bias("Squirrel", follows=ANCHOR)
    assert waiting.pick(row) == ord("l")
    waiting.take(ANCHOR)
    assert waiting.pick(row) == ord("S")


def test_what_the_model_is_sure_of_stays() -> None:
    begun = bias("Tanzt", text="she said T")
    assert begun.pick(logits(o=0.0, a=-0.1 - NEXT_NATS)) == ord("o")


def test_logits_are_not_changed() -> None:
    row = logits(o=0.0, T=-0.5)
    before = row.copy()
    bias("Tanzt").pick(row)
    np.testing.assert_array_equal(row, before)


def test_empty_words_make_an_empty_tree() -> None:
    assert not HotWordTree(["", "  "], characters)
    assert HotWordTree(["a"], characters)
