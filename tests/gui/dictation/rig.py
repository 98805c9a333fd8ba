"""The real dictation service on a real X server, with a recorder and a recogniser that obey a test.

    python -m tests.gui.dictation.rig FOLDER OPTIONS

Reads one JSON object a line from standard input and writes one for each thing that happens. Only
the microphone and the model are missing; keys, clipboard, typing, pill and settings are real. Its
user is ``rig_user.py``.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Slot
from PySide6.QtWidgets import QApplication, QLineEdit

from app.dictation.options import DictationOptions
from app.dictation.parts import Notice, State
from app.gui.dictation.service import DictationService
from app.gui.settings.store import SettingsStore
from app.gui.widgets.style import apply_style
from app.store.library import Library


def say(**event: Any) -> None:
    print(json.dumps(event, ensure_ascii=False), flush=True)


class Rig(QObject):
    """Everything but microphone and model.

    Args:
        folder: for the library.
        options: of dictation, as JSON.
    """

    def __init__(self, folder: Path, options: dict[str, Any]) -> None:
        super().__init__()
        self._library = Library.open(folder / "songshu.db")
        self._store = SettingsStore(self._library)
        self._next_texts: list[str] = []
        self._rest = b""
        self.set_options(options)
        recorder, recognizer = Recorder(), Recognizer(self)
        self.service = DictationService(self._store, recorder, recognizer, Keeper())
        self.service.state_changed.connect(self.on_state)
        self.service.noticed.connect(self.on_notice)
        self.service.start()
        self._store.changed.connect(self.on_settings)
        self._notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self.on_input)
        say(grabbed=self.service.hotkeys.chords)

    def set_options(self, options: dict[str, Any]) -> None:
        dictation = DictationOptions.from_json(options)
        self._store.change(replace(self._store.settings, dictation=dictation))

    def take_texts(self) -> list[str]:
        texts, self._next_texts = self._next_texts, []
        return texts

    @Slot(object)
    def on_state(self, state: State) -> None:
        say(state=state)

    @Slot(object)
    def on_notice(self, notice: Notice) -> None:
        say(notice=notice.news, error=type(notice.error).__name__)

    @Slot(object)
    def on_settings(self, _settings: object) -> None:
        say(place=self._store.settings.dictation.pill_place)

    @Slot()
    def on_input(self) -> None:
        data = os.read(sys.stdin.fileno(), 1 << 16)
        if not data:
            QApplication.quit()
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            command, value = next(iter(json.loads(line).items()))
            getattr(self, f"do_{command}")(value)

    def do_say(self, texts: list[str]) -> None:
        self._next_texts = texts

    def do_utterance(self, text: str) -> None:
        session = self.service.dictation.session
        assert session is not None
        self.service.dictation.on_utterance(session, text)

    def do_options(self, options: dict[str, Any]) -> None:
        self.set_options(options)
        say(grabbed=self.service.hotkeys.chords)

    def do_command(self, command: str) -> None:
        self.service.take_command(command)

    def do_window(self, _: object) -> None:
        """A window of our own with a text field."""
        self._own = QLineEdit()
        self._own.setWindowTitle("Our own")
        self._own.show()
        say(window=True)

    def do_own(self, _: object) -> None:
        say(own=self._own.text())

    def do_owns(self, _: object) -> None:
        say(owns=QApplication.clipboard().ownsClipboard())

    def do_let_go(self, _: object) -> None:
        self.service.hotkeys.let_go()
        say(let_go=True)

    def do_live(self, words: list[str]) -> None:
        session = self.service.dictation.session
        assert session is not None
        self.service.dictation.on_live(session, words[0])

    def do_level(self, level: float) -> None:
        self.service.show_level(level)

    def do_pill(self, _: object) -> None:
        pill = self.service.pill
        buttons = {
            name: [place.x(), place.y()]
            for name, button in (("cancel", pill.cancel), ("stop", pill.stop))
            for place in [button.mapToGlobal(button.rect().center())]
        }
        area = pill.frameGeometry()
        say(
            pill=pill.isVisible(),
            buttons=buttons,
            rect=[area.x(), area.y(), area.width(), area.height()],
            words=pill.line.text,
            window=int(pill.winId()),
        )

    def close(self) -> None:
        self.service.close()
        self._library.close()


class Recorder:
    def start(self, session: int) -> None:
        say(record=session)

    def stop(self, session: int) -> None:
        say(stop=session)

    def cancel(self, session: int, *, was_tap: bool) -> None:
        say(cancel=session, was_tap=was_tap)


class Recognizer:
    """Has recognised everything as soon as the recording ends, as the test has said."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig

    def begin(self, session: int) -> None:
        pass

    def finish(self, session: int) -> None:
        QTimer.singleShot(0, lambda: self._report(session))

    def cancel(self, session: int) -> None:
        pass

    def _report(self, session: int) -> None:
        dictation = self._rig.service.dictation
        for text in self._rig.take_texts():
            dictation.on_utterance(session, text)
        dictation.on_finished(session)


class Keeper:
    def keep(self, session: int, text: str) -> None:
        say(kept=text)


def main() -> int:
    folder, options = Path(sys.argv[1]), json.loads(sys.argv[2])
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    apply_style(app, dark=False)
    rig = Rig(folder, options)
    code = app.exec()
    rig.close()
    return code


if __name__ == "__main__":
    sys.exit(main())
