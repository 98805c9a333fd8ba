"""Every drawing is valid, tinted by the palette, and crisp at fractional scales."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPalette

from app.gui.widgets.icons import icon, icon_names

DARK = QColor("#e0e1e2")


@pytest.fixture
def palette(qapp: QGuiApplication) -> Iterator[QPalette]:
    """Give the application's palette to change, and put it back afterwards."""
    before = QGuiApplication.palette()
    yield QPalette(before)
    QGuiApplication.setPalette(before)


def inks(shown: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal) -> set[str]:
    """Return the colours of the opaque pixels."""
    image = shown.pixmap(QSize(32, 32), 1.0, mode).toImage()
    colors = [image.pixelColor(x, y) for x in range(32) for y in range(32)]
    return {color.name() for color in colors if color.alpha() == 255}


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("name", icon_names())
def test_every_drawing_shows_one_color(name: str) -> None:
    assert len(inks(icon(name))) == 1


def test_icon_follows_a_palette_that_changes_later(palette: QPalette) -> None:
    shown = icon("play")
    palette.setColor(QPalette.ColorRole.ButtonText, DARK)
    QGuiApplication.setPalette(palette)
    assert inks(shown) == {DARK.name()}


def test_disabled_icon_takes_the_disabled_color(palette: QPalette) -> None:
    palette.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText, QColor("#808182"))
    QGuiApplication.setPalette(palette)
    assert inks(icon("play"), QIcon.Mode.Disabled) == {"#808182"}


@pytest.mark.usefixtures("qapp")
def test_pixmap_has_as_many_pixels_as_the_scale_asks_for() -> None:
    pixmap = icon("play").pixmap(QSize(20, 20), 1.5)
    assert pixmap.size() == QSize(30, 30)
    assert pixmap.devicePixelRatio() == 1.5


@pytest.mark.usefixtures("qapp")
def test_detached_copies_survive_the_collector() -> None:
    for _ in range(20):
        copy = QIcon(icon("pause"))
        copy.setIsMask(True)  # detaches: the engine is cloned
    gc.collect()
    assert not copy.pixmap(16, 16).isNull()


@pytest.mark.usefixtures("qapp")
def test_unknown_name_lists_what_there_is() -> None:
    with pytest.raises(FileNotFoundError, match="play"):
        icon("no such drawing")
