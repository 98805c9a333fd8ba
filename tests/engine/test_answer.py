"""How an answer ends: by the model, by its budget, or because it only repeats itself."""

from __future__ import annotations

from app.engine.clip import read_answer
from app.engine.decoder import Token
from app.engine.growing_clip import result_of
from app.engine.types import Hypothesis
from tests.packs import clips, pack

PHRASE = " the old pine tree"


def answer(text: str, *, ends: bool) -> Hypothesis:
    """Read what a model might have said."""
    decoder = clips("tiny").decoder
    ids = decoder.tokenize(text)
    if ends:
        ids = [*ids, pack("tiny").manifest.tokens.im_end]
    tokens = [Token(id=id, logprob=-0.5) for id in ids]
    return result_of(read_answer(decoder, tokens, "English")).hypothesis(0)


def test_answer_that_the_model_ends_is_whole() -> None:
    hypothesis = answer("I said" + PHRASE * 3, ends=True)
    assert hypothesis.text == "I said" + PHRASE * 3
    assert not hypothesis.truncated
    assert not hypothesis.looped


def test_answer_that_the_budget_ends_is_truncated() -> None:
    hypothesis = answer("A red squirrel hid it in" + PHRASE, ends=False)
    assert hypothesis.truncated
    assert not hypothesis.looped


def test_answer_that_the_budget_ends_in_a_loop_is_told_from_others() -> None:
    hypothesis = answer("I said" + PHRASE * 3, ends=False)
    assert hypothesis.truncated
    assert hypothesis.looped


def test_loop_is_stopped_before_the_budget_is_spent() -> None:
    hypothesis = answer("I said" + PHRASE * 100, ends=True)
    assert hypothesis.truncated
    assert hypothesis.looped
    assert len(hypothesis.token_ids) < 100
