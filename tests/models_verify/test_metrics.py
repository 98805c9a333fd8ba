from __future__ import annotations

import numpy as np
import pytest

from models.verify.metrics import (
    centred,
    character_errors,
    compare_arrays,
    edit_distance,
    normalise,
    sum_errors,
    word_errors,
)


@pytest.mark.parametrize(
    ("a", "b", "edits"),
    [
        ("", "", 0),
        ("", "ab", 2),
        ("ab", "", 2),
        ("kitten", "sitting", 3),
        ("abc", "abc", 0),
        ("abcd", "acbd", 2),
    ],
)
def test_edit_distance_known_pairs(a: str, b: str, edits: int) -> None:
    assert edit_distance(a, b) == edits
    assert edit_distance(b, a) == edits


def test_normalise_keeps_letters_digits_and_inner_apostrophes() -> None:
    assert normalise("  Don’t — STOP, 'now'!\n42 ") == "don't stop now 42"
    assert normalise("松鼠，你好。") == "松鼠 你好"


def test_word_errors_exact_sees_what_normalised_forgives() -> None:
    assert word_errors("Hello, world", "hello world", normalised=True).edits == 0
    exact = word_errors("Hello, world", "hello world", normalised=False)
    assert (exact.edits, exact.n_reference, exact.rate) == (1, 2, 0.5)


def test_word_errors_empty_reference_counts_each_word() -> None:
    assert word_errors("", "two words", normalised=True).rate == 2.0


def test_character_errors_ignore_spaces() -> None:
    assert character_errors("松鼠 你好", "松 鼠你好", normalised=True).edits == 0
    assert character_errors("松鼠你好", "松树你好", normalised=True).rate == 0.25


def test_sum_errors_weighs_by_length() -> None:
    total = sum_errors(
        [
            word_errors("a b c d", "a b c d", normalised=True),
            word_errors("e", "f", normalised=True),
        ]
    )
    assert total.rate == 0.2


def test_compare_arrays_equal() -> None:
    rows = np.arange(12, dtype=np.float32).reshape(3, 4)
    found = compare_arrays(rows, rows)
    assert found.cosine == pytest.approx(1.0, abs=1e-15)
    assert found.max_abs == 0.0


def test_compare_arrays_one_bad_row_shows_in_worst_row() -> None:
    rows = np.ones((100, 4), dtype=np.float32)
    spoiled = rows.copy()
    spoiled[7] = (1, -1, 1, -1)
    found = compare_arrays(rows, spoiled)
    assert found.worst_row == pytest.approx(0.0, abs=1e-12)
    assert found.cosine > 0.98
    assert found.max_abs == 2.0


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_compare_arrays_not_finite_is_no_agreement(value: float) -> None:
    rows = np.ones((2, 3), dtype=np.float32)
    spoiled = rows.copy()
    spoiled[0, 0] = value
    assert compare_arrays(rows, spoiled).cosine == 0.0


def test_compare_arrays_zero_rows() -> None:
    zeros = np.zeros((2, 3), dtype=np.float32)
    assert compare_arrays(zeros, zeros).worst_row == 1.0
    assert compare_arrays(zeros, zeros + 1).worst_row == 0.0
    assert compare_arrays(zeros[:0], zeros[:0]).cosine == 1.0


def test_centred_takes_off_what_softmax_does_not_see() -> None:
    logits = np.array([[1, 2, 3]], dtype=np.float32)
    np.testing.assert_array_equal(centred(logits), centred(logits + 100))
