"""One recording is followed: its facts change its status, those of another one do not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject

from app.audio.recorder import Recorder
from app.gui.recording.follower import RecordFollower
from app.gui.recording.recordings import Recordings
from app.gui.threads.engine import Engine
from app.gui.threads.events import EnginePhase, EngineState, LagChanged
from app.store.library import Library
from app.store.types import JobOptions
from tests.cli.fakes import FakeTranscriber


@pytest.fixture
def recordings(library: Library, tmp_path: Path) -> Iterator[Recordings]:
    """Recordings of which none is made: what they tell, the test tells."""
    engine = Engine(library, FakeTranscriber().load)
    yield Recordings(
        library,
        engine,
        lambda microphone: Recorder(tmp_path, microphone),
        microphone=lambda: None,
        options=JobOptions,
    )
    engine.close()


@pytest.fixture
def parent(qapp: QObject) -> QObject:
    return QObject()


def test_only_what_concerns_the_followed_one_is_taken(
    recordings: Recordings, parent: QObject
) -> None:
    follower = RecordFollower(recordings, parent)
    changes: list[None] = []
    follower.changed.connect(lambda: changes.append(None))
    follower.follow(2)
    recordings.lag_changed.emit(LagChanged(session=1, lag_s=9))
    recordings.stalled_changed.emit(1, True)
    assert (follower.status.lag_s, follower.status.is_stalled, changes) == (0, False, [])
    recordings.lag_changed.emit(LagChanged(session=2, lag_s=4))
    assert (follower.status.lag_s, len(changes)) == (4, 1)
    recordings.stalled_changed.emit(2, True)
    assert (follower.status.is_stalled, len(changes)) == (True, 2)


def test_model_that_is_loaded_is_waited_for_by_all_and_by_the_next_one(
    recordings: Recordings, parent: QObject
) -> None:
    followers = [RecordFollower(recordings, parent) for _ in range(2)]
    for session, follower in enumerate(followers):
        follower.follow(session)
    recordings.on_engine_changed(EngineState(phase=EnginePhase.LOADING))
    assert [follower.status.is_loading for follower in followers] == [True, True]
    followers[0].status.lag_s = 5
    followers[0].follow(7)
    assert (followers[0].status.is_loading, followers[0].status.lag_s) == (True, 0)
    recordings.on_engine_changed(EngineState(phase=EnginePhase.READY))
    assert [follower.status.is_loading for follower in followers] == [False, False]
