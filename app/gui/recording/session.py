"""One recording while it is made: the recorder, as far as it is needed, and how far both sides are.

A session is over when its file is complete and the engine has nothing more to say about it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeAlias

from app.audio.microphones import Microphone
from app.audio.notices import Notice
from app.engine.cancel import CancelToken
from app.gui.threads.live_job import Pulse, SoundReader
from app.store.types import JobOptions


class RecorderLike(Protocol):
    """What is needed of ``app.audio.recorder.Recorder``."""

    @property
    def path(self) -> Path:
        """The file that is written."""
        ...

    @property
    def level_db(self) -> float:
        """Loudness now, in dBFS."""
        ...

    @property
    def recorded_s(self) -> float:
        """Length so far."""
        ...

    def start(self) -> None:
        """Begin."""
        ...

    def pause(self) -> None:
        """Record nothing until ``resume``."""
        ...

    def resume(self) -> None:
        """Go on."""
        ...

    def stop(self) -> None:
        """End; what was said before is recorded."""
        ...

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for the file to be complete."""
        ...

    def reader(self) -> SoundReader:
        """Follow the recording from its start."""
        ...

    def notices(self) -> list[Notice]:
        """What there is to say since the last call."""
        ...


MakeRecorder: TypeAlias = Callable[[Microphone | None], RecorderLike]


@dataclass(slots=True, kw_only=True)
class Session:
    """A recording that is not over.

    Attributes:
        number: the name that whoever started it gave it.
        item_id: its item of the history.
        recorder: writes it.
        options: how it is recognised.
        cancel: ends its recognition.
        pulse: shows whether the engine gets on with it.
        is_stalled: the engine has not got on with it for a while.
        is_stopped: nothing more is wanted of the microphone.
        is_recorded: the file is complete.
        is_heard: the engine has nothing more to say.
        is_unwanted: no trace is to be left: a tap, or a recording that holds nothing.
        is_given_up: its words are not wanted any more.
        failed: the engine could not follow to the end.
    """

    number: int
    item_id: int
    recorder: RecorderLike
    options: JobOptions
    cancel: CancelToken = field(default_factory=CancelToken)
    pulse: Pulse = field(default_factory=Pulse)
    is_stalled: bool = False
    is_stopped: bool = False
    is_recorded: bool = False
    is_heard: bool = True
    is_unwanted: bool = False
    is_given_up: bool = False
    failed: bool = False

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes from either side."""
        return self.is_recorded and self.is_heard

    def end(self) -> None:
        """Ask for no more sound; what was said before is recorded."""
        self.is_stopped = True
        self.recorder.stop()

    def give_up(self, *, leaves_no_trace: bool) -> None:
        """End it and its recognition too."""
        self.is_given_up = True
        self.is_unwanted = self.is_unwanted or leaves_no_trace
        self.cancel.cancel()
        self.end()
