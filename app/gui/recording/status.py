"""The one sentence that is shown while something is recorded: the most important that is true.

    notices of the recorder ─┐
    phase of the engine      ├─> RecordStatus -> (sentence, is it a warning)
    lag, stall, pause, end  ─┘

The window's bar and the pill show the same sentences. A warning comes first; then what the person
has to wait for, the microphone before the model; then how far recognition is behind. Pure: facts
come in, nothing is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QCoreApplication

from app.audio import notices
from app.gui.wording.record_words import describe, describe_lag

translate = QCoreApplication.translate  # by this name lupdate finds what stands in it


class Ear(Enum):
    """What the microphone does."""

    OPENING = auto()  # nothing is heard yet: whoever speaks now speaks too early
    LISTENING = auto()
    PAUSED = auto()
    DONE = auto()  # everything is recorded


@dataclass(slots=True)
class RecordStatus:
    """What is known of one recording.

    Attributes:
        ear: what the microphone does.
        is_loading: the model is not there yet.
        is_stalled: the engine has not got on for a while.
        lag_s: how far it is behind, 0 if that is not worth a word.
    """

    ear: Ear = Ear.OPENING
    is_loading: bool = False
    is_stalled: bool = False
    lag_s: int = 0
    _warning: str = ""
    _failure: str = ""  # of the engine, to the end
    _remark: str = ""  # of the recorder or the engine, no warning

    def take(self, notice: notices.Notice) -> None:
        """Take what the recorder says."""
        match notice:
            case notices.Paused():
                self.ear = Ear.PAUSED
            case notices.Started() | notices.Resumed() if self.ear is not Ear.DONE:
                self.ear = Ear.LISTENING
            case notices.Finished():
                self.ear = Ear.DONE
        text, is_warning = describe(notice)
        self._warning, self._remark = (text, "") if is_warning else ("", text)

    def fail(self, text: str) -> None:
        """Say what has become of recognition; the recording goes on."""
        self._failure = text

    def remark(self, text: str) -> None:
        """Say something without alarm, until the recorder has something new to say."""
        self._remark = text

    @property
    def is_open(self) -> bool:
        """Whether what is said now is heard."""
        return self.ear is Ear.LISTENING

    @property
    def sentence(self) -> tuple[str, bool]:
        """The sentence to show, and whether it is a warning."""
        if self._warning:
            return self._warning, True
        if self.ear is Ear.PAUSED:
            return translate("recording", "Paused"), False
        if self.ear is Ear.OPENING:
            return translate("recording", "Preparing the microphone…"), False
        return self._engine()

    def _engine(self) -> tuple[str, bool]:
        """Say what the engine does; the recording itself is all right."""
        if self._failure:
            return self._failure, True
        is_done = self.ear is Ear.DONE
        if self.is_loading and not is_done:
            text = translate("recording", "The model is being loaded. Your speech is being saved.")
            return text, False
        if self.is_loading:
            return translate("recording", "Saved. The model is being loaded."), False
        if self.is_stalled:
            text = translate("recording", "Recognition does not get on. Your speech is saved.")
            return text, True
        if self.lag_s:
            return describe_lag(self.lag_s), False
        if self._remark:
            return self._remark, False
        if is_done:
            return translate("recording", "Writing…"), False
        return translate("recording", "Listening…"), False
