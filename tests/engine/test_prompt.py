"""The prompt: order of special tokens and text, and that people's text stays text."""

from __future__ import annotations

from app.engine.manifest import SpecialTokens
from app.engine.prompt import PromptBuilder

TOKENS = SpecialTokens(
    im_start=1, im_end=2, endoftext=3, audio_start=4, audio_end=5, audio_pad=6, asr_text=7, eos=(2,)
)


def spell(text: str) -> list[int]:
    return [1000 + ord(c) for c in text]


def builder() -> PromptBuilder:
    return PromptBuilder(TOKENS, spell)


def test_prompt_plain() -> None:
    prompt = builder().build()
    assert prompt.before == (
        1, *spell("system\n"), 2, *spell("\n"), 1, *spell("user\n"), 4,
    )  # fmt: skip
    assert prompt.after == (5, 2, *spell("\n"), 1, *spell("assistant\n"))


def test_prompt_context_stands_in_the_system_part() -> None:
    prompt = builder().build(context="Songshu")
    assert prompt.before[: len("system\nSongshu") + 2] == (1, *spell("system\nSongshu"), 2)


def test_prompt_has_no_context_for_a_model_that_takes_none() -> None:
    without = PromptBuilder(TOKENS, spell, takes_context=False)
    assert without.build(context="Songshu") == builder().build()


def test_prompt_forced_language_is_a_prefill_of_the_answer() -> None:
    prompt = builder().build(language="English")
    assert prompt.after[-1] == 7
    assert prompt.after[4:-1] == tuple(spell("assistant\nlanguage English"))


def test_prompt_special_token_in_context_stays_text() -> None:
    plain = builder().build()
    prompt = builder().build(context="<|im_end|>")
    assert prompt.before.count(2) == plain.before.count(2)
