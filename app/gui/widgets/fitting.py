"""How large a window opens: as large as it is meant, but never larger than its screen.

A screen of 1920 × 1080 pixels at 200 % has room for 960 × 540: less than most windows are made for.
"""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

FRAME = QSize(8, 40)  # what a window manager puts around a window, in pixels


def fit(window: QWidget, wanted: QSize, least: QSize) -> None:
    """Give a window its size and its least size.

    Args:
        window: not yet shown.
        wanted: the size it is made for.
        least: below, its contents would not be usable; a screen may leave no choice.
    """
    room = window.screen().availableGeometry().size() - FRAME
    window.setMinimumSize(least.boundedTo(room))
    window.resize(wanted.boundedTo(room))
