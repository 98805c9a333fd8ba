"""Icons: our own drawings in one colour, tinted by the palette at the moment they are painted.

In: ``resources/icons/<name>.svg``, 24 × 24 units, drawn in any opaque colour. Out: a ``QIcon`` that
is crisp at every size and scale and follows dark, light, disabled and selected by itself, so that
nobody has to set icons again when the theme changes.

New drawings: stroke width 2, round caps and joins, no fill unless the shape is a solid, 2 units of
margin, one file per icon; nothing else has to be registered.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer

FOLDER = Path(__file__).parent.parent / "resources" / "icons"
_clones: list[QIconEngine] = []  # C++ owns a clone, but PySide would collect it with its wrapper


def icon(name: str, palette_role: QPalette.ColorRole = QPalette.ColorRole.ButtonText) -> QIcon:
    """Return an icon that takes its colour from the application's palette.

    Args:
        name: of a file in ``resources/icons``, without ``.svg``.
        palette_role: which colour of the palette: ButtonText, or Highlight for an accent.

    Raises:
        FileNotFoundError: there is no such drawing; our own bug.
    """
    _drawing(name)
    return QIcon(_TintedDrawing(name, palette_role))


def icon_names() -> list[str]:
    """Return the names of all drawings."""
    return sorted(path.stem for path in FOLDER.glob("*.svg"))


@cache
def _drawing(name: str) -> QSvgRenderer:
    path = FOLDER / f"{name}.svg"
    if not path.is_file():
        raise FileNotFoundError(f"no icon {name!r}; there are {', '.join(icon_names())}")
    return QSvgRenderer(str(path))


class _TintedDrawing(QIconEngine):
    """Paints one drawing in the palette's colour of now."""

    def __init__(self, name: str, role: QPalette.ColorRole) -> None:
        super().__init__()
        self._name = name
        self._role = role

    def clone(self) -> QIconEngine:
        copy = _TintedDrawing(self._name, self._role)
        _clones.append(copy)
        return copy

    def paint(
        self,
        painter: QPainter,
        rect: QRect,
        mode: QIcon.Mode,
        state: QIcon.State,
    ) -> None:
        scale = painter.device().devicePixelRatioF()
        pixmap = self.pixmap(rect.size() * scale, mode, state)
        pixmap.setDevicePixelRatio(scale)
        painter.drawPixmap(rect.topLeft(), pixmap)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        side = min(size.width(), size.height())
        corner = QPoint((size.width() - side) // 2, (size.height() - side) // 2)
        _drawing(self._name).render(painter, QRectF(corner, QSize(side, side)))
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
        painter.fillRect(pixmap.rect(), self._color(mode))
        painter.end()
        return pixmap

    def _color(self, mode: QIcon.Mode) -> QColor:
        palette = QGuiApplication.palette()
        if mode == QIcon.Mode.Disabled:
            return palette.color(QPalette.ColorGroup.Disabled, self._role)
        if mode == QIcon.Mode.Selected:
            return palette.color(QPalette.ColorRole.HighlightedText)
        return palette.color(QPalette.ColorGroup.Active, self._role)
