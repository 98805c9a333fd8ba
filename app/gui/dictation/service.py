"""Dictation for the desktop app: joins shortcuts, course, insertion, pill and tray.

    Hotkeys, pill, tray, "Songshu --toggle" ──► Dictation (app.dictation.course) ──► recorder,
                                                     │   ▲                            recognizer
                                        DesktopInserter  └── on_live, on_utterance, on_finished …

Whoever records and recognises gets ``service.dictation`` to report to, in the GUI thread, and calls
``show_level`` some ten times a second. Everything else follows the settings by itself.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtWidgets import QApplication, QWidget

from app.dictation.course import Dictation, Parts
from app.dictation.keys import KeySource, OnKey, Typist
from app.dictation.options import DictationOptions
from app.dictation.parts import Keeper, News, Notice, Recognizer, Recorder, State
from app.dictation.system import open_keys, open_typist
from app.errors import DictationError
from app.gui.dictation.chord_field import ChordField
from app.gui.dictation.hotkeys import Hotkeys
from app.gui.dictation.inserter import DesktopInserter
from app.gui.dictation.pill import Pill
from app.gui.dictation.tray import Tray
from app.gui.settings.store import Settings, SettingsStore

_log = logging.getLogger(__name__)
TOGGLE_COMMAND, CANCEL_COMMAND, AGAIN_COMMAND = "toggle", "cancel-dictation", "insert-again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """How the service reaches the system; tests open others."""

    keys: Callable[[OnKey], KeySource] = open_keys
    typist: Callable[[], Typist] = open_typist


class DictationService(QObject):
    """Dictation into other programs.

    Args:
        store: the settings.
        recorder, recognizer, keeper: see ``app.dictation.parts``.
        doors: to the system.

    Signals:
        state_changed(State). live_changed(str, str): settled and unsettled words.
        noticed(Notice): also shown by the pill.
        window_requested(), settings_requested(), quit_requested(): from the tray's menu.

    Attributes:
        dictation: the course; recorder and recognizer report to it.
        refused: shortcuts that cannot be had, by their text, with the reason.
    """

    state_changed = Signal(object)
    live_changed = Signal(str, str)
    noticed = Signal(object)
    window_requested = Signal()
    settings_requested = Signal()
    quit_requested = Signal()

    def __init__(
        self,
        store: SettingsStore,
        recorder: Recorder,
        recognizer: Recognizer,
        keeper: Keeper,
        *,
        doors: Doors | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        doors = doors or Doors()
        self._store = store
        self._typist = _open(doors.typist)
        self._options = DictationOptions(is_on=False, tray=False)
        self.hotkeys = Hotkeys(doors.keys, self)
        self.inserter = DesktopInserter(self._typist, self.hotkeys.let_go, self)
        self.pill, self.tray = Pill(), Tray(self)
        parts = Parts(
            recorder=recorder,
            recognizer=recognizer,
            inserter=self.inserter,
            keeper=keeper,
            view=self,
        )
        self.dictation = Dictation(parts)
        self._connect()
        store.changed.connect(self.on_settings_changed)

    def start(self) -> None:
        """Take the shortcuts and show the icon; call it once the window is there."""
        self.on_settings_changed(self._store.settings)

    def take_command(self, command: str) -> None:
        """Do what a later start of the program asks for; see ``app.__main__``."""
        actions = {
            TOGGLE_COMMAND: self.dictation.flip,
            CANCEL_COMMAND: self.dictation.cancel,
            AGAIN_COMMAND: self.dictation.insert_again,
        }
        if command in actions:
            actions[command]()

    def show_level(self, level_dbfs: float) -> None:
        """Show the level of the microphone, RMS against full scale."""
        self.pill.show_level(level_dbfs)

    def show_begun(self) -> None:
        """Say that the microphone is open: only from now on is anything heard."""
        self.pill.show_begun()
        self.tray.show_begun()

    def show_status(self, text: str, is_warning: bool) -> None:
        """Say what goes on, or wrong, meanwhile; without the pill only what is wrong."""
        if self._options.pill:
            self.pill.show_status(text, is_warning=is_warning)
        elif is_warning:
            self.show_warning(text)

    def show_warning(self, text: str) -> None:
        """Say for some seconds what has gone wrong."""
        self.pill.show_passing(text, is_bad=True)

    def close(self) -> None:
        """Give everything back to the system."""
        self.dictation.cancel()
        self.hotkeys.close()
        self.tray.set_visible(False)
        self.pill.close()
        if self._typist is not None:
            try:
                self._typist.close()
            except DictationError as exc:
                _log.warning("typing: %s", exc)

    # what the course shows

    def show_state(self, state: State) -> None:
        """Show what goes on."""
        self.hotkeys.set_active(state is not State.IDLE)
        if state is not State.RECORDING:
            self.hotkeys.forget_hold()
        self.tray.show_state(state)
        if self._options.pill or state is State.IDLE:
            self.pill.show_state(state)
        self.state_changed.emit(state)

    def show_live(self, settled: str, unsettled: str) -> None:
        """Show words."""
        self.pill.show_live(settled, unsettled)
        self.live_changed.emit(settled, unsettled)

    def show_notice(self, notice: Notice) -> None:
        """Tell the person something; without the pill only what they must know."""
        if self._options.pill or notice.news in (News.FAILED, News.ON_CLIPBOARD):
            self.pill.show_notice(notice)
        self.noticed.emit(notice)

    # slots

    @Slot(object)
    def on_settings_changed(self, settings: Settings) -> None:
        """Put other options in force."""
        options = settings.dictation
        self.dictation.options = self.inserter.options = options
        self.pill.with_text = options.pill_text
        self.pill.set_place(QPoint(*options.pill_place) if options.pill_place else None)
        keys = ("is_on", "hold_key", "toggle_key", "again_key", "pass_short")
        changed = any(getattr(options, key) != getattr(self._options, key) for key in keys)
        if changed and not isinstance(QApplication.focusWidget(), ChordField):
            self.hotkeys.apply(options)
        if options.tray != self._options.tray:
            self.tray.set_visible(options.tray)
        self._options = options

    @Slot(QWidget, QWidget)
    def on_focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        """Let a field that takes shortcuts have them all while it has the focus."""
        if isinstance(new, ChordField):
            self.hotkeys.suspend()
        elif isinstance(old, ChordField):
            self.hotkeys.apply(self._options)
            self.hotkeys.set_active(self.dictation.state is not State.IDLE)

    @Slot(str)
    def on_target_seen(self, program: str) -> None:
        """Remember a program, for the settings."""
        options = self._store.settings.dictation.with_seen(program)
        self._store.change(replace(self._store.settings, dictation=options))

    @Slot()
    def on_started(self) -> None:
        """The hold key went down."""
        self.dictation.start()

    @Slot()
    def on_stopped(self) -> None:
        """The hold key came up, or ■ was pressed."""
        self.dictation.stop()

    @Slot()
    def on_discarded(self) -> None:
        """The hold key was only tapped."""
        self.dictation.discard()

    @Slot()
    def on_flipped(self) -> None:
        """Start or stop."""
        self.dictation.flip()

    @Slot()
    def on_cancelled(self) -> None:
        """Esc or ✕."""
        self.dictation.cancel()

    @Slot()
    def on_again(self) -> None:
        """Insert the last text again."""
        self.dictation.insert_again()

    @Slot(object)
    def on_refused(self, error: DictationError) -> None:
        """Say that a shortcut cannot be had."""
        _log.warning("shortcut: %s", error)
        self.noticed.emit(Notice(news=News.FAILED, error=error))

    @Slot(object)
    def on_delivered(self, outcome: object) -> None:
        """Tell the course what became of a text."""
        self.dictation.on_delivered(outcome)  # type: ignore[arg-type]

    @Slot(QPoint)
    def on_pill_moved(self, place: QPoint) -> None:
        """Remember where the pill is."""
        settings = self._store.settings
        options = replace(settings.dictation, pill_place=(place.x(), place.y()))
        self._store.change(replace(settings, dictation=options))

    def _connect(self) -> None:
        hotkeys, pill, tray = self.hotkeys, self.pill, self.tray
        hotkeys.started.connect(self.on_started)
        hotkeys.stopped.connect(self.on_stopped)
        hotkeys.discarded.connect(self.on_discarded)
        hotkeys.flipped.connect(self.on_flipped)
        hotkeys.again.connect(self.on_again)
        hotkeys.cancelled.connect(self.on_cancelled)
        hotkeys.refused.connect(self.on_refused)
        self.inserter.delivered.connect(self.on_delivered)
        self.inserter.target_seen.connect(self.on_target_seen)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self.on_focus_changed)
        pill.cancel_requested.connect(self.on_cancelled)
        pill.stop_requested.connect(self.on_stopped)
        pill.moved.connect(self.on_pill_moved)
        tray.flip_requested.connect(self.on_flipped)
        tray.cancel_requested.connect(self.on_cancelled)
        tray.again_requested.connect(self.on_again)
        tray.window_requested.connect(self.window_requested)
        tray.settings_requested.connect(self.settings_requested)
        tray.quit_requested.connect(self.quit_requested)


def _open(door: Callable[[], Typist]) -> Typist | None:
    try:
        return door()
    except DictationError as exc:
        _log.warning("typing: %s", exc)
        return None
