"""The head of the open transcript: its title, what it is, and what can be done with it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.gui.widgets.elided_label import ElidedLabel
from app.gui.widgets.icons import icon

_NARROW_PX = 780  # below, the buttons show their icons only


@dataclass(frozen=True, slots=True)
class _Spec:
    icon: str
    keys: str = ""


_ACTIONS = {
    "copy": _Spec("copy"),
    "copy_times": _Spec("copy-times", "Ctrl+Shift+C"),
    "export": _Spec("export", "Ctrl+E"),
    "find": _Spec("search", "Ctrl+F"),
    "undo": _Spec("undo", "Ctrl+Z"),
    "redo": _Spec("redo", "Ctrl+Shift+Z"),
    "edit": _Spec("edit"),
    "merge": _Spec("merge", "Ctrl+M"),
    "split": _Spec("split"),
    "earlier": _Spec("", "Ctrl+Left"),
    "later": _Spec("", "Ctrl+Right"),
    "restore": _Spec(""),
    "line_again": _Spec("retry"),
    "again": _Spec("retry"),
    "times": _Spec(""),
}
_MENU = (
    ("undo", "redo"),
    ("edit", "merge", "split"),
    ("earlier", "later"),
    ("restore",),
    ("line_again", "again"),
)


class TranscriptToolbar(QWidget):
    """Title and buttons.

    Attributes:
        actions_by_name: everything that can be done; the page connects them.
        line_menu: the same as the menu of "Edit", for a right click on a line.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("toolbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title = ElidedLabel()
        self.title.setObjectName("pageTitle")
        self.facts = ElidedLabel(Qt.TextElideMode.ElideRight)
        self.facts.setObjectName("small")
        self.actions_by_name = {name: _make_action(self, spec) for name, spec in _ACTIONS.items()}
        self.actions_by_name["times"].setCheckable(True)
        self.actions_by_name["times"].setChecked(True)
        self.line_menu = self._make_menu()
        self.buttons = [self._button(name) for name in ("copy", "copy_times", "export", "find")]
        self.edit_button = _tool_button()
        self.edit_button.setIcon(icon("edit"))
        self.edit_button.setMenu(self.line_menu)
        self.edit_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._lay_out()
        self.retranslate()

    def set_title(self, title: str, facts: str) -> None:
        """Show what is open."""
        self.title.setText(title)
        self.title.setToolTip(title)
        self.facts.setText(facts)

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        texts = {
            "copy": self.tr("Copy"),
            "copy_times": self.tr("Copy with times"),
            "export": self.tr("Export…"),
            "find": self.tr("Find"),
            "undo": self.tr("Undo"),
            "redo": self.tr("Redo"),
            "edit": self.tr("Edit the line"),
            "merge": self.tr("Merge with the next line"),
            "split": self.tr("Split while editing: Ctrl+Enter"),
            "earlier": self.tr("Start half a second earlier"),
            "later": self.tr("Start half a second later"),
            "restore": self.tr("Restore the original text"),
            "line_again": self.tr("Recognise the line again…"),
            "again": self.tr("Recognise the file again…"),
            "times": self.tr("Show times"),
        }
        for name, text in texts.items():
            action = self.actions_by_name[name]
            action.setText(text)
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(f"{text} ({keys})" if keys else text)
        self.edit_button.setText(self.tr("Edit"))
        self.edit_button.setAccessibleName(self.tr("Edit"))
        self.edit_button.setToolTip(self.tr("Correct, merge and split lines"))
        for button in self.buttons:
            button.setAccessibleName(button.defaultAction().text())

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Leave out words where there is no room for them."""
        super().resizeEvent(event)
        scale = max(1.0, self.font().pointSizeF() / 10.5)
        narrow = self.width() < _NARROW_PX * scale
        style = Qt.ToolButtonStyle
        for button in (*self.buttons, self.edit_button):
            button.setToolButtonStyle(
                style.ToolButtonIconOnly if narrow else style.ToolButtonTextBesideIcon
            )

    def _button(self, name: str) -> QToolButton:
        button = _tool_button()
        button.setDefaultAction(self.actions_by_name[name])
        return button

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        for group in _MENU:
            menu.addActions([self.actions_by_name[name] for name in group])
            menu.addSeparator()
        menu.addAction(self.actions_by_name["times"])
        return menu

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self.title)
        texts.addWidget(self.facts)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(24, 12, 16, 12)
        layout.setSpacing(4)
        layout.addLayout(texts, 1)
        layout.addSpacing(8)
        for button in (*self.buttons, self.edit_button):
            layout.addWidget(button)


def _make_action(parent: QWidget, spec: _Spec) -> QAction:
    action = QAction(parent)
    if spec.icon:
        action.setIcon(icon(spec.icon))
    if spec.keys:
        action.setShortcut(QKeySequence(spec.keys))
    action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
    return action


def _tool_button() -> QToolButton:
    button = QToolButton()
    button.setObjectName("flat")
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return button
