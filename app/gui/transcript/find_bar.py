"""Find and replace in the open transcript: a bar below the toolbar, never a dialog.

It only knows the two texts and a count; the page finds, marks and replaces.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QToolButton, QWidget

from app.gui.widgets.fields import SearchField
from app.gui.widgets.icons import icon


class FindBar(QWidget):
    """The bar.

    Signals:
        needle_changed(str): another text is searched; "" when the bar is closed.
        moved(int): +1 to the next place, -1 to the one before.
        replace_requested(str): replace the chosen place.
        replace_all_requested(str): replace all places.
    """

    needle_changed = Signal(str)
    moved = Signal(int)
    replace_requested = Signal(str)
    replace_all_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("findBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._count = (0, 0)
        self.needle = SearchField()
        self.put = QLineEdit()
        self.put.setAcceptDrops(False)  # files are for the window
        self._counter = QLabel()
        self._counter.setObjectName("muted")
        self.previous, self.next, self.close_button = (
            _flat(name) for name in ("up", "down", "cancel")
        )
        self.replace_one = QPushButton()
        self.replace_every = QPushButton()
        self.needle.textChanged.connect(self.needle_changed)
        self.needle.returnPressed.connect(self.on_next)
        self.put.returnPressed.connect(self.on_replace)
        self.previous.clicked.connect(self.on_previous)
        self.next.clicked.connect(self.on_next)
        self.replace_one.clicked.connect(self.on_replace)
        self.replace_every.clicked.connect(self.on_replace_all)
        self.close_button.clicked.connect(self.dismiss)
        self._lay_out()
        self.retranslate()
        self.hide()

    def start(self) -> None:
        """Show the bar, ready to type."""
        self.show()
        self.needle.setFocus()
        self.needle.selectAll()
        self.needle_changed.emit(self.needle.text())

    @Slot()
    def dismiss(self) -> None:
        """Hide the bar and its marks."""
        self.hide()
        self.needle_changed.emit("")

    def set_count(self, number: int, total: int) -> None:
        """Show which place of how many is chosen; 0 of 0 if there is none."""
        self._count = (number, total)
        found = self.tr("{number} of {total}").format(number=number, total=total)
        nothing = self.tr("Not found") if self.needle.text() else ""
        self._counter.setText(found if total else nothing)
        for button in (self.previous, self.next, self.replace_one, self.replace_every):
            button.setEnabled(total > 0)

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        self.needle.setPlaceholderText(self.tr("Find"))
        self.needle.setAccessibleName(self.tr("Find in this transcript"))
        self.put.setPlaceholderText(self.tr("Replace with"))
        self.put.setAccessibleName(self.tr("Replace with"))
        for button, name in (
            (self.previous, self.tr("Previous place")),
            (self.next, self.tr("Next place")),
            (self.close_button, self.tr("Close the search")),
        ):
            button.setToolTip(name)
            button.setAccessibleName(name)
        self.replace_one.setText(self.tr("Replace"))
        self.replace_every.setText(self.tr("Replace all"))
        self.set_count(*self._count)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Close on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    @Slot()
    def on_next(self) -> None:
        """Go to the next place."""
        self.moved.emit(1)

    @Slot()
    def on_previous(self) -> None:
        """Go to the place before."""
        self.moved.emit(-1)

    @Slot()
    def on_replace(self) -> None:
        """Replace the chosen place."""
        self.replace_requested.emit(self.put.text())

    @Slot()
    def on_replace_all(self) -> None:
        """Replace all places."""
        self.replace_all_requested.emit(self.put.text())

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setSpacing(8)
        layout.addWidget(self.needle, 3)
        layout.addWidget(self._counter)
        layout.addWidget(self.previous)
        layout.addWidget(self.next)
        layout.addWidget(self.put, 2)
        layout.addWidget(self.replace_one)
        layout.addWidget(self.replace_every)
        layout.addWidget(self.close_button)


def _flat(name: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName("flat")
    button.setIcon(icon(name))
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button
