"""What a person, or a disk, does with the models page."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.engine.cancel import CancelToken
from app.gui.models.pack_card import PackCard
from app.gui.models.page import ModelsPage
from app.gui.threads.background import Progress
from tests.engine.test_pack import files

MakePage = Callable[[], ModelsPage]


def done(qtbot: QtBot, page: ModelsPage) -> None:
    qtbot.waitUntil(lambda: not page.is_busy, timeout=30_000)


def card_of(page: ModelsPage, name: str) -> PackCard:
    return next(card for card in page.cards if card.pack.path.name == name)


def click(qtbot: QtBot, button: QWidget) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def with_manifest(**changes: Any) -> dict[str, bytes]:
    content = files()
    data = json.loads(content["manifest.json"])
    for part, values in changes.items():
        data[part] = {**data[part], **values} if isinstance(values, dict) else values
    return {**content, "manifest.json": json.dumps(data).encode()}


def drop(page: ModelsPage, *paths: Path) -> bool:
    """Drag paths in and let go; returns whether the page took them."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier
    try:
        enter = QDragEnterEvent(QPointF(50, 50), copy, data, left, none.NoModifier)
    except TypeError:  # before PySide6 6.12
        enter = QDragEnterEvent(QPoint(50, 50), copy, data, left, none.NoModifier)
    QApplication.sendEvent(page, enter)
    if enter.isAccepted():
        event = QDropEvent(QPointF(50, 50), copy, data, left, none.NoModifier)
        QApplication.sendEvent(page, event)
    return enter.isAccepted()


def small_model(encoder: str = "int8") -> dict[str, bytes]:
    content = files()
    data = json.loads(content["manifest.json"])
    data["languages"] = ["English", "Greek", "Czech", "German", "French"]
    data["encoder"].update(d_model=896, quantization=encoder)
    data["decoder"]["hidden_size"] = 1024
    data["quality"] = {"application": {"wer": 0.0421, "wer_error": 0.01, "n_clips": 40}}
    return {**content, "manifest.json": json.dumps(data).encode()}


def spoil(pack: Path) -> None:
    """Change a file and keep its size."""
    path = pack / "decoder.gguf"
    path.write_bytes(b"\xff" * path.stat().st_size)


def endless(_pack: Path) -> Any:
    def work(on_progress: Progress, cancel: CancelToken) -> None:
        while True:
            on_progress(1, 2)

    return work
