"""What all settings pages share: a scrolling form that shows the settings and changes them at once.

    SettingsStore.changed -> show_settings;  a control -> change -> SettingsStore

A page never waits for OK: each change is in force when it is made.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.gui.settings.store import Settings, SettingsStore
from app.gui.widgets.card import muted_label
from app.gui.widgets.style import GRID, larger

_LABEL_WIDTH = 168


class Row:
    """One control of a form with its label and a hint."""

    def __init__(self, control: QWidget, *, wide: bool) -> None:
        self.control = control
        self.wide = wide
        self.label = QLabel()
        self.label.setWordWrap(True)
        self.label.setBuddy(control)
        self.hint = muted_label()
        self.hint.hide()

    def say(self, label: str, hint: str = "") -> None:
        """Set label and hint, for eyes and for screen readers."""
        self.label.setText(label)
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        self.control.setAccessibleName(label)
        self.control.setAccessibleDescription(hint)


class SettingsPage(QScrollArea):
    """Base of the pages; a page overrides ``retranslate`` and ``show_settings``.

    Args:
        store: the settings.
    """

    def __init__(self, store: SettingsStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.store = store
        self._titles: list[QLabel] = []
        inside = QWidget()
        inside.setObjectName("settingsPage")
        self._grid = QGridLayout(inside)
        self._grid.setContentsMargins(24, 20, 24, 24)
        self._grid.setHorizontalSpacing(2 * GRID)
        self._grid.setVerticalSpacing(GRID)
        self._grid.setColumnMinimumWidth(0, _LABEL_WIDTH)
        self._grid.setColumnStretch(1, 1)
        outside = QWidget()
        around = QVBoxLayout(outside)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(inside)
        around.addStretch()
        self.setWidget(outside)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        store.changed.connect(self.on_settings_changed)

    def retranslate(self) -> None:
        """Set all texts in the current language."""

    def show_settings(self, settings: Settings) -> None:
        """Show settings; nothing is changed by it."""

    def ready(self) -> None:
        """Fill the page; a page calls it at the end of its ``__init__``."""
        self.retranslate()
        self.show_settings(self.store.settings)

    def section(self) -> QLabel:
        """Begin a section; returns its title."""
        title = QLabel()
        title.setObjectName("title")
        title.setFont(larger(self.font(), 1.15))
        row = self._grid.rowCount()
        if self._titles:
            self._grid.setRowMinimumHeight(row, 2 * GRID)
            row += 1
        self._titles.append(title)
        self._grid.addWidget(title, row, 0, 1, 2)
        return title

    def row(self, control: QWidget, *, wide: bool = False) -> Row:
        """Add a control.

        Args:
            control: gets its label from ``Row.say``.
            wide: fill the width, with the label above.
        """
        row = Row(control, wide=wide)
        at = self._grid.rowCount()
        if wide:
            self._grid.addWidget(row.label, at, 0, 1, 2)
            self._grid.addWidget(row.hint, at + 1, 0, 1, 2)
            self._grid.addWidget(control, at + 2, 0, 1, 2)
            return row
        top = Qt.AlignmentFlag.AlignTop
        row.label.setContentsMargins(0, 7, 0, 0)  # level with the text in the control
        self._grid.addWidget(row.label, at, 0, top)
        self._grid.addWidget(control, at, 1, Qt.AlignmentFlag.AlignLeft)
        self._grid.addWidget(row.hint, at + 1, 1)
        return row

    def block(self, widget: QWidget, *, left: bool = False) -> None:
        """Add something over the whole width, or at the left, without a label."""
        at = Qt.AlignmentFlag.AlignLeft if left else Qt.AlignmentFlag(0)
        self._grid.addWidget(widget, self._grid.rowCount(), 0, 1, 2, at)

    @Slot(object)
    def on_settings_changed(self, settings: Settings) -> None:
        """Follow a change, whoever made it."""
        self.show_settings(settings)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language and the text size."""
        if event.type() == QEvent.Type.LanguageChange:
            self.ready()
        if event.type() == QEvent.Type.FontChange:
            for title in getattr(self, "_titles", ()):
                title.setFont(larger(self.font(), 1.15))
        super().changeEvent(event)
