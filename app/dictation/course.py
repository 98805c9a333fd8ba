"""The course of a dictation: from the key to the text in the other program.

    start ─► RECORDING ─stop─► FINISHING ─recognised─► DELIVERING ─inserted─► IDLE
                └── utterances are inserted meanwhile, if they are wanted at once

Whoever speaks again while the last words are still being recognised is recorded at once: sessions
overlap, their texts are inserted in order, one at a time. What was not taken by the other program
stays on the clipboard together with all that follows in the same session, so that a later part
never replaces an earlier one. Pure: no thread, no clock, no window.
"""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass, field

from app.dictation.options import DictationOptions, Insert
from app.dictation.parts import (
    Inserter,
    Keeper,
    News,
    Notice,
    Outcome,
    Recognizer,
    Recorder,
    State,
    View,
)
from app.dictation.rules import after_last, between
from app.dictation.spoken import apply_commands
from app.errors import SongshuError

_log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class _Session:
    """One dictation.

    Attributes:
        text: all that was recognised, as it is inserted.
        waiting: what is still to be inserted.
        lost: what the other program did not take, for the clipboard.
    """

    number: int
    options: DictationOptions
    state: State = State.RECORDING
    text: str = ""
    waiting: str = ""
    lost: str = ""
    failed: bool = False


@dataclass(slots=True, kw_only=True)
class Parts:
    """Who does what in a dictation; see the Protocols."""

    recorder: Recorder
    recognizer: Recognizer
    inserter: Inserter
    keeper: Keeper
    view: View


