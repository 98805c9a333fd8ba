"""Context: what the model is told, and how hot words are read."""

from __future__ import annotations

import pytest

from app.text.context import MAX_WORDS, build_context, format_hot_words, parse_hot_words


@pytest.mark.parametrize(
    ("context", "words", "built"),
    [
        ("", [], ""),
        (" About squirrels. \n", [], "About squirrels."),
        ("", ["Songshu", "松鼠"], "Technical terms: Songshu, 松鼠"),
        ("About squirrels.", ["A", "B", "C"], "About squirrels.\nTechnical terms: A, B, C"),
        ("", ["a", " A ", "", "b"], "Technical terms: a, b"),
    ],
)
def test_context_is_built(context: str, words: list[str], built: str) -> None:
    assert build_context(context, words) == built


def test_hot_words_are_one_a_line_or_between_commas() -> None:
    text = "\ufeff# names\nSongshu\r\n\n  Qwen3  ASR \nA, B，C、D;E\n  # no\nC# and F#\n"
    assert parse_hot_words(text).words == (
        "Songshu", "Qwen3 ASR", "A", "B", "C", "D", "E", "C# and F#",
    )  # fmt: skip


def test_hot_words_have_no_repeats() -> None:
    assert parse_hot_words("Straße\nQwen\nqwen\nSTRASSE").words == ("Straße", "Qwen")


def test_hot_words_have_limits() -> None:
    listed = parse_hot_words("x" * 81 + "\n" + "\n".join(f"word {i}" for i in range(MAX_WORDS + 3)))
    assert listed.too_long == ("x" * 81,)
    assert (len(listed.words), listed.n_over) == (MAX_WORDS, 3)
    assert listed.words[0] == "word 0"


def test_hot_words_round_trip() -> None:
    words = ("Songshu", "松鼠", "C#")
    assert parse_hot_words(format_hot_words(words)).words == words
    assert format_hot_words(()) == ""
