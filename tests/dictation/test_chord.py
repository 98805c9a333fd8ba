"""Chords read and write themselves, and say what speaks against them."""

from __future__ import annotations

import pytest

from app.dictation.chord import CHARACTERS, COMMON, NAMED_KEYS, Chord, Trouble, trouble
from app.errors import HotkeyError


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("F9", "F9"),
        ("Alt+Ctrl+Space", "Ctrl+Alt+Space"),
        ("meta+x".replace("meta", "Meta"), "Meta+X"),
        ("Shift + F12", "Shift+F12"),
        ("Ctrl+-", "Ctrl+-"),
    ],
)
def test_parse_and_write(text: str, written: str) -> None:
    assert str(Chord.parse(text)) == written
    assert Chord.parse(written) == Chord.parse(text)


@pytest.mark.parametrize("text", ["", "Ctrl", "Ctrl+", "Hyper+A", "F25", "ß", "Ctrl+AB"])
def test_no_chord(text: str) -> None:
    with pytest.raises(HotkeyError) as raised:
        Chord.parse(text)
    assert isinstance(raised.value, ValueError)


@pytest.mark.parametrize("key", [*NAMED_KEYS, *CHARACTERS])
def test_every_key_survives(key: str) -> None:
    chord = Chord(key, frozenset({"Ctrl", "Shift"}))
    assert Chord.parse(str(chord)) == chord


@pytest.mark.parametrize("text", COMMON)
def test_common_chords_are_chords(text: str) -> None:
    assert str(Chord.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "kind", "with_what"),
    [
        ("F9", Trouble.NONE, ""),
        ("Ctrl+Alt+Space", Trouble.NONE, ""),
        ("A", Trouble.TYPES, "A"),
        ("Shift+A", Trouble.TYPES, "A"),
        ("Space", Trouble.TYPES, "Space"),
        ("Return", Trouble.TYPES, "Return"),
        ("Ctrl+C", Trouble.COMMON, "copy"),
        ("F1", Trouble.COMMON, "help"),
        ("F8", Trouble.TWICE, "again"),
    ],
)
def test_trouble(text: str, kind: Trouble, with_what: str) -> None:
    assert trouble(Chord.parse(text), {"again": "F8", "toggle": ""}) == (kind, with_what)