@dataclass(slots=True)
class Dictation:
    """Leads dictations; call it from one thread.

    Args:
        parts: who does what.
        options: take effect with the next dictation.
    """

    parts: Parts
    options: DictationOptions = field(default_factory=DictationOptions)
    _sessions: dict[int, _Session] = field(default_factory=dict)
    _last_number: int = 0
    _last_text: str = ""
    _again: deque[str] = field(default_factory=deque)
    _inserting: _Session | None = None
    _is_inserting: bool = False
    _shown: State = State.IDLE

    @property
    def state(self) -> State:
        """What dictation as a whole is doing."""
        states = {session.state for session in self._sessions.values()}
        if self._is_inserting:
            states.add(State.DELIVERING)
        return next((state for state in State if state in states), State.IDLE)

    @property
    def session(self) -> int | None:
        """The number of the dictation that is being recorded."""
        recorded = self._recorded()
        return recorded.number if recorded else None

    @property
    def last_text(self) -> str:
        """What ``insert_again`` would insert."""
        return self._last_text

    # what a person wants

    def start(self) -> None:
        """Begin to record; nothing happens if it is recorded already."""
        if self._recorded() is not None:
            return
        self._last_number += 1
        session = _Session(number=self._last_number, options=self.options)
        try:
            self.parts.recorder.start(session.number)
        except SongshuError as exc:
            self._tell(News.FAILED, exc)
            return
        self._sessions[session.number] = session
        self.parts.recognizer.begin(session.number)
        self._show_state()
        self.parts.view.show_live("", "")

    def stop(self) -> None:
        """End the recording; the text follows."""
        session = self._recorded()
        if session is None:
            return
        session.state = State.FINISHING
        self.parts.recorder.stop(session.number)
        if session.failed:
            self._complete(session)
        else:
            self.parts.recognizer.finish(session.number)
        self._show_state()

    def flip(self) -> None:
        """Start or stop."""
        if self._recorded() is None:
            self.start()
        else:
            self.stop()

    def discard(self) -> None:
        """The hold key was only tapped: forget the recording, in silence."""
        if (session := self._recorded()) is not None:
            self._drop(session, was_tap=True)
            self._show_state()

    def cancel(self) -> None:
        """Give up all that is not inserted yet."""
        if self.state is State.IDLE:
            return
        for session in list(self._sessions.values()):
            self._drop(session, was_tap=False)
        self._again.clear()
        if self._is_inserting:
            self._is_inserting, self._inserting = False, None
            self.parts.inserter.cancel()
        self._tell(News.CANCELLED)
        self._show_state()

    def insert_again(self) -> None:
        """Insert the last text once more."""
        if not self._last_text:
            self._tell(News.NOTHING_YET)
            return
        self._again.append(self._last_text)
        self._insert_next()
        self._show_state()

    # what the parts report

    def on_live(self, session: int, text: str) -> None:
        """Take words that may still change."""
        found = self._sessions.get(session)
        if found is not None and found is self._newest():
            self.parts.view.show_live(found.text, between(found.text, text) + text)

    def on_utterance(self, session: int, text: str) -> None:
        """Take words that are final."""
        found = self._sessions.get(session)
        if found is None or not text.strip():
            return
        text = text.strip()
        if found.options.commands:
            text = apply_commands(text)
        self._add(found, between(found.text, text) + text)
        if found is self._newest():
            self.parts.view.show_live(found.text, "")
        if found.options.insert is Insert.AT_ONCE:
            self._insert_next()
        self._show_state()

    def on_finished(self, session: int) -> None:
        """All utterances have been reported."""
        found = self._sessions.get(session)
        if found is None:
            return
        if not found.text.strip():
            self._tell(News.NOTHING_HEARD)
        self._complete(found)
        self._show_state()

    def on_failed(self, session: int, error: SongshuError) -> None:
        """Recognition ended early; the recording goes on, and what was recognised is inserted."""
        found = self._sessions.get(session)
        if found is None:
            return
        found.failed = True
        self._tell(News.FAILED, error)
        if found.state is not State.RECORDING:
            self._complete(found)
        self._show_state()

    def on_delivered(self, outcome: Outcome) -> None:
        """Take what became of the text that was inserted last."""
        if not self._is_inserting:
            return
        session, self._inserting, self._is_inserting = self._inserting, None, False
        news = {Outcome.CLIPBOARD: News.ON_CLIPBOARD, Outcome.CHOSEN: News.COPIED}.get(outcome)
        if session is not None:
            if outcome in (Outcome.INSERTED, Outcome.KEPT):
                session.lost = ""
            self._end_if_done(session)
        if news is not None:
            self._tell(news)
        self._insert_next()
        self._show_state()

    # inside

    def _recorded(self) -> _Session | None:
        sessions = self._sessions.values()
        return next((one for one in sessions if one.state is State.RECORDING), None)

    def _newest(self) -> _Session | None:
        return next(reversed(self._sessions.values()), None)

    def _add(self, session: _Session, piece: str) -> None:
        session.text += piece
        session.waiting += piece
        self._last_text = session.text
        try:
            self.parts.keeper.keep(session.number, piece)
        except SongshuError as exc:
            self._tell(News.FAILED, exc)

    def _complete(self, session: _Session) -> None:
        """Everything is recognised; what is left is to insert it."""
        session.state = State.DELIVERING
        ending = after_last(session.text, session.options.ending)
        session.waiting += ending
        if session.text:
            self._last_text = session.text + ending
        self._end_if_done(session)
        self._insert_next()

    def _end_if_done(self, session: _Session) -> None:
        is_busy = self._inserting is session or bool(session.waiting)
        if session.state is State.DELIVERING and not is_busy:
            self._sessions.pop(session.number, None)

    def _insert_next(self) -> None:
        """Insert what waits, the oldest session first; a later one waits for it to be complete."""
        if self._is_inserting:
            return
        for session in self._sessions.values():
            is_ready = session.state is State.DELIVERING or session.options.insert is Insert.AT_ONCE
            if session.waiting and is_ready:
                session.lost += session.waiting
                only_clipboard = session.lost != session.waiting
                session.waiting, self._inserting, self._is_inserting = "", session, True
                self.parts.inserter.insert(session.lost, only_clipboard=only_clipboard)
                return
            if session.state is not State.DELIVERING:
                break
        if self._again and not self._sessions:
            self._is_inserting = True
            self.parts.inserter.insert(self._again.popleft(), only_clipboard=False)

    def _drop(self, session: _Session, *, was_tap: bool) -> None:
        if session.state is State.RECORDING:
            self.parts.recorder.cancel(session.number, was_tap=was_tap)
        if session.state in (State.RECORDING, State.FINISHING):
            self.parts.recognizer.cancel(session.number)
        self._sessions.pop(session.number, None)

    def _show_state(self) -> None:
        if self.state is not self._shown:
            self._shown = self.state
            self.parts.view.show_state(self._shown)

    def _tell(self, news: News, error: SongshuError | None = None) -> None:
        if error is not None:
            _log.warning("dictation: %s", error)
        self.parts.view.show_notice(Notice(news=news, error=error))
