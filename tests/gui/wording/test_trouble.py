"""Every trouble is told in the language of the window: what happened and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app import errors
from app.gui.translation import Translations
from app.gui.wording.trouble import describe_trouble

FILE = Path("/somewhere/songshu.db")
TROUBLES: list[errors.SongshuError] = [
    errors.NoMicrophoneError("none"),
    errors.MicrophoneError("Webcam", "busy"),
    errors.AlreadyRecordingError(),
    errors.RecordingFullError(FILE),
    errors.RecordingWriteError(FILE, "gone"),
    errors.HotkeyError("Ctrl+J", "why"),
    errors.HotkeyTakenError("Ctrl+J"),
    errors.KeyboardError("why"),
    errors.TypingError("why"),
    errors.AutostartError("place", "why"),
    errors.DictationError("why"),
    errors.StoreFullError(FILE),
    errors.StoreFolderError(FILE, "why"),
    errors.StoreReadOnlyError(FILE),
    errors.StoreBusyError(FILE),
    errors.StoreReadError(FILE, "why"),
    errors.StoreCorruptError(FILE, "why"),
    errors.StoreTooNewError(FILE, 9, 1),
    errors.ItemNotFoundError(FILE, 7),
    errors.LineNotFoundError(FILE, 7),
    errors.OutputWriteError(FILE, "why"),
    errors.NoModelError(),
    errors.EngineError("why"),
]


@pytest.fixture
def chinese(qapp: QApplication) -> Iterator[None]:
    translations = Translations(qapp)
    translations.use("zh_CN")
    yield
    translations.use("en")


@pytest.mark.parametrize("error", TROUBLES, ids=lambda error: type(error).__name__)
def test_every_trouble_is_translated(chinese: None, error: errors.SongshuError) -> None:
    text = describe_trouble(error)
    assert re.search(r"[一-鿿]", text), text
    assert "{" not in text


def test_facts_are_in_the_sentence(qapp: QApplication) -> None:
    assert "Ctrl+J" in describe_trouble(errors.HotkeyTakenError("Ctrl+J"))
    assert "songshu.db cannot be written (full)" in describe_trouble(
        errors.OutputWriteError(FILE, "full")
    )
    assert "--toggle" in describe_trouble(errors.KeyboardError("there is no screen"))


def test_families_are_complete() -> None:
    """A new error of these families needs words of its own, or is told as its parent."""
    told = {type(error) for error in TROUBLES}
    for family in (errors.RecordingError, errors.DictationError, errors.StoreError):
        assert set(family.__subclasses__()) <= told
