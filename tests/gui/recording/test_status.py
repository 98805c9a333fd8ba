"""The one sentence of a recording: what is the most important of all that is true."""

from __future__ import annotations

from pathlib import Path

from app.audio import notices
from app.errors import RecordingFullError
from app.gui.recording.status import Ear, RecordStatus
from tests.audio.fake_microphone import microphone

MIC = microphone()
FULL = notices.DiskFull(1.0, RecordingFullError(Path("disk")))


def listening() -> RecordStatus:
    status = RecordStatus()
    status.take(notices.Started(MIC))
    return status


def test_nobody_is_told_to_speak_before_the_microphone_is_open() -> None:
    status = RecordStatus(is_loading=True)
    assert status.sentence == ("Preparing the microphone…", False)
    assert not status.is_open
    status.take(notices.Started(MIC))
    assert status.is_open
    assert "model is being loaded" in status.sentence[0]
    assert "being saved" in status.sentence[0]
    status.is_loading = False
    assert status.sentence == ("Listening…", False)


def test_pause_and_going_on() -> None:
    status = listening()
    status.take(notices.Paused(1.0))
    assert status.sentence == ("Paused", False)
    status.take(notices.Resumed(1.0))
    assert status.sentence == ("Listening…", False)


def test_warning_comes_before_everything_and_ends_with_its_cause() -> None:
    status = listening()
    status.lag_s = 12
    status.take(FULL)
    text, is_warning = status.sentence
    assert ("disk is full" in text, is_warning) == (True, True)
    status.take(notices.DiskFree(2.0))
    assert status.sentence == ("Catching up 12 s", False)


def test_stall_is_told_before_the_lag() -> None:
    status = listening()
    status.lag_s, status.is_stalled = 12, True
    assert status.sentence == ("Recognition does not get on. Your speech is saved.", True)


def test_failure_of_the_engine_lasts_although_the_microphone_has_news() -> None:
    status = RecordStatus()
    status.fail("It is recorded, and recognised later.")
    status.take(notices.Started(MIC))
    assert status.sentence == ("It is recorded, and recognised later.", True)
    status.take(FULL)
    assert "disk is full" in status.sentence[0]


def test_end_is_waiting_for_the_text_and_nothing_opens_afterwards() -> None:
    status = listening()
    status.ear = Ear.DONE
    status.take(notices.Started(MIC))
    assert status.sentence == ("Writing…", False)
    status.take(notices.Finished(None, 0.0))
    assert status.sentence == ("Writing…", False)
    status.is_loading = True
    assert status.sentence == ("Saved. The model is being loaded.", False)


def test_remark_lasts_until_the_recorder_says_something() -> None:
    status = listening()
    status.remark("The next recording uses it.")
    assert status.sentence == ("The next recording uses it.", False)
    status.take(notices.SoundAgain(3.0))
    assert status.sentence == ("Listening…", False)
