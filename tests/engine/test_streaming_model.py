"""Streaming with real models: the text of a file, whatever is saved on the way."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from app.audio.decode import open_audio
from app.audio.speech_tracker import SpeechTracker
from app.audio.vad import SpeechGate
from app.engine.growing_clip import GrowingClips, Savings
from app.engine.pack import Pack
from app.engine.recognizer import Recognizer, load_recognizer
from app.engine.streaming import (
    PartialText,
    StreamEvent,
    StreamingRecognizer,
    StreamOptions,
    UtteranceDone,
    open_stream,
)
from app.engine.types import (
    SAMPLE_RATE,
    AudioChunk,
    FloatArray,
    Segment,
    SegmentDone,
    TranscribeOptions,
)
from tests.packs import ROOT, float_pack, pack

DATA, TESTSET = ROOT / "tests" / "data", ROOT / "models" / "starter" / "testset"
CLIPS = [
    *sorted((ROOT / "samples").glob("*.wav")),
    *(DATA / name for name in ("meeting_slt.wav", "yes_slt.wav")),
    *(TESTSET / f"{name}.flac" for name in ("long-joe", "noisy-hibari-08", "seen-awb-04")),
    *(TESTSET / f"{name}.flac" for name in ("unseen-espeak-held-out-02", "unseen-kal16-01")),
]
VARIANTS = {
    "chunks": Savings(chunks=False),
    "windows": Savings(windows=False),
    "prefix": Savings(prefix=False),
    "drafts": Savings(drafts=False),
    "all": Savings(chunks=False, windows=False, prefix=False, drafts=False),
}


@cache
def gate() -> SpeechGate:
    return SpeechGate()


@cache
def recognizer(of: Pack) -> Recognizer:
    return load_recognizer(of, n_threads=1, gate=gate())


@cache
def sound(path: Path) -> FloatArray:
    with open_audio(path) as source:
        return np.concatenate(list(source.blocks()))


def run(
    of: Pack, waveform: FloatArray, savings: Savings, options: TranscribeOptions | None = None
) -> list[StreamEvent]:
    """Speak a waveform; the clock stands still, so that partial texts come at the same places."""
    model = recognizer(of)
    clips = GrowingClips(model.clips, model.manifest, savings)  # type: ignore[arg-type]
    stream = StreamingRecognizer(
        model.over(clips),
        clips,
        SpeechTracker(gate()),
        StreamOptions(transcribe=options or TranscribeOptions()),
        clock=lambda: 0.0,
    )
    events: list[StreamEvent] = []
    for start in range(0, len(waveform), 1600):
        stream.feed(waveform[start : start + 1600])
        events += stream.step()
    events += stream.finish()
    stream.close()
    return events


def finals(events: list[StreamEvent]) -> list[Segment]:
    return [event.segment for event in events if isinstance(event, UtteranceDone)]


def texts(events: list[StreamEvent]) -> list[str]:
    return [e.open if isinstance(e, PartialText) else e.segment.text for e in events]


def offline(
    of: Pack, waveform: FloatArray, segment: Segment, options: TranscribeOptions | None = None
) -> Segment:
    """Recognise the span of an utterance as a file."""
    start, end = (round(at_s * SAMPLE_RATE) for at_s in (segment.start_s, segment.end_s))
    chunk = AudioChunk(start_sample=start, waveform=waveform[start:end])
    events = recognizer(of).transcribe([chunk], options or TranscribeOptions())
    (found,) = (event.segment for event in events if isinstance(event, SegmentDone))
    return found


@pytest.mark.parametrize("path", CLIPS, ids=lambda path: path.stem)
def test_final_text_is_that_of_the_file(path: Path) -> None:
    found = finals(run(pack("starter"), sound(path), Savings()))
    assert found
    for segment in found:
        wanted = offline(pack("starter"), sound(path), segment)
        assert segment.text == wanted.text
        assert segment.language == wanted.language
        assert segment.avg_logprob == pytest.approx(wanted.avg_logprob, abs=0.05)
    assert any(segment.text for segment in found)


@pytest.mark.parametrize("name", VARIANTS)
@pytest.mark.parametrize("clip", ["seen-awb-04", "noisy-hibari-08"])
def test_final_text_with_a_saving_off_equals_on(name: str, clip: str) -> None:
    waveform = sound(TESTSET / f"{clip}.flac")
    on = finals(run(pack("starter"), waveform, Savings()))
    off = finals(run(pack("starter"), waveform, VARIANTS[name]))
    assert [one.text for one in off] == [one.text for one in on]


@pytest.mark.parametrize("name", VARIANTS)
def test_every_text_with_a_saving_off_equals_on(name: str) -> None:
    """Without quantisation batches round alike: partial texts agree, too. Windows of 8 s."""
    of = float_pack("tiny")
    waveform = sound(TESTSET / "long-joe.flac")
    assert texts(run(of, waveform, VARIANTS[name])) == texts(run(of, waveform, Savings()))


def test_every_saving_saves_on_long_utterances() -> None:
    """What is claimed to be saved is not computed."""
    model = recognizer(float_pack("tiny"))
    # noise: nothing lies 80 dB below the loudest, where the mel changes when it gets louder
    noise = np.random.default_rng(1).normal(scale=0.1, size=20 * SAMPLE_RATE)
    waveform = noise.astype(np.float32)
    computed = {}
    for name, savings in {"on": Savings(), **VARIANTS}.items():
        clips = GrowingClips(model.clips, model.manifest, savings)  # type: ignore[arg-type]
        for seconds in range(9, 20, 2):
            clips.preview(waveform[: seconds * SAMPLE_RATE], TranscribeOptions())
        computed[name] = clips.work
        clips.close()
    on, prefix = computed["on"], computed["prefix"]
    assert on.n_kept >= 4 * 104 + 208  # at 11, 13, 15, 17; and 19 s
    assert on.n_computed == prefix.n_computed - on.n_kept
    assert on.n_calls == computed["drafts"].n_calls - on.n_accepted
    assert on.n_accepted > 0
    assert computed["drafts"].n_drafted == prefix.n_kept == 0


def test_hot_words_and_context_act_as_in_a_file() -> None:
    options = TranscribeOptions(
        context="Technical terms: squirrel", hot_words=("Sqirl", "squirrel")
    )
    waveform = sound(ROOT / "samples" / "squirrel.wav")
    (found,) = finals(run(pack("starter"), waveform, Savings(), options))
    assert found.text == offline(pack("starter"), waveform, found, options).text


@pytest.mark.parametrize("name", ["none-silence", "none-hum", "none-noise", "none-music"])
def test_no_text_where_nobody_speaks(name: str) -> None:
    assert texts(run(pack("starter"), sound(TESTSET / f"{name}.flac"), Savings())) == []


def test_no_text_on_silence_after_speech() -> None:
    """Old words must not fill the silence."""
    speech = sound(ROOT / "samples" / "meeting.wav")
    room = np.random.default_rng(3).normal(scale=3e-4, size=20 * SAMPLE_RATE).astype(np.float32)
    events = run(pack("starter"), np.concatenate([speech, room]), Savings())
    ends = [event.segment.end_s for event in events if isinstance(event, UtteranceDone)]
    assert max(ends) < len(speech) / SAMPLE_RATE + 1


def test_a_file_between_two_steps_changes_nothing() -> None:
    waveform = sound(ROOT / "samples" / "weather.wav")
    alone = finals(run(pack("starter"), waveform, Savings()))
    model = recognizer(pack("starter"))
    stream = open_stream(model, StreamOptions(), gate())
    events: list[StreamEvent] = []
    for start in range(0, len(waveform), SAMPLE_RATE):
        stream.feed(waveform[start : start + SAMPLE_RATE])
        events += stream.step()
        chunk = AudioChunk(start_sample=0, waveform=waveform[start:][:SAMPLE_RATE])
        list(model.transcribe([chunk], TranscribeOptions(use_gate=False)))
    events += stream.finish()
    stream.close()
    assert [one.text for one in finals(events)] == [one.text for one in alone]


def test_two_streams_one_after_the_other_on_one_model() -> None:
    waveform = sound(ROOT / "samples" / "meeting.wav")
    first = finals(run(pack("starter"), waveform, Savings()))
    second = finals(run(pack("starter"), waveform, Savings()))
    assert [(one.text, one.start_s) for one in first] == [(one.text, one.start_s) for one in second]


def test_preview_leaves_babble_out() -> None:
    """The starter repeats itself where a clip ends in the middle of a word."""
    model = recognizer(pack("starter"))
    clips = GrowingClips(model.clips, model.manifest)  # type: ignore[arg-type]
    waveform = sound(TESTSET / "long-joe.flac")
    for tenths in range(12, 60, 4):
        clip = waveform[: tenths * SAMPLE_RATE // 10]
        ids = clips.preview(clip, TranscribeOptions()).token_ids
        assert len(ids) <= 8 + 0.8 * tenths
        assert ids[-6:] != ids[-12:-6] or len(ids) < 12
    clips.close()
