"""Dictation: microphone, shortcuts, how texts get into programs, the pill, start at login."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QPushButton, QWidget

from app.audio.microphones import list_microphones
from app.cli.integrate import own_command
from app.dictation.chord import Chord
from app.dictation.options import DictationOptions, Insert, Way
from app.dictation.rules import Ending
from app.dictation.system import try_chord
from app.errors import AutostartError, DictationError
from app.gui.dictation.chord_field import ChordField
from app.gui.recording.microphone_choice import Look, MicrophoneChoice
from app.gui.settings.store import Settings, SettingsStore
from app.gui.settings_sheet.page import SettingsPage
from app.gui.settings_sheet.program_ways import ProgramWays, way_names
from app.gui.system.autostart import Autostart, system_autostart
from app.gui.widgets.card import Message, fill_choices, muted_label
from app.gui.widgets.fields import Choice
from app.gui.widgets.toggles import Switch
from app.gui.wording.trouble import describe_trouble

_WIDTH = 260
_KEYS = ("hold_key", "toggle_key", "again_key")
_SWITCHES = ("is_on", "pass_short", "commands", "pill", "pill_text", "tray")
_CHOICES = {"way": Way, "insert": Insert, "ending": Ending}


class DictationPage(SettingsPage):
    """The page Dictation.

    Args:
        store: the settings.
        autostart: start at login; tests have another.
        try_out: tells why the system refuses a shortcut; tests have another.
        look: lists what can be recorded; tests have another.

    Attributes:
        keys, switches, choices: the controls, by the name of their setting.
    """

    def __init__(
        self,
        store: SettingsStore,
        autostart: Autostart | None = None,
        try_out: Callable[[Chord], DictationError | None] = try_chord,
        look: Look = list_microphones,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(store, parent)
        self._autostart = autostart or system_autostart()
        self.microphone = MicrophoneChoice(look)
        self.keys = {name: ChordField(self._others(name), try_out) for name in _KEYS}
        self.switches = {name: Switch() for name in _SWITCHES}
        self.choices = {name: Choice() for name in _CHOICES}
        self.ways, self.login = ProgramWays(), Switch()
        self.hint, self.login_hint = Message(), Message()
        self.command = muted_label()
        self.place = QPushButton()
        self.place.setObjectName("link")
        self._arrange()
        self._connect()
        self.ready()

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        for title, text in zip(
            self._sections,
            (
                self.tr("Sound"),
                self.tr("Shortcuts"),
                self.tr("Inserting"),
                self.tr("While you speak"),
                self.tr("Start"),
            ),
            strict=True,
        ):
            title.setText(text)
        self.microphone.retranslate()
        self._microphone_row.say(
            self.tr("Microphone"), self.tr("It also serves recordings in the window.")
        )
        self._name_keys()
        self._name_inserting()
        switches = {
            "is_on": self.tr("Dictate into other programs with these shortcuts"),
            "pass_short": self.tr("A short tap still goes to the program in front"),
            "commands": self.tr("Obey “new line”, “new paragraph” and “full stop”"),
            "pill": self.tr("Show a small bar above all windows"),
            "pill_text": self.tr("With the words so far"),
            "tray": self.tr("Show an icon in the tray"),
        }
        for name, text in switches.items():
            self.switches[name].setText(text)
        self.login.setText(self.tr("Start when I log in, without a window"))
        self.place.setText(self.tr("Put the bar back to the middle"))

    def show_settings(self, settings: Settings) -> None:
        """Show settings."""
        options = settings.dictation
        self.microphone.show_choice(settings.microphone)
        for name, field in self.keys.items():
            field.show_chord(getattr(options, name))
        for name, switch in self.switches.items():
            _set_quietly(switch, getattr(options, name))
        self._offer(options)
        self.ways.show_ways(options.ways, options.seen)
        self.switches["pill_text"].setEnabled(options.pill)
        self.place.setVisible(options.pill_place is not None)
        for name in _KEYS:
            self.keys[name].setEnabled(options.is_on)
        self.switches["pass_short"].setEnabled(options.is_on and bool(options.hold_key))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Look whether it is started at login; the person may have changed that elsewhere."""
        super().showEvent(event)
        _set_quietly(self.login, self._autostart.is_on())

    def close_tasks(self) -> None:
        """End what runs in the background; call it before the program ends."""
        self.microphone.close_tasks()

    @Slot(object)
    def on_microphone(self, chosen: tuple[str, str] | None) -> None:
        """Take another microphone for the next recording."""
        self.store.change(replace(self.store.settings, microphone=chosen))

    @Slot(str)
    def on_key(self, chord: str) -> None:
        """Put a shortcut in force."""
        name = next(name for name, field in self.keys.items() if field is self.sender())
        self._change(**{name: chord})

    @Slot(str, bool)
    def on_hint(self, text: str, refused: bool) -> None:
        """Say what speaks against a shortcut."""
        self.hint.tell(text, "bad" if refused else "warning")

    @Slot()
    def on_switch(self) -> None:
        """Put a switch in force."""
        self._change(**{name: switch.isChecked() for name, switch in self.switches.items()})

    @Slot()
    def on_choice(self) -> None:
        """Put a choice in force."""
        chosen = {name: choice.currentData() for name, choice in self.choices.items()}
        self._change(**{name: _CHOICES[name](value) for name, value in chosen.items()})

    @Slot(object)
    def on_ways(self, ways: object) -> None:
        """Put the ways of programs in force."""
        self._change(ways=ways)

    @Slot()
    def on_place(self) -> None:
        """Put the pill where it was at first."""
        self._change(pill_place=None)

    @Slot(bool)
    def on_login(self, on: bool) -> None:
        """Switch start at login."""
        try:
            self._autostart.set_on(on)
            self.login_hint.tell("")
        except AutostartError as exc:
            self.login_hint.tell(describe_trouble(exc), "bad")
            _set_quietly(self.login, self._autostart.is_on())

    def _change(self, **values: Any) -> None:
        settings = self.store.settings
        options = replace(settings.dictation, **values)
        self.store.change(replace(settings, dictation=options))

    def _others(self, own: str) -> Callable[[], dict[str, str]]:
        """Give the other shortcuts, by their names for people."""

        def others() -> dict[str, str]:
            options = self.store.settings.dictation
            names = self._key_names()
            return {names[n]: getattr(options, n) for n in _KEYS if n != own}

        return others

    def _key_names(self) -> dict[str, str]:
        return {
            "hold_key": self.tr("Hold to speak"),
            "toggle_key": self.tr("Start and stop"),
            "again_key": self.tr("Insert the last text again"),
        }

    def _name_keys(self) -> None:
        hints = {
            "hold_key": self.tr("Speak while you hold it. Esc cancels."),
            "toggle_key": self.tr("Press once, speak, press again."),
            "again_key": "",
        }
        for name, text in self._key_names().items():
            self._rows[name].say(text, hints[name])
        command = subprocess.list2cmdline([*own_command(), "--toggle"])
        self.command.setText(
            self.tr("Where that does not work, give a key this command:") + f"\n{command}"
        )

    def _name_inserting(self) -> None:
        self._rows["way"].say(
            self.tr("How"), self.tr("What you had copied is put back afterwards.")
        )
        self._rows["insert"].say(self.tr("When"))
        self._rows["ending"].say(self.tr("Afterwards"))
        self._rows["ways"].say(
            self.tr("Single programs"),
            self.tr("Programs that you have dictated into are offered. Terminals are known."),
        )
        self._offer(self.store.settings.dictation)

    def _offer(self, options: DictationOptions) -> None:
        fill_choices(self.choices["way"], way_names(), options.way)
        inserts: list[tuple[object, str]] = [
            (Insert.END, self.tr("All together at the end")),
            (Insert.AT_ONCE, self.tr("Each sentence at once")),
        ]
        fill_choices(self.choices["insert"], inserts, options.insert)
        endings: list[tuple[object, str]] = [
            (Ending.SPACE, self.tr("A space")),
            (Ending.NOTHING, self.tr("Nothing")),
            (Ending.LINE, self.tr("A new line")),
        ]
        fill_choices(self.choices["ending"], endings, options.ending)

    def _arrange(self) -> None:
        self._sections = [self.section()]
        self.microphone.setMinimumWidth(_WIDTH)
        self._microphone_row = self.row(self.microphone)
        self._sections.append(self.section())
        self.block(self.switches["is_on"])
        self._rows = {name: self.row(field) for name, field in self.keys.items()}
        self.block(self.hint)
        self.block(self.switches["pass_short"])
        self.block(self.command)
        self.command.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._sections.append(self.section())
        for name, choice in self.choices.items():
            choice.setMinimumWidth(_WIDTH)
            self._rows[name] = self.row(choice)
        self.block(self.switches["commands"])
        self._rows["ways"] = self.row(self.ways, wide=True)
        self._sections.append(self.section())
        self.block(self.switches["pill"])
        self.block(self.switches["pill_text"])
        self.block(self.place, left=True)
        self._sections.append(self.section())
        self.block(self.login)
        self.block(self.login_hint)
        self.block(self.switches["tray"])

    def _connect(self) -> None:
        self.microphone.chosen.connect(self.on_microphone)
        for field in self.keys.values():
            field.chosen.connect(self.on_key)
            field.hinted.connect(self.on_hint)
        for switch in self.switches.values():
            switch.toggled.connect(self.on_switch)
        for choice in self.choices.values():
            choice.activated.connect(self.on_choice)
        self.ways.changed.connect(self.on_ways)
        self.place.clicked.connect(self.on_place)
        self.login.toggled.connect(self.on_login)


def _set_quietly(switch: Switch, on: bool) -> None:
    blocked = switch.blockSignals(True)
    switch.setChecked(on)
    switch.blockSignals(blocked)
    switch.update()
