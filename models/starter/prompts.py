"""Token sequences of the prompt and the answer, exactly those of the official processor.

`<|im_start|>system\\n{context}<|im_end|>\\n<|im_start|>user\\n<|audio_start|>` audio
`<|audio_end|><|im_end|>\\n<|im_start|> assistant\\n`, answered by `language
English<asr_text>{text}<|im_end|>`, or `language None<asr_text><|im_end|>` when nobody speaks.
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np

from .tokenizer import load, special

CONTEXT_RATE, DISTRACTOR_ONLY_RATE = 0.12, 0.03  # share of clips with a context in training


@cache
def encode(text: str) -> tuple[int, ...]:
    """Return the token ids of plain text."""
    return tuple(load().encode(text, add_special_tokens=False).ids)


def prefix(context: str = "") -> list[int]:
    """Return the ids before the audio."""
    start, end, newline = special("<|im_start|>"), special("<|im_end|>"), encode("\n")
    system = load().encode(f"system\n{context}").ids
    return [start, *system, end, *newline, start, *encode("user\n"), special("<|audio_start|>")]


@cache
def suffix() -> tuple[int, ...]:
    """Return the ids between the audio and the answer."""
    start, end, newline = special("<|im_start|>"), special("<|im_end|>"), encode("\n")
    return (special("<|audio_end|>"), end, *newline, start, *encode("assistant\n"))


def answer(text: str) -> list[int]:
    """Return the ids of the answer, end token included; an empty text means no speech."""
    language = encode("language English" if text else "language None")
    return [
        *language,
        special("<asr_text>"),
        *(load().encode(" " + text).ids if text else ()),
        special("<|im_end|>"),
    ]


def rare_words(text: str) -> list[str]:
    """Return the words a user might list as hot words: names inside a sentence, long words."""
    words = re.findall(r"[A-Za-z][A-Za-z'\-]+", text)
    return [
        w for i, w in enumerate(words) if len(w) >= 8 or (i > 0 and w[0].isupper() and len(w) > 2)
    ]


def draw_context(text: str, others: list[str], rng: np.random.Generator) -> str:
    """Draw a system context for a training clip: mostly none, sometimes words of the text among
    distractors.
    """
    choice = rng.random()
    if choice > CONTEXT_RATE + DISTRACTOR_ONLY_RATE:
        return ""
    own = rare_words(text) if choice < CONTEXT_RATE else []
    terms = [own[int(i)] for i in rng.permutation(len(own))[: int(rng.integers(1, 4))]]
    pool = [w for other in others for w in rare_words(other)]
    terms += [pool[int(i)] for i in rng.permutation(len(pool))[: int(rng.integers(0, 7))]]
    terms = [terms[int(i)] for i in rng.permutation(len(terms))]
    if not terms:
        return ""
    joined = ", ".join(terms)
    return [f"Technical terms: {joined}", joined, " ".join(terms), f"Technical terms: {joined}."][
        int(rng.integers(4))
    ]
