"""The recognizer around a scripted model: gate, loops, segments, cancel."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest

from app.engine.cancel import CancelToken
from app.engine.manifest import parse_manifest
from app.engine.recognizer import Recognizer, quietest_point
from app.engine.types import (
    AudioChunk,
    Event,
    FloatArray,
    Hypothesis,
    PartialText,
    SegmentDone,
    SegmentStarted,
    Timings,
    TranscribeOptions,
    TranscriptDone,
)
from app.errors import Cancelled, LanguageError
from tests.engine.test_manifest import QWEN

MANIFEST = parse_manifest(json.dumps(QWEN).encode(), Path("pack"))


def hypothesis(text: str, *, looped: bool = False) -> Hypothesis:
    return Hypothesis(
        token_ids=tuple(range(len(text))),
        text=text,
        avg_logprob=-0.5,
        truncated=looped,
        looped=looped,
        n_prompt_tokens=20,
        timings=Timings(mel_s=1.0, encode_s=2.0, prefill_s=3.0, decode_s=4.0),
    )


class ScriptedClips:
    """Answers each clip with the next hypothesis of a list; records what it was asked."""

    def __init__(self, *answers: Hypothesis) -> None:
        self.answers = list(answers)
        self.lengths: list[int] = []
        self.options: list[TranscribeOptions] = []

    def recognize(
        self, waveform: FloatArray, options: TranscribeOptions, cancel: CancelToken | None = None
    ) -> Generator[str, None, Hypothesis]:
        self.lengths.append(len(waveform))
        self.options.append(options)
        answer = self.answers.pop(0)
        yield "some"
        if cancel is not None:
            cancel.check()
        yield "some text"
        return answer

    def close(self) -> None:
        self.answers.clear()


class LoudGate:
    def has_speech(self, waveform: FloatArray) -> bool:
        return bool(np.abs(waveform).max() > 0.1)


def chunk(seconds: float = 4.0, start_s: float = 0.0, level: float = 0.5) -> AudioChunk:
    waveform = np.full(int(16000 * seconds), level, dtype=np.float32)
    return AudioChunk(start_sample=int(16000 * start_s), waveform=waveform)


def transcribe(
    clips: ScriptedClips, *chunks: AudioChunk, options: TranscribeOptions | None = None
) -> list[Event]:
    recognizer = Recognizer(clips, MANIFEST, device="CPU", gate=LoudGate(), load_s=0.25)
    return list(recognizer.transcribe(chunks, options or TranscribeOptions()))


def test_transcribe_two_chunks_gives_events_in_order() -> None:
    clips = ScriptedClips(
        hypothesis("language English<asr_text>One."), hypothesis("language English<asr_text>Two.")
    )
    events = transcribe(clips, chunk(4), chunk(2, start_s=4))
    kinds = [SegmentStarted, PartialText, PartialText, SegmentDone]
    assert [type(event) for event in events] == [*kinds, *kinds, TranscriptDone]
    done = events[-1]
    assert isinstance(done, TranscriptDone)
    transcript = done.transcript
    assert transcript.text == "One. Two."
    assert transcript.language == "English"
    assert transcript.duration_s == 6.0
    assert [(s.start_s, s.end_s) for s in transcript.segments] == [(0.0, 4.0), (4.0, 6.0)]
    assert transcript.timings.decode_s == 8.0
    assert transcript.timings.load_s == 0.25
    assert transcript.segments[0].avg_logprob == -0.5
    assert transcript.pack == "tiny"


def test_transcribe_silence_never_reaches_the_model() -> None:
    clips = ScriptedClips()
    options = TranscribeOptions(language="English", context="Technical terms: Songshu")
    events = transcribe(clips, chunk(level=0.01), options=options)
    done = events[-1]
    assert isinstance(done, TranscriptDone)
    assert done.transcript.text == ""
    assert done.transcript.segments == ()
    assert done.transcript.duration_s == 4.0
    assert clips.lengths == []


def test_transcribe_gate_can_be_turned_off() -> None:
    clips = ScriptedClips(hypothesis("language None<asr_text>"))
    transcribe(clips, chunk(level=0.01), options=TranscribeOptions(use_gate=False))
    assert len(clips.lengths) == 1


@pytest.mark.parametrize("n_samples", [0, 1, 159])
def test_transcribe_shorter_than_a_frame_is_empty(n_samples: int) -> None:
    clips = ScriptedClips()
    short = AudioChunk(start_sample=0, waveform=np.ones(n_samples, dtype=np.float32))
    transcribe(clips, short, options=TranscribeOptions(use_gate=False))
    assert clips.lengths == []


def test_transcribe_no_chunks_is_an_empty_transcript() -> None:
    (event,) = transcribe(ScriptedClips())
    assert isinstance(event, TranscriptDone)
    assert event.transcript.text == ""
    assert event.transcript.rtf == 0.0


def test_transcribe_loop_is_split_once() -> None:
    clips = ScriptedClips(
        hypothesis("language English<asr_text>la la la", looped=True),
        hypothesis("language English<asr_text>First half."),
        hypothesis("language English<asr_text>" + "ha" * 40, looped=True),
    )
    events = transcribe(clips, chunk(8))
    done = events[-1]
    assert isinstance(done, TranscriptDone)
    assert done.transcript.text == "First half. ha"
    assert done.transcript.segments[0].truncated
    assert clips.lengths[0] == clips.lengths[1] + clips.lengths[2]
    texts = [event.text for event in events if isinstance(event, PartialText)]
    assert texts[-1] == "First half. some text"


def test_transcribe_short_loop_is_not_split() -> None:
    clips = ScriptedClips(hypothesis("language English<asr_text>" + "la " * 60, looped=True))
    done = transcribe(clips, chunk(1.9))[-1]
    assert len(clips.lengths) == 1
    assert isinstance(done, TranscriptDone)
    assert done.transcript.text == "la"


def test_transcribe_loop_that_the_guard_stops_early_is_said_once() -> None:
    looped = hypothesis("language English<asr_text>Well, " + "we go on. " * 5, looped=True)
    done = transcribe(ScriptedClips(looped), chunk(1.9))[-1]
    assert isinstance(done, TranscriptDone)
    assert done.transcript.text == "Well, we go on."


@pytest.mark.parametrize("name", ["English", "english", "ENGLISH"])
def test_transcribe_forced_language_is_canonical(name: str) -> None:
    clips = ScriptedClips(hypothesis("Hello."))
    events = transcribe(clips, chunk(), options=TranscribeOptions(language=name))
    assert clips.options[0].language == "English"
    done = events[-1]
    assert isinstance(done, TranscriptDone)
    assert (done.transcript.language, done.transcript.text) == ("English", "Hello.")


def test_transcribe_unknown_language_is_refused_before_any_work() -> None:
    clips = ScriptedClips()
    with pytest.raises(LanguageError, match="Klingon"):
        transcribe(clips, chunk(), options=TranscribeOptions(language="Klingon"))
    assert clips.lengths == []


def test_transcribe_cancel_between_and_inside_chunks() -> None:
    clips = ScriptedClips(hypothesis("a"), hypothesis("b"))
    recognizer = Recognizer(clips, MANIFEST, device="CPU")
    cancel = CancelToken()
    events = recognizer.transcribe([chunk(), chunk()], TranscribeOptions(), cancel)
    for event in events:
        if isinstance(event, PartialText):
            break
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(events)


def test_quietest_point_is_found_in_the_middle_half() -> None:
    waveform = np.ones(16000, dtype=np.float32)
    waveform[:3000] = 0  # quiet, but too near the start
    waveform[9000:10800] = 0.01
    assert 9000 < quietest_point(waveform) < 10800


@pytest.mark.parametrize("n_samples", [1, 2, 1600, 3200, 3201])
def test_quietest_point_short_waveform(n_samples: int) -> None:
    assert 0 <= quietest_point(np.ones(n_samples, dtype=np.float32)) <= n_samples
