"""The stream around a scripted model: when it decodes, what it says, and that nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest

from app.engine.cancel import CancelToken
from app.engine.manifest import parse_manifest
from app.engine.recognizer import Recognizer
from app.engine.streaming import (
    PartialText,
    StreamEvent,
    StreamingRecognizer,
    StreamOptions,
    UtteranceDone,
)
from app.engine.types import SAMPLE_RATE, FloatArray, Hypothesis, Timings, TranscribeOptions
from app.errors import Cancelled, DecoderError, LanguageError
from tests.engine.test_manifest import QWEN
from tests.engine.test_utterances import LoudTracker, sound

MANIFEST = parse_manifest(json.dumps(QWEN).encode(), Path("pack"))
BLOCK = 1600


class ListeningClips:
    """Says how many tenths of a second of loud sound it heard; remembers all it was given."""

    def __init__(self) -> None:
        self.previews: list[FloatArray] = []
        self.finals: list[FloatArray] = []
        self.options: list[TranscribeOptions] = []
        self.failures: list[Exception] = []
        self.looped = False
        self.header = "language English<asr_text>"
        self.preview_s = 0.0
        self.now = 0.0
        self.is_closed = False

    def recognize(
        self, waveform: FloatArray, options: TranscribeOptions, cancel: CancelToken | None = None
    ) -> Generator[str, None, Hypothesis]:
        if cancel is not None:
            cancel.check()
        if self.failures:
            raise self.failures.pop()
        self.finals.append(waveform)
        self.options.append(options)
        yield "a word"
        return self._hypothesis(waveform, looped=self.looped and len(self.finals) == 1)

    def preview(
        self, waveform: FloatArray, options: TranscribeOptions, cancel: CancelToken | None = None
    ) -> Hypothesis:
        if cancel is not None:
            cancel.check()
        if self.failures:
            raise self.failures.pop()
        self.previews.append(waveform)
        self.options.append(options)
        self.now += self.preview_s
        return self._hypothesis(waveform)

    def close(self) -> None:
        self.is_closed = True

    def _hypothesis(self, waveform: FloatArray, *, looped: bool = False) -> Hypothesis:
        n_tenths = round(np.count_nonzero(np.abs(waveform) > 0.1) / BLOCK)
        return Hypothesis(
            token_ids=(1, 2),
            text=f"{self.header}heard {n_tenths}",
            avg_logprob=-0.1,
            truncated=looped,
            looped=looped,
            n_prompt_tokens=9,
            timings=Timings(decode_s=0.5),
        )


class LoudGate:
    def has_speech(self, waveform: FloatArray) -> bool:
        return bool(np.abs(waveform).max() > 0.1)


def stream_over(clips: ListeningClips, options: StreamOptions | None = None) -> StreamingRecognizer:
    recognizer = Recognizer(clips, MANIFEST, device="CPU", gate=LoudGate())
    return StreamingRecognizer(
        recognizer, clips, LoudTracker(), options or StreamOptions(), clock=lambda: clips.now
    )


def run(stream: StreamingRecognizer, waveform: FloatArray) -> list[StreamEvent]:
    """Feed a waveform in tenths of a second, with a step after each; then stop."""
    events: list[StreamEvent] = []
    for start in range(0, len(waveform), BLOCK):
        stream.feed(waveform[start : start + BLOCK])
        events += stream.step()
    return [*events, *stream.finish()]


def partials(events: list[StreamEvent]) -> list[PartialText]:
    return [event for event in events if isinstance(event, PartialText)]


def texts(events: list[StreamEvent]) -> list[str]:
    return [event.segment.text for event in events if isinstance(event, UtteranceDone)]


def test_stream_shows_text_while_it_is_spoken() -> None:
    events = run(stream_over(ListeningClips()), sound((3.0, True), (1.0, False)))
    shown = partials(events)
    assert [round(event.end_s, 1) for event in shown] == [0.7, 1.7, 2.8, 3.3]
    assert [event.open for event in shown] == ["heard 7", "heard 17", "heard 28", "heard 30"]
    assert all(event.start_s == 0.0 and event.settled == "" for event in shown)
    assert isinstance(events[4], UtteranceDone)
    assert texts(events) == ["heard 30"]


def test_stream_gives_a_segment_with_its_place_and_quality() -> None:
    events = run(stream_over(ListeningClips()), sound((2.0, False), (2.0, True), (1.0, False)))
    (done,) = (event for event in events if isinstance(event, UtteranceDone))
    assert done.segment.start_s == pytest.approx(1.5, abs=0.04)
    assert done.segment.end_s == pytest.approx(4.3, abs=0.04)
    assert done.segment.language == "English"
    assert done.segment.avg_logprob == -0.1
    assert done.segment.timings.decode_s == 0.5


def test_stream_is_decoded_early_over_the_span_that_it_will_have() -> None:
    """What is shown 0.3 s after the last word is the very clip that becomes final."""
    clips = ListeningClips()
    events = run(stream_over(clips), sound((1.3, True), (2.0, False)))
    (done,) = (event for event in events if isinstance(event, UtteranceDone))
    early = partials(events)[-1]
    assert (early.open, early.end_s) == (done.segment.text, done.segment.end_s)
    assert len(clips.finals) == 1  # it was not recognised again


def test_stream_early_text_is_given_up_when_the_speaker_goes_on() -> None:
    clips = ListeningClips()
    events = run(stream_over(clips), sound((1.3, True), (0.5, False), (1.0, True), (1.0, False)))
    assert [len(clip) / SAMPLE_RATE for clip in clips.finals] == pytest.approx([1.6, 3.1], abs=0.05)
    assert texts(events) == ["heard 23"]


def test_stream_silence_is_never_decoded() -> None:
    clips = ListeningClips()
    stream = stream_over(clips)
    assert run(stream, sound((40.0, False))) == []
    assert not clips.previews
    assert not clips.finals
    assert stream.lag_s == 0.0


def test_stream_pauses_are_not_decoded_again_and_again() -> None:
    clips = ListeningClips()
    stream = stream_over(clips, StreamOptions(step_s=0.1))
    run(stream, sound((1.0, True), (0.6, False), (0.5, True), (5.0, False)))
    assert len(clips.previews) < 16
    assert len(clips.finals) == 2  # as if the first pause had been the end, and the end


def test_stream_every_sample_of_speech_reaches_the_model_once() -> None:
    parts = [(3.0, False), (4.0, True), (1.0, False), (0.5, True), (2.0, False), (45.0, True)]
    waveform = sound(*parts)
    clips = ListeningClips()
    run(stream_over(clips), waveform)
    final = np.concatenate(clips.finals)
    loud, heard = waveform[np.abs(waveform) > 0.1], final[np.abs(final) > 0.1]
    np.testing.assert_array_equal(heard, loud)


def test_stream_stop_in_the_middle_of_a_word() -> None:
    clips = ListeningClips()
    events = run(stream_over(clips), sound((1.234, True)))
    assert texts(events) == ["heard 12"]
    assert len(clips.finals[0]) == round(1.234 * SAMPLE_RATE)


def test_stream_stop_in_a_pause_finds_the_text_there_already() -> None:
    """Whoever lifts the key half a second after the last word waits for nothing."""
    clips = ListeningClips()
    stream = stream_over(clips)
    waveform = sound((2.0, True), (0.5, False))
    for start in range(0, len(waveform), BLOCK):
        stream.feed(waveform[start : start + BLOCK])
        list(stream.step())
    n_before = len(clips.finals) + len(clips.previews)
    assert texts(list(stream.finish())) == ["heard 20"]
    assert len(clips.finals) + len(clips.previews) == n_before
    assert stream.lag_s == 0.0


def test_stream_goes_on_after_stop() -> None:
    stream = stream_over(ListeningClips())
    run(stream, sound((1.0, True)))
    events = run(stream, sound((2.0, True), (1.0, False)))
    (done,) = (event for event in events if isinstance(event, UtteranceDone))
    assert (done.segment.start_s, texts(events)) == (1.0, ["heard 20"])


def test_stream_that_lags_skips_partial_texts_but_no_sound() -> None:
    clips = ListeningClips()
    stream = stream_over(clips)
    waveform = sound((2.0, True), (1.0, False), (3.0, True), (1.0, False), (1.0, True))
    stream.feed(waveform)  # all at once: the model was busy, or not loaded
    assert stream.lag_s == pytest.approx(8.0)
    kinds = []
    lags = []
    for _ in range(3):
        (event,) = stream.step()
        kinds.append(type(event))
        lags.append(round(stream.lag_s, 1))
    assert kinds == [UtteranceDone, UtteranceDone, PartialText]
    assert lags == [5.7, 1.7, 0.0]
    assert list(stream.step()) == []
    assert texts(list(stream.finish())) == ["heard 10"]
    assert stream.lag_s == 0.0


def test_stream_slow_decoding_leaves_time_for_others() -> None:
    clips = ListeningClips()
    clips.preview_s = 3.0
    options = StreamOptions(mean_duty=9.0)
    shown = partials(run(stream_over(clips, options), sound((12.0, True), (1.0, False))))
    assert [event.end_s for event in shown] == pytest.approx([0.6, 6.6, 12.3], abs=0.15)


def test_stream_long_utterance_has_fewer_partial_texts_and_a_short_one_all() -> None:
    clips = ListeningClips()
    clips.preview_s = 0.4
    options = StreamOptions(mean_duty=0.2, credit_s=1.0)
    waveform = sound((28.0, True), (1.0, False), (3.0, True), (1.0, False))
    events = run(stream_over(clips, options), waveform)
    ends_s = [event.end_s for event in partials(events)]
    assert [end_s for end_s in ends_s if end_s < 4] == pytest.approx([0.7, 1.7, 2.8, 3.9], abs=0.1)
    long = [end_s for end_s in ends_s if end_s < 28]
    assert 14 <= len(long) <= (0.2 * 28 + 1.0) / 0.4 + 1
    short = [end_s - 28.3 for end_s in ends_s if 28.5 < end_s < 32]
    assert len(short) == 3  # the next one begins with a new budget
    every = run(stream_over(ListeningClips(), StreamOptions(mean_duty=9.0)), waveform)
    assert len(partials(every)) > len(ends_s)
    assert texts(every) == texts(events)


def test_stream_a_slow_decoding_does_not_delay_the_next_utterance() -> None:
    clips = ListeningClips()
    clips.preview_s = 3.0
    waveform = sound((6.5, True), (1.0, False), (1.0, True), (1.0, False))
    shown = partials(run(stream_over(clips), waveform))
    assert any(0.5 < event.end_s - 7.5 < 0.8 for event in shown)


def test_stream_lag_is_small_while_all_is_well() -> None:
    stream = stream_over(ListeningClips())
    waveform = sound((1.0, False), (4.0, True), (3.0, False))
    lags = []
    for start in range(0, len(waveform), BLOCK):
        stream.feed(waveform[start : start + BLOCK])
        list(stream.step())
        lags.append(stream.lag_s)
    assert max(lags) < 1.4
    assert stream.fed_s == 8.0


def test_stream_cancelled_begins_again_where_it_was() -> None:
    clips = ListeningClips()
    stream = stream_over(clips)
    stream.feed(sound((1.0, True), (1.0, False), (1.0, True)))
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        list(stream.step(cancel))
    with pytest.raises(Cancelled):
        list(stream.finish(cancel))
    assert stream.lag_s == 3.0
    assert texts(list(stream.finish())) == ["heard 10", "heard 10"]


def test_stream_failed_decoding_begins_again_where_it_was() -> None:
    clips = ListeningClips()
    stream = stream_over(clips)
    clips.failures = [DecoderError("compute", "no memory"), DecoderError("compute", "no memory")]
    stream.feed(sound((1.0, True)))
    with pytest.raises(DecoderError):
        list(stream.step())
    stream.feed(sound((1.0, False)))
    with pytest.raises(DecoderError):
        list(stream.step())
    assert texts(list(stream.finish())) == ["heard 10"]


def test_stream_loop_is_split_as_in_a_file() -> None:
    clips = ListeningClips()
    clips.looped = True
    events = run(stream_over(clips), sound((4.0, True), (1.0, False)))
    whole, first, second = clips.finals
    np.testing.assert_array_equal(np.concatenate([first, second]), whole)
    assert len(texts(events)) == 1
    assert texts(events)[0].count("heard") == 2


class DeafGate:
    def has_speech(self, waveform: FloatArray) -> bool:
        return False


def test_stream_no_speech_after_all_takes_the_text_away() -> None:
    clips = ListeningClips()
    recognizer = Recognizer(clips, MANIFEST, device="CPU", gate=DeafGate())
    stream = StreamingRecognizer(recognizer, clips, LoudTracker(), StreamOptions())
    events = run(stream, sound((2.0, True), (1.0, False)))
    assert [event.open for event in partials(events)] != []
    assert texts(events) == [""]
    assert not clips.finals


def test_stream_model_that_hears_nobody_shows_nothing() -> None:
    clips = ListeningClips()
    clips.header = "language None<asr_text>"
    clips._hypothesis = _nobody  # type: ignore[method-assign, assignment]
    events = run(stream_over(clips), sound((2.0, True), (1.0, False)))
    assert {event.open for event in partials(events)} == {""}
    assert texts(events) == [""]


def _nobody(waveform: FloatArray, *, looped: bool = False) -> Hypothesis:
    return Hypothesis(
        token_ids=(1,),
        text="language None<asr_text>",
        avg_logprob=-0.1,
        truncated=looped,
        looped=looped,
        n_prompt_tokens=9,
        timings=Timings(),
    )


def test_stream_language_is_checked_and_forced() -> None:
    clips = ListeningClips()
    clips.header = ""
    options = StreamOptions(transcribe=TranscribeOptions(language="english", context="Songshu"))
    events = run(stream_over(clips, options), sound((1.0, True)))
    assert {(one.language, one.context) for one in clips.options} == {("English", "Songshu")}
    assert texts(events) == ["heard 10"]
    with pytest.raises(LanguageError):
        stream_over(clips, StreamOptions(transcribe=TranscribeOptions(language="Elvish")))


def test_stream_closes_its_model_object() -> None:
    clips = ListeningClips()
    stream_over(clips).close()
    assert clips.is_closed


def test_stream_empty_blocks_and_nothing_at_all() -> None:
    stream = stream_over(ListeningClips())
    stream.feed(np.zeros(0, np.float32))
    assert list(stream.step()) == []
    assert list(stream.finish()) == []
    assert list(stream.finish()) == []


def test_options_refuse_nonsense() -> None:
    for name, value in (
        ("first_s", 0),
        ("step_s", 0),
        ("max_duty", 0),
        ("mean_duty", 0),
        ("credit_s", -1),
    ):
        with pytest.raises(ValueError):
            StreamOptions(**{name: value})  # type: ignore[arg-type]
