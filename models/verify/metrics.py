"""How far two arrays, two token lists or two texts are apart.

Word and character error rates are edits per reference word or character over a whole set. Texts are
judged twice: as they are, and normalised (lower case, no punctuation, single spaces).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from models.verify.outputs import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrayDifference:
    """How far an array is from its reference.

    Attributes:
        cosine: of the two as one long vector.
        worst_row: smallest cosine of a row (a frame, a token, a step).
        max_abs: largest absolute difference.
    """

    cosine: float
    worst_row: float
    max_abs: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRate:
    """Edits against the length of the reference."""

    edits: int
    n_reference: int

    @property
    def rate(self) -> float:
        """Edits per reference item; with an empty reference any edit counts as a whole."""
        return self.edits / max(1, self.n_reference)

    def __add__(self, other: ErrorRate) -> ErrorRate:
        return ErrorRate(
            edits=self.edits + other.edits, n_reference=self.n_reference + other.n_reference
        )


def compare_arrays(reference: FloatArray, found: FloatArray) -> ArrayDifference:
    """Compare two arrays of one shape, [n_rows, width]."""
    if reference.size == 0:
        return ArrayDifference(cosine=1.0, worst_row=1.0, max_abs=0.0)
    rows_a = reference.astype(np.float64)
    rows_b = found.astype(np.float64)
    dots = np.einsum("ij,ij->i", rows_a, rows_b)
    norms_a, norms_b = (np.einsum("ij,ij->i", rows, rows) for rows in (rows_a, rows_b))
    return ArrayDifference(
        cosine=float(_cosine(dots.sum(), norms_a.sum(), norms_b.sum())),
        worst_row=float(_cosine(dots, norms_a, norms_b).min()),
        max_abs=float(np.abs(rows_a - rows_b).max()),
    )


def centred(logits: FloatArray) -> FloatArray:
    """Take the mean off every row: softmax does not see it, and it would flatter the cosine."""
    result: FloatArray = logits - logits.mean(axis=1, keepdims=True)
    return result


def _cosine(dot: np.ndarray, square_a: np.ndarray, square_b: np.ndarray) -> np.ndarray:
    """Cosine from dot product and squared norms; two zero vectors agree, NaN is unrelated."""
    scale = np.sqrt(square_a * square_b)
    with np.errstate(invalid="ignore"):
        cosine = np.where(scale > 0, dot / np.where(scale > 0, scale, 1), square_a == square_b)
    result: np.ndarray = np.nan_to_num(cosine, nan=0.0)
    return result


def word_errors(reference: str, found: str, *, normalised: bool) -> ErrorRate:
    """Count word edits; languages without spaces are better judged by characters."""
    a, b = (normalise(text) if normalised else text for text in (reference, found))
    return _errors(a.split(), b.split())


def character_errors(reference: str, found: str, *, normalised: bool) -> ErrorRate:
    """Count character edits; spaces do not count."""
    a, b = (normalise(text) if normalised else text for text in (reference, found))
    return _errors("".join(a.split()), "".join(b.split()))


def sum_errors(errors: Iterable[ErrorRate]) -> ErrorRate:
    """Add up the edits of a set."""
    return sum(errors, ErrorRate(edits=0, n_reference=0))


def normalise(text: str) -> str:
    """Lower the case, drop punctuation and symbols but apostrophes in words, single the spaces."""
    lowered = unicodedata.normalize("NFKC", text).lower().replace("’", "'")
    kept = "".join(
        char if char == "'" or unicodedata.category(char)[0] in "LNM" else " " for char in lowered
    )
    return " ".join(word for word in (part.strip("'") for part in kept.split()) if word)


def _errors(reference: Sequence[str], found: Sequence[str]) -> ErrorRate:
    return ErrorRate(edits=edit_distance(reference, found), n_reference=len(reference))


def edit_distance(a: Sequence[str], b: Sequence[str]) -> int:
    """Count the insertions, deletions and substitutions between two sequences."""
    previous = list(range(len(b) + 1))
    for i, item in enumerate(a, start=1):
        current = [i]
        for j, other in enumerate(b, start=1):
            substituted = previous[j - 1] + (item != other)
            current.append(min(substituted, previous[j] + 1, current[-1] + 1))
        previous = current
    return previous[-1]
