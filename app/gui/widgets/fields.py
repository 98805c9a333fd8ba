"""Fields with visible handles: a drop-down with its arrow, a number with − and +, a search.

A style sheet takes the arrows of combo and spin boxes away and can only give back pictures in one
colour; these draw our icons, which follow the theme. What is inside a field has a name too.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QToolButton,
    QWidget,
)

from app.gui.widgets.icons import icon

_ARROW = 16
# QAbstractSpinBox.NoButtons together with the application's sheet leaves no room for the number.
_NO_BUTTONS = (
    "QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { width: 0; border: none; }"
)
_STEP_ICON = QSize(14, 14)


class Choice(QComboBox):
    """A drop-down; the wheel scrolls the page and not the choice."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the field and its arrow."""
        super().paintEvent(event)
        painter = QPainter(self)
        top = (self.height() - _ARROW) // 2
        icon("chevron-down").paint(painter, QRect(self.width() - _ARROW - 8, top, _ARROW, _ARROW))
        painter.end()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Leave the wheel to the page."""
        event.ignore()


class SearchField(QLineEdit):
    """A text to search for, with a cross that empties it.

    Args:
        with_lens: draw a lens at the left; a click on it is one into the field.
    """

    def __init__(self, *, with_lens: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(False)  # files are for the window
        self.setClearButtonEnabled(True)
        self._empty = self.findChild(QAction, "_q_qlineeditclearaction")
        self._lens: QAction | None = None
        if with_lens:
            self._lens = self.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
            self._lens.triggered.connect(self.selectAll)
        self.retranslate()

    def retranslate(self) -> None:
        """Name the buttons inside in the current language."""
        if self._empty is not None:  # Qt's own, by Qt's name for it
            self._empty.setText(self.tr("Empty the field"))
        if self._lens is not None:
            self._lens.setText(self.tr("Search"))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


class Stepper(QWidget):
    """A number with − and +.

    Args:
        spin: the number; its signals and its range are used directly.
    """

    def __init__(self, spin: QSpinBox | QDoubleSpinBox, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spin = spin
        self.less, self.more = QToolButton(), QToolButton()
        spin.setStyleSheet(_NO_BUTTONS)
        spin.setFixedWidth(100)
        spin.lineEdit().setTextMargins(8, 0, 0, 0)
        self.setFocusProxy(spin)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(spin)
        for button, name, step in (
            (self.less, "minus", spin.stepDown),
            (self.more, "plus", spin.stepUp),
        ):
            button.setIcon(icon(name))
            button.setIconSize(_STEP_ICON)
            button.setObjectName("flat")
            button.setAutoRepeat(True)
            button.setFocusPolicy(button.focusPolicy().NoFocus)  # the arrow keys do the same
            button.clicked.connect(step)
            layout.addWidget(button)
        layout.addStretch()
        self.retranslate()

    def setAccessibleName(self, name: str) -> None:  # noqa: N802
        """Name the number itself."""
        self.spin.setAccessibleName(name)

    def setAccessibleDescription(self, description: str) -> None:  # noqa: N802
        """Describe the number itself."""
        self.spin.setAccessibleDescription(description)

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        self.less.setAccessibleName(self.tr("Less"))
        self.more.setAccessibleName(self.tr("More"))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
