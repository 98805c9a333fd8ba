"""How sure a measured word error rate is."""

from __future__ import annotations

import pytest

from models.quality import standard_error
from models.verify.metrics import ErrorRate


def rate(edits: int, n_reference: int = 10) -> ErrorRate:
    return ErrorRate(edits=edits, n_reference=n_reference)


def test_standard_error_of_like_clips_is_nothing() -> None:
    assert standard_error([rate(2)] * 5) == pytest.approx(0)


def test_standard_error_is_that_of_the_mean_where_clips_are_equally_long() -> None:
    """Rates 0.0, 0.2, 0.4: deviation 0.2, over three clips 0.2 / sqrt(3)."""
    assert standard_error([rate(0), rate(2), rate(4)]) == pytest.approx(0.2 / 3**0.5)


def test_standard_error_falls_with_the_number_of_clips() -> None:
    few, many = [rate(0), rate(4)] * 2, [rate(0), rate(4)] * 50
    assert standard_error(many) < standard_error(few) / 4
