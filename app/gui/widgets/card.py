"""Small parts that settings, models and export share: cards, messages, quiet labels."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QLocale, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPalette, QPen, QPixmap
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QWidget

from app.gui.widgets.icons import icon
from app.gui.widgets.style import GRID, colors_of

_RADIUS = 10
_ICON = QSize(18, 18)


class Card(QFrame):
    """A rounded ground in the colours of the theme; ``lit`` gives it an accent."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lit = False

    @property
    def is_lit(self) -> bool:
        """Whether it has the accent."""
        return self._lit

    def set_lit(self, lit: bool) -> None:
        """Give it the accent or take it."""
        self._lit = lit
        self.update()

    def look(self) -> tuple[QPen, QColor, int]:
        """Give its frame, its ground and the radius of its corners in pixels."""
        colors = colors_of(self)
        frame = QPen(QColor(colors.accent if self._lit else colors.border), 1.5)
        return frame, QColor(colors.surface), _RADIUS

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the ground."""
        frame, ground, radius = self.look()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(frame)
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)
        painter.end()


class Message(QWidget):
    """A sign and a sentence: what happened, what to do. Hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = ""
        self._sign = QLabel()
        self._label = QLabel()
        self._label.setWordWrap(True)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._label, 1)
        self.hide()

    @property
    def text(self) -> str:
        """What it says, "" if it is hidden."""
        return "" if self.isHidden() else self._label.text()

    @property
    def kind(self) -> str:
        """What it was told: "good", "warning" or "bad"."""
        return self._kind

    def tell(self, text: str, kind: str = "good") -> None:
        """Say something.

        Args:
            text: "" hides it.
            kind: "good", "warning" or "bad".
        """
        self._kind = kind
        self._label.setText(text)
        self.setAccessibleName(text)
        self._tint()
        self.setVisible(bool(text))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the theme."""
        if event.type() == QEvent.Type.PaletteChange and self._kind:
            self._tint()
        super().changeEvent(event)

    def _tint(self) -> None:
        colors = colors_of(self)
        color = {"good": colors.success, "bad": colors.danger}.get(self._kind, colors.accent)
        name = "check" if self._kind == "good" else "warning"
        self._sign.setPixmap(tinted(icon(name), color, self.devicePixelRatioF()))
        role = (
            QPalette.ColorRole.BrightText if self._kind == "bad" else QPalette.ColorRole.WindowText
        )
        self._label.setForegroundRole(role)  # "bright" is the danger of our palettes


def tinted(shown: QIcon, color: str, scale: float) -> QPixmap:
    """Return a pixmap of an icon in one colour."""
    pixmap = shown.pixmap(_ICON, scale)
    painter = QPainter(pixmap)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(pixmap.rect(), QColor(color))
    painter.end()
    return pixmap


def muted_label(*, wrap: bool = True) -> QLabel:
    """Return a label for secondary text."""
    label = QLabel()
    label.setObjectName("muted")
    label.setWordWrap(wrap)
    return label


def fill_choices(combo: QComboBox, choices: Sequence[tuple[object, str]], current: object) -> None:
    """Offer choices, in silence.

    Args:
        combo: keeps no other entries.
        choices: (data, text).
        current: data of the one that is shown.
    """
    blocked = combo.blockSignals(True)
    combo.clear()
    for data, text in choices:
        combo.addItem(text, data)
    index = next((i for i, (data, _) in enumerate(choices) if data == current), 0)
    combo.setCurrentIndex(index)
    combo.blockSignals(blocked)


def data_size(n_bytes: int) -> str:
    """Give a size for people: "589.4 MB"."""
    kind = QLocale.DataSizeFormat.DataSizeSIFormat
    return str(QLocale().formattedDataSize(n_bytes, 1, kind))
