"""The event by which macOS opens files; Qt can make it on any system."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from app.gui.system.file_open import FileOpenFilter


@pytest.fixture
def opened(qapp: QApplication) -> Iterator[list[list[Path]]]:
    opener = FileOpenFilter(qapp)
    got: list[list[Path]] = []
    opener.files_opened.connect(got.append)
    yield got
    qapp.removeEventFilter(opener)
    opener.deleteLater()


def test_file_is_opened(qapp: QApplication, opened: list[list[Path]], tmp_path: Path) -> None:
    recording = tmp_path / "会议 1.wav"
    assert QApplication.sendEvent(qapp, QFileOpenEvent(str(recording)))
    assert opened == [[recording]]


def test_web_address_is_left_alone(qapp: QApplication, opened: list[list[Path]]) -> None:
    QApplication.sendEvent(qapp, QFileOpenEvent(QUrl("https://example.org/a.wav")))
    assert opened == []


def test_other_events_pass(qapp: QApplication, opened: list[list[Path]]) -> None:
    QApplication.sendEvent(qapp, QEvent(QEvent.Type.User))
    assert opened == []
