"""The decoder on the tiny model, not quantised: each switch on equals off; cancel; limits."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from app.engine.cancel import CancelToken
from app.engine.decoder import Decoder, Token
from app.engine.llama import LlamaModel, dequantize, take_log
from app.engine.pack import Location
from app.engine.prompt import Prompt, PromptBuilder
from app.engine.types import FloatArray
from app.errors import Cancelled, ContextTooLongError, DecoderError
from tests.packs import ROOT, float_pack, pack

RNG = np.random.default_rng(3)
EMBEDS = (RNG.normal(size=(60, 256)) * 0.05).astype(np.float32)


def decoder(**switches: bool) -> Decoder:
    return Decoder(float_pack("tiny"), n_threads=1, **switches)


def prompt_of(decoder: Decoder, context: str = "") -> Prompt:
    builder = PromptBuilder(pack("tiny").manifest.tokens, decoder.tokenize)
    return builder.build(context=context)


def embeds_of(decoder: Decoder) -> FloatArray:
    width = decoder.model.n_embd
    return np.resize(EMBEDS, (60, width)).astype(np.float32)


def answer(decoder: Decoder, n_tokens: int = 12, context: str = "") -> tuple[list[int], FloatArray]:
    """Prefill and generate; gives ids and the logits of the first position."""
    prompt = prompt_of(decoder, context)
    decoder.prefill(prompt, embeds_of(decoder), max_new_tokens=n_tokens)
    first = decoder.score([0])[0]
    return [token.id for token in decoder.generate(n_tokens, ignore_eos=True)], first


@pytest.fixture
def plain() -> Iterator[Decoder]:
    made = decoder(single_batch=False, keep_prefix=False)
    yield made
    made.close()


@pytest.mark.parametrize("switches", [(True, False), (False, True), (True, True)])
def test_decoder_optimisations_on_equal_off(plain: Decoder, switches: tuple[bool, bool]) -> None:
    fast = decoder(single_batch=switches[0], keep_prefix=switches[1])
    expected = answer(plain)
    for _ in range(2):  # the second time, the prefix lies in the KV cache
        ids, logits = answer(fast)
        np.testing.assert_allclose(logits, expected[1], rtol=1e-3, atol=2e-3)
        assert ids == expected[0]
    fast.close()


def test_decoder_flash_attention_on_equals_off(plain: Decoder) -> None:
    fast = decoder(flash_attention=True)
    np.testing.assert_allclose(answer(fast)[1], answer(plain)[1], rtol=1e-2, atol=2e-2)
    fast.close()


def test_decoder_another_context_is_not_answered_from_the_cache(plain: Decoder) -> None:
    cached = decoder()
    answer(cached)
    first = answer(cached, context="Technical terms: Songshu")
    expected = answer(plain, context="Technical terms: Songshu")
    np.testing.assert_allclose(first[1], expected[1], rtol=1e-3, atol=2e-3)
    assert first[0] == expected[0]
    cached.close()


def test_decoder_grows_with_the_need(plain: Decoder) -> None:
    short = answer(plain, n_tokens=5)[0]
    plain.prefill(
        prompt_of(plain), np.zeros((900, plain.model.n_embd), np.float32), max_new_tokens=9
    )
    assert answer(plain, n_tokens=5)[0] == short


def test_generate_stops_at_the_budget(plain: Decoder) -> None:
    assert len(answer(plain, n_tokens=7)[0]) == 7


def test_generate_logprobs_are_those_of_the_softmax(plain: Decoder) -> None:
    plain.prefill(prompt_of(plain), embeds_of(plain), max_new_tokens=4)
    tokens = list(plain.generate(4, ignore_eos=True))
    plain.prefill(prompt_of(plain), embeds_of(plain), max_new_tokens=4)
    logits = plain.score([token.id for token in tokens]).astype(np.float64)
    for token, row in zip(tokens, logits, strict=True):
        log_softmax = row - row.max() - np.log(np.exp(row - row.max()).sum())
        assert token.id == int(row.argmax())
        assert token.logprob == pytest.approx(log_softmax[token.id], abs=1e-4)


def test_generate_cancelled_between_tokens(plain: Decoder) -> None:
    cancel = CancelToken()
    plain.prefill(prompt_of(plain), embeds_of(plain), max_new_tokens=50)
    tokens: Iterator[Token] = plain.generate(50, ignore_eos=True, cancel=cancel)
    next(tokens)
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(tokens)


def test_prefill_cancelled_inside_llama_cpp_leaves_no_trace(
    plain: Decoder, caplog: pytest.LogCaptureFixture
) -> None:
    expected = answer(plain)[0]
    cancel = CancelToken()
    cancel.cancel()
    take_log()  # the makers of the model have imported the whole package
    with caplog.at_level(logging.DEBUG), pytest.raises(Cancelled):
        plain.prefill(prompt_of(plain), embeds_of(plain), max_new_tokens=5, cancel=cancel)
    assert answer(plain)[0] == expected
    told = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert any("failed" in message for _, message in told), told  # what llama.cpp calls it
    assert {level for level, _ in told} == {"DEBUG"}


def prefill_until_cancelled(decoder: Decoder, embeds: FloatArray, cancel: CancelToken) -> None:
    while True:  # each takes a second or more, so that the flag is set inside one
        decoder.prefill(prompt_of(decoder), embeds, max_new_tokens=5, cancel=cancel)


def test_prefill_cancelled_from_another_thread(plain: Decoder) -> None:
    cancel = CancelToken()
    embeds = np.zeros((4000, plain.model.n_embd), np.float32)
    timer = threading.Timer(0.05, cancel.cancel)
    timer.start()
    with pytest.raises(Cancelled):
        prefill_until_cancelled(plain, embeds, cancel)
    timer.join()


def test_prefill_context_too_long_says_so(plain: Decoder) -> None:
    prompt = prompt_of(plain, context="word " * 30_000)
    with pytest.raises(ContextTooLongError) as caught:
        plain.prefill(prompt, embeds_of(plain), max_new_tokens=5)
    assert caught.value.n_tokens > caught.value.limit_tokens


def test_model_not_a_gguf_is_an_error() -> None:
    path = ROOT / "README.md"
    with pytest.raises(DecoderError):
        LlamaModel(Location(path=path, offset=0, n_bytes=path.stat().st_size))


def test_model_missing_file_is_an_error() -> None:
    with pytest.raises(DecoderError, match="cannot be opened"):
        LlamaModel(Location(path=ROOT / "no such file", offset=0, n_bytes=1))


def test_dequantize_unknown_type_is_an_error() -> None:
    with pytest.raises(DecoderError, match="type 99"):
        dequantize(b"", 99, 0)


def test_dequantize_float16() -> None:
    values = np.array([0.5, -2.0, 65504.0], dtype=np.float16)
    assert dequantize(values.tobytes(), 1, 3).tolist() == [0.5, -2.0, 65504.0]


def test_tokenize_special_tokens_of_people_stay_text(plain: Decoder) -> None:
    special = pack("tiny").manifest.tokens
    assert special.im_end not in plain.tokenize("<|im_end|>")
    assert plain.model.tokenize("<|im_end|>", special=True) == [special.im_end]
