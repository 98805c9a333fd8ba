"""Stand-ins behind the Protocols of ``app.dictation.parts`` that write down what they are asked."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.dictation.course import Dictation, Parts
from app.dictation.options import DictationOptions
from app.dictation.parts import News, Notice, State
from app.errors import NoOutputDeviceError, SongshuError


@dataclass
class Desk:
    """All parts at once.

    Attributes:
        calls: what recorder and recognizer were asked, in order.
        inserted: (text, only_clipboard). kept: (session, text). order: both, by name.
        broken: raised by the next ``start``; full: raised by every ``keep``.
    """

    calls: list[str] = field(default_factory=list)
    inserted: list[tuple[str, bool]] = field(default_factory=list)
    kept: list[tuple[int, str]] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    states: list[State] = field(default_factory=list)
    live: list[tuple[str, str]] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    broken: SongshuError | None = None
    full: SongshuError | None = None
    n_stopped_inserts: int = 0

    def start(self, session: int) -> None:
        if self.broken is not None:
            raise self.broken
        self.calls.append(f"record {session}")

    def stop(self, session: int) -> None:
        self.calls.append(f"stop {session}")

    def begin(self, session: int) -> None:
        self.calls.append(f"begin {session}")

    def finish(self, session: int) -> None:
        self.calls.append(f"finish {session}")

    def keep(self, session: int, text: str) -> None:
        if self.full is not None:
            raise self.full
        self.kept.append((session, text))
        self.order.append("keep")

    def insert(self, text: str, *, only_clipboard: bool) -> None:
        self.inserted.append((text, only_clipboard))
        self.order.append("insert")

    def show_state(self, state: State) -> None:
        self.states.append(state)

    def show_live(self, settled: str, unsettled: str) -> None:
        self.live.append((settled, unsettled))

    def show_notice(self, notice: Notice) -> None:
        self.notices.append(notice)

    @property
    def news(self) -> list[News]:
        return [notice.news for notice in self.notices]


class _Recorder:
    """``cancel`` means three things; so these have an object each."""

    def __init__(self, desk: Desk) -> None:
        self.start, self.stop, self._desk = desk.start, desk.stop, desk

    def cancel(self, session: int, *, was_tap: bool) -> None:
        self._desk.calls.append(f"{'tap' if was_tap else 'cancel recording'} {session}")


class _Recognizer:
    def __init__(self, desk: Desk) -> None:
        self.begin, self.finish, self._desk = desk.begin, desk.finish, desk

    def cancel(self, session: int) -> None:
        self._desk.calls.append(f"cancel recognition {session}")


class _Inserter:
    def __init__(self, desk: Desk) -> None:
        self.insert, self._desk = desk.insert, desk

    def cancel(self) -> None:
        self._desk.n_stopped_inserts += 1


def make_dictation(options: DictationOptions | None = None) -> tuple[Dictation, Desk]:
    """Give a dictation whose parts are fakes."""
    desk = Desk()
    parts = Parts(
        recorder=_Recorder(desk),
        recognizer=_Recognizer(desk),
        inserter=_Inserter(desk),
        keeper=desk,
        view=desk,
    )
    return Dictation(parts, options or DictationOptions()), desk


def speak(dictation: Dictation, *texts: str) -> int:
    """Record one dictation that is recognised as these utterances; returns its number."""
    dictation.start()
    session = dictation.session
    assert session is not None
    dictation.stop()
    for text in texts:
        dictation.on_utterance(session, text)
    dictation.on_finished(session)
    return session


def no_sound() -> SongshuError:
    """Some error of another part."""
    return NoOutputDeviceError("there is none")
