"""Word error rate after normalisation (case, punctuation, contractions, spelled numbers made
equal).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np


@cache
def _normalizer() -> Any:
    from transformers.models.whisper.english_normalizer import EnglishTextNormalizer

    return EnglishTextNormalizer({})


def words(text: str) -> list[str]:
    """Return the normalised words of a text (Whisper's English normaliser without its British
    spellings).
    """
    return str(_normalizer()(text.replace("-", " "))).split()


def errors(reference: str, hypothesis: str) -> tuple[int, int]:
    """Return (word edits, reference words)."""
    a, b = words(reference), words(hypothesis)
    row = np.arange(len(b) + 1)
    for i, word in enumerate(a, 1):
        previous, row = row, np.empty_like(row)
        row[0] = i
        for j, other in enumerate(b, 1):
            row[j] = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (word != other))
    return int(row[-1]), len(a)


def rate(pairs: list[tuple[str, str]]) -> float:
    """Return the word error rate of (reference, hypothesis) pairs taken together."""
    counts = [errors(reference, hypothesis) for reference, hypothesis in pairs]
    return sum(e for e, _ in counts) / max(1, sum(n for _, n in counts))
