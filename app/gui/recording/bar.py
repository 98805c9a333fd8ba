"""The bar under the pages while something is recorded: level, time, message, microphone, buttons.

It stays after the stop until everything is recognised, and says how much there is left to do. What
the buttons do is decided elsewhere (``window.recording``).
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QToolButton, QWidget

from app.audio.microphones import Microphone
from app.gui.recording.level_bars import LevelBars
from app.gui.widgets.elided_label import ElidedLabel
from app.gui.widgets.icons import icon
from app.gui.widgets.style import GRID, digits
from app.gui.wording.words import clock

_ICON = QSize(20, 20)
_HEIGHT = 64  # px, as the player's row


class RecordBar(QFrame):
    """Shows a recording.

    Signals:
        pause_requested(), resume_requested(), stop_requested(), cancel_requested(): the buttons.
        microphones_wanted(): the menu is about to open; answer with ``set_microphones``.
        microphone_chosen(object): a Microphone, or None for the system's own choice.
    """

    pause_requested = Signal()
    resume_requested = Signal()
    stop_requested = Signal()
    cancel_requested = Signal()
    microphones_wanted = Signal()
    microphone_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self._is_paused = False
        self.level, self.time = LevelBars(), QLabel()
        self.time.setFont(digits(self.time.font()))
        self.note = ElidedLabel(Qt.TextElideMode.ElideRight)
        self.note.setObjectName("muted")
        self.microphone, self.cancel = QToolButton(), QToolButton()
        self.pause, self.stop = QPushButton(), QPushButton()
        self.stop.setObjectName("primary")
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self.microphones_wanted)
        self._choices = QActionGroup(self)
        self._choices.triggered.connect(self.on_choice)
        self.microphone.setMenu(self._menu)
        self.microphone.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.pause.clicked.connect(self.on_pause_clicked)
        self.stop.clicked.connect(self.stop_requested)
        self.cancel.clicked.connect(self.cancel_requested)
        self._lay_out()
        self.retranslate()
        self.hide()

    @property
    def is_paused(self) -> bool:
        """Whether nothing is recorded at the moment."""
        return self._is_paused

    def begin(self) -> None:
        """Show a recording that begins."""
        self.level.clear()
        self.set_recording(True)
        self.set_paused(False)
        self.show_time(0.0)
        self.show()
        self.stop.setFocus()

    def set_recording(self, is_recording: bool) -> None:
        """Show the controls of a recording, or only what is left to recognise."""
        for widget in (self.level, self.time, self.microphone, self.pause, self.stop):
            widget.setVisible(is_recording)
        name = self.tr("Cancel") if is_recording else self.tr("Stop recognising")
        self.cancel.setAccessibleName(name)
        self.cancel.setToolTip(self.tr("{name} (Esc)").format(name=name))

    def set_paused(self, is_paused: bool) -> None:
        """Show whether nothing is recorded."""
        self._is_paused = is_paused
        self.pause.setText(self.tr("Go on") if is_paused else self.tr("Pause"))
        if is_paused:
            self.level.clear()

    def show_level(self, level_db: float) -> None:
        """Show a level in dBFS."""
        if not self._is_paused:
            self.level.add(level_db)

    def show_time(self, seconds: float) -> None:
        """Show how much is recorded."""
        self.time.setText(clock(seconds))

    def say(self, text: str, *, is_warning: bool = False) -> None:
        """Show a message until the next one."""
        name = "warning" if is_warning else "muted"
        if self.note.objectName() != name:
            self.note.setObjectName(name)
            self.note.style().polish(self.note)
        self.note.setText(text)

    def set_microphones(self, found: Sequence[Microphone], chosen: tuple[str, str] | None) -> None:
        """Offer these, the system's own choice first.

        Args:
            found: what there is.
            chosen: (name, api) of one; None for the system's choice.
        """
        self._menu.clear()
        for action in self._choices.actions():
            self._choices.removeAction(action)
        self._offer(self.tr("The system's microphone"), None, is_chosen=chosen is None)
        sounds = [one for one in found if one.is_loopback]
        for one in found:
            if sounds and one is sounds[0]:
                self._menu.addSection(self.tr("What the computer plays"))
            self._offer(one.title, one, is_chosen=(one.name, one.api) == chosen)

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        self.setAccessibleName(self.tr("Recording"))
        self.level.setAccessibleName(self.tr("Level of the microphone"))
        self.time.setAccessibleName(self.tr("Recorded so far"))
        self.microphone.setAccessibleName(self.tr("Choose the microphone"))
        self.microphone.setToolTip(self.tr("Choose the microphone"))
        self.stop.setText(self.tr("Stop"))
        self.stop.setToolTip(self.tr("Stop; everything is recognised to its end (Ctrl+R)"))
        self.set_recording(not self.stop.isHidden())
        self.set_paused(self._is_paused)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    @Slot()
    def on_pause_clicked(self) -> None:
        """Pause, or go on."""
        (self.resume_requested if self._is_paused else self.pause_requested).emit()

    @Slot(QAction)
    def on_choice(self, action: QAction) -> None:
        """Take another microphone."""
        self.microphone_chosen.emit(action.data())

    def _offer(self, title: str, microphone: Microphone | None, *, is_chosen: bool) -> None:
        action = self._menu.addAction(title.replace("&", "&&"))
        action.setCheckable(True)
        action.setChecked(is_chosen)
        action.setData(microphone)
        self._choices.addAction(action)

    def _lay_out(self) -> None:
        for button, name in ((self.microphone, "microphone"), (self.cancel, "cancel")):
            button.setIcon(icon(name))
            button.setIconSize(_ICON)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        layout.setSpacing(GRID)
        layout.addWidget(self.level)
        layout.addWidget(self.time)
        layout.addWidget(self.note, 1)
        for widget in (self.microphone, self.pause, self.stop, self.cancel):
            layout.addWidget(widget)
        self.setMinimumHeight(_HEIGHT)
