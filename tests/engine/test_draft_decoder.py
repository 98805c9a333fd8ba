"""Decoding growing audio: what is saved changes nothing, and what is kept is right.

On the tiny model without quantisation, where batches of any size round almost alike.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from app.engine.cancel import CancelToken
from app.engine.decoder import Decoder, Token
from app.engine.draft import Draft
from app.engine.draft_decoder import DraftDecoder, Judge
from app.engine.hot_words import HotWordBias, HotWordTree
from app.engine.prompt import Prompt, PromptBuilder
from app.engine.types import FloatArray
from app.errors import Cancelled, ContextTooLongError
from tests.packs import float_pack, pack

RNG = np.random.default_rng(11)
SOUND = (RNG.normal(size=(160, 256)) * 0.05).astype(np.float32)
N_NEW = 24


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    made = Decoder(float_pack("tiny"), n_threads=1)
    yield made
    made.close()


def growing(decoder: Decoder, *, keep_prefix: bool = True, n_outputs: int = 16) -> DraftDecoder:
    return DraftDecoder(decoder, n_audio_tokens=200, keep_prefix=keep_prefix, n_outputs=n_outputs)


def prompt_of(decoder: Decoder, context: str = "") -> Prompt:
    return PromptBuilder(pack("tiny").manifest.tokens, decoder.tokenize).build(context=context)


def expected(decoder: Decoder, sound: FloatArray, context: str = "") -> list[Token]:
    decoder.prefill(prompt_of(decoder, context), sound, max_new_tokens=N_NEW)
    return list(decoder.generate(N_NEW))


def answer(
    fast: DraftDecoder,
    decoder: Decoder,
    sound: FloatArray,
    draft: Draft | None = None,
    context: str = "",
    is_final: bool = True,
) -> list[Token]:
    prompt = prompt_of(decoder, context)
    draft = draft or Draft()
    return list(fast.answer(prompt, sound, draft, max_new_tokens=N_NEW, is_final=is_final))


def assert_same(found: list[Token], wanted: list[Token]) -> None:
    assert [token.id for token in found] == [token.id for token in wanted]
    logprobs = [token.logprob for token in wanted]
    assert [token.logprob for token in found] == pytest.approx(logprobs, abs=5e-3)


@pytest.mark.parametrize("is_final", [False, True])
@pytest.mark.parametrize(("keep_prefix", "n_outputs"), [(0, 1), (1, 1), (0, 16), (1, 16), (1, 3)])
def test_answer_to_growing_sound_equals_the_decoders(
    decoder: Decoder, keep_prefix: bool, n_outputs: int, is_final: bool
) -> None:
    fast = growing(decoder, keep_prefix=keep_prefix, n_outputs=n_outputs)
    said: list[int] = []
    for n in (40, 90, 91, 160):
        found = answer(fast, decoder, SOUND[:n], Draft(said), is_final=is_final)
        assert_same(found, expected(decoder, SOUND[:n]))
        said = [token.id for token in found if not decoder.is_end(token.id)]
    fast.close()


def test_answer_from_a_right_draft_takes_one_call(decoder: Decoder) -> None:
    fast = growing(decoder, n_outputs=N_NEW + 1)
    first = answer(fast, decoder, SOUND)
    said = [token.id for token in first if not decoder.is_end(token.id)]
    before = fast.work
    assert_same(answer(fast, decoder, SOUND, Draft(said), is_final=False), first)
    assert fast.work.n_calls - before.n_calls == 1
    assert fast.work.n_accepted - before.n_accepted >= len(said) - 1
    fast.close()


@pytest.mark.parametrize("wrong_at", [0, 5, 11])
def test_answer_a_wrong_draft_is_harmless(decoder: Decoder, wrong_at: int) -> None:
    fast = growing(decoder)
    wanted = expected(decoder, SOUND)
    draft = [token.id for token in wanted]
    draft[wrong_at] = (draft[wrong_at] + 1) % 500
    assert_same(answer(fast, decoder, SOUND, Draft(draft)), wanted)
    assert_same(answer(fast, decoder, SOUND, Draft([7] * 40)), wanted)
    fast.close()


def test_answer_computes_only_what_follows_the_first_change(decoder: Decoder) -> None:
    fast = growing(decoder)
    prompt = prompt_of(decoder)
    answer(fast, decoder, SOUND[:120])
    changed = SOUND[:160].copy()
    changed[80:] *= 0.9
    before = fast.work
    found = answer(fast, decoder, changed)
    n_heard = 160 - 80 + len(prompt.after)
    assert fast.work.n_kept - before.n_kept == len(prompt.before) + 80
    assert fast.work.n_computed - before.n_computed == n_heard + len(found) - 1
    assert_same(found, expected(decoder, changed))
    fast.close()


def test_answer_keeps_what_was_computed_in_batches_of_the_same_kind(decoder: Decoder) -> None:
    """Below 64 rows llama.cpp sums in another order; the last 64 are always computed together."""
    fast = growing(decoder)
    prompt = prompt_of(decoder)
    n_before, n_after = len(prompt.before), len(prompt.after)
    kept = []
    for n in (30, 34, 100, 101, 40):
        before = fast.work.n_kept
        answer(fast, decoder, SOUND[:n])
        kept.append(fast.work.n_kept - before)
    n_far = 101 + n_after - 64
    assert kept == [0, n_before + 28, 0, n_before + n_far - n_far % 4, n_before]
    fast.close()


def close_call(lead: float) -> FloatArray:
    logits = np.linspace(-5, 0, 50, dtype=np.float32)
    logits[7] = lead
    return logits


@pytest.mark.parametrize(("lead", "clear"), [(0.0, False), (0.4, False), (0.6, True), (9.0, True)])
def test_is_clear_asks_for_a_lead(lead: float, clear: bool) -> None:
    logits = close_call(lead)
    before = logits.copy()
    assert Judge().is_clear(logits, None) is clear
    np.testing.assert_array_equal(logits, before)


@pytest.mark.parametrize(("lead", "clear"), [(4.0, False), (5.0, True)])
def test_is_clear_asks_for_more_than_a_bonus(lead: float, clear: bool) -> None:
    tree = HotWordTree(["word"], lambda text: [1, 2])
    assert Judge().is_clear(close_call(lead), HotWordBias(tree, None)) is clear


def test_answer_a_close_call_is_computed_token_by_token(decoder: Decoder) -> None:
    """The tiny model is seldom sure of noise."""
    fast = growing(decoder)
    wanted = expected(decoder, SOUND)
    draft = [token.id for token in wanted]
    assert_same(answer(fast, decoder, SOUND, Draft(draft)), wanted)
    assert fast.work.n_repeated > 0
    repeated = fast.work.n_repeated
    assert_same(answer(fast, decoder, SOUND, Draft(draft), is_final=False), wanted)
    assert fast.work.n_repeated == repeated
    fast.close()


def test_answer_another_context_is_not_answered_from_the_cache(decoder: Decoder) -> None:
    fast = growing(decoder)
    answer(fast, decoder, SOUND)
    context = "Technical terms: Songshu"
    assert_same(
        answer(fast, decoder, SOUND, context=context), expected(decoder, SOUND, context=context)
    )
    fast.close()


def test_answer_shorter_sound_after_longer(decoder: Decoder) -> None:
    fast = growing(decoder)
    answer(fast, decoder, SOUND)
    for n in (50, 0):
        assert_same(answer(fast, decoder, SOUND[:n]), expected(decoder, SOUND[:n]))
    fast.close()


def test_answer_given_up_in_the_middle_leaves_no_trace(decoder: Decoder) -> None:
    fast = growing(decoder)
    tokens = fast.answer(prompt_of(decoder), SOUND, Draft(), max_new_tokens=N_NEW)
    next(tokens)
    next(tokens)
    assert_same(answer(fast, decoder, SOUND), expected(decoder, SOUND))
    fast.close()


def test_answer_cancelled_leaves_no_trace(decoder: Decoder) -> None:
    fast = growing(decoder)
    answer(fast, decoder, SOUND[:60])
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        list(
            fast.answer(
                prompt_of(decoder), SOUND, Draft([1, 2]), max_new_tokens=N_NEW, cancel=cancel
            )
        )
    assert_same(answer(fast, decoder, SOUND), expected(decoder, SOUND))
    fast.close()


def test_answer_cancelled_between_tokens(decoder: Decoder) -> None:
    fast = growing(decoder, n_outputs=1)
    cancel = CancelToken()
    tokens = fast.answer(prompt_of(decoder), SOUND, Draft(), max_new_tokens=N_NEW, cancel=cancel)
    next(tokens)
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(tokens)
    fast.close()


def test_answer_a_file_between_two_steps_changes_nothing(decoder: Decoder) -> None:
    fast = growing(decoder)
    first = answer(fast, decoder, SOUND)
    expected(decoder, SOUND[50:])  # uses the other KV cache
    said = [token.id for token in first]
    before = fast.work
    found = answer(fast, decoder, SOUND, Draft(said))
    assert fast.work.n_kept - before.n_kept >= 96
    assert_same(found, first)
    fast.close()


def test_answer_longer_than_was_expected(decoder: Decoder) -> None:
    fast = DraftDecoder(decoder, n_audio_tokens=10)
    for n in (20, 160):
        assert_same(answer(fast, decoder, SOUND[:n]), expected(decoder, SOUND[:n]))
    long = np.resize(SOUND, (1000, 256))
    assert_same(answer(fast, decoder, long), expected(decoder, long))
    fast.close()


def test_answer_without_an_embedding_table(decoder: Decoder) -> None:
    plain = Decoder(float_pack("tiny"), n_threads=1, single_batch=False)
    fast = growing(plain)
    said: list[int] = []
    for n in (40, 120):
        found = answer(fast, plain, SOUND[:n], Draft(said))
        assert_same(found, expected(decoder, SOUND[:n]))
        said = [token.id for token in found]
    fast.close()
    plain.close()


def test_answer_context_too_long_says_so(decoder: Decoder) -> None:
    fast = growing(decoder)
    with pytest.raises(ContextTooLongError):
        answer(fast, decoder, SOUND, context="word " * 30_000)
    assert_same(answer(fast, decoder, SOUND), expected(decoder, SOUND))
    fast.close()
