"""Four hours, ten times too fast for an engine that lags: all is recognised, in little memory.

Everything is real but the ends: recorder, journal on the disk, reader, job, utterances, recognizer.
The microphone gives sound while time passes, and time passes only while the decoder is busy (or the
job waits for sound): ten seconds of sound for each second. The decoder needs 0.2 s for a second of
speech, so it falls behind by more than a third of all that is said.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psutil

from app.audio.journal_reader import JournalReader
from app.audio.recorder import Recorder
from app.engine.cancel import CancelToken
from app.engine.manifest import parse_manifest
from app.engine.recognizer import Recognizer
from app.engine.streaming import StreamingRecognizer, StreamOptions
from app.engine.types import SAMPLE_RATE, FloatArray, Hypothesis, Timings, TranscribeOptions
from app.gui.threads.events import LagChanged
from app.gui.threads.live_job import LiveEvent, LiveJob, LiveRequest
from app.store.types import JobOptions
from tests.audio.fake_microphone import FakeSystem
from tests.engine.test_manifest import QWEN
from tests.engine.test_utterances import LoudTracker
from tests.gui.threads.test_live_job import Store
from tests.waiting import PATIENCE_S, wait_for

HOURS = 4
SPEED = 10  # seconds of sound that come in a second
COST = 0.2  # seconds that the decoder needs for a second of speech
MINUTE = 60 * SAMPLE_RATE
QUEUED_S = 60.0  # of sound that may wait for the recorder; a real device is never so far ahead
GROWTH_BYTES = 32 << 20  # of the process while it works; the sound is 922 MB as float32


@dataclass
class Mouth:
    """Speaks into the microphone as time passes; no minute is like another.

    Attributes:
        n_given: samples so far; checksum: of them, as 16-bit samples.
    """

    recorder: Recorder
    system: FakeSystem
    n_given: int = 0
    checksum: int = 0
    _due: float = 0.0

    def __post_init__(self) -> None:
        rng = np.random.default_rng(4)
        loud = rng.integers(9000, 28000, MINUTE + 60 * HOURS, dtype=np.int16)
        quiet = np.arange(len(loud)) % round(12.0 * SAMPLE_RATE) >= round(9.5 * SAMPLE_RATE)
        loud[quiet] //= 100
        self._values = loud

    @property
    def is_done(self) -> bool:
        return self.n_given == 60 * HOURS * MINUTE

    def pass_time(self, seconds: float) -> None:
        """Let time pass: sound comes, and is on the disk when this returns."""
        self._due += SPEED * seconds * SAMPLE_RATE
        while not self.is_done and self._due >= SAMPLE_RATE:
            self._due -= SAMPLE_RATE
            self._give_second()
        given_s = self.n_given / SAMPLE_RATE
        wait_for(lambda: given_s - self.recorder.recorded_s < QUEUED_S)
        if self.is_done:
            self.recorder.stop()

    def _give_second(self) -> None:
        minute, at = divmod(self.n_given, MINUTE)
        pcm = self._values[minute + at : minute + at + SAMPLE_RATE]
        self.checksum = zlib.crc32(pcm.astype("<i2").tobytes(), self.checksum)
        self.system.stream().give((pcm / np.float32(32768))[:, np.newaxis], block=SAMPLE_RATE)
        self.n_given += SAMPLE_RATE


@dataclass
class PatientReader:
    """The journal's reader; time passes while it waits for sound."""

    reader: JournalReader
    mouth: Mouth

    @property
    def lag_s(self) -> float:
        return self.reader.lag_s

    def read(self, timeout_s: float | None = None) -> FloatArray | None:
        if self.reader.lag_s < 1.0 and not self.mouth.is_done:
            self.mouth.pass_time(0.1)
        return self.reader.read(timeout_s)


@dataclass
class SlowClips:
    """A decoder that takes its time, and says how long the clip is."""

    mouth: Mouth
    used_bytes: list[int] = field(default_factory=list)

    def recognize(
        self, waveform: FloatArray, options: TranscribeOptions, cancel: CancelToken | None = None
    ) -> Generator[str, None, Hypothesis]:
        yield ""
        return self.preview(waveform, options)

    def preview(
        self, waveform: FloatArray, options: TranscribeOptions, cancel: CancelToken | None = None
    ) -> Hypothesis:
        self.mouth.pass_time(COST * len(waveform) / SAMPLE_RATE)
        self.used_bytes.append(psutil.Process().memory_info().rss)
        return Hypothesis(
            token_ids=(1, 2),
            text=f"language English<asr_text>{len(waveform)} samples.",
            avg_logprob=-0.1,
            truncated=False,
            looped=False,
            n_prompt_tokens=9,
            timings=Timings(),
        )

    def close(self) -> None:
        """Nothing is held."""


@dataclass
class CountingGate:
    """Hears every span exactly once, speech or not: here the samples are counted."""

    n_heard: int = 0
    checksum: int = 0

    def has_speech(self, waveform: FloatArray) -> bool:
        self.n_heard += len(waveform)
        pcm = np.rint(waveform * np.float32(32768)).astype("<i2")
        self.checksum = zlib.crc32(pcm.tobytes(), self.checksum)
        return bool(np.abs(waveform).max(initial=0.0) > 0.1)


def test_four_hours_at_ten_times_the_pace_with_a_throttled_decoder(tmp_path: Path) -> None:
    system, store, gate = FakeSystem(), Store(), CountingGate()
    said: list[LiveEvent] = []
    recorder = Recorder(tmp_path, None, system.open, keeps_awake=False)
    recorder.start()
    mouth = Mouth(recorder, system)
    clips = SlowClips(mouth)
    manifest = parse_manifest(json.dumps(QWEN).encode(), Path("pack"))
    recognizer = Recognizer(clips, manifest, device="CPU", gate=gate)
    stream = StreamingRecognizer(recognizer, clips, LoudTracker(), StreamOptions())
    request = LiveRequest(
        session=1,
        item_id=1,
        reader=PatientReader(recorder.reader(), mouth),
        options=JobOptions(),
        cancel=CancelToken(),
    )
    LiveJob(request, stream, store, said.append).run()
    assert recorder.wait(PATIENCE_S)
    assert recorder.recording is not None
    assert mouth.n_given == HOURS * 3600 * SAMPLE_RATE
    assert recorder.recording.duration_s == HOURS * 3600
    assert (gate.n_heard, gate.checksum) == (mouth.n_given, mouth.checksum)
    heard = sum(int(segment.text.split()[0]) for segment in store.segments)
    assert heard > 0.8 * mouth.n_given  # all but the silence that stands alone
    lags_s = [event.lag_s for event in said if isinstance(event, LagChanged)]
    assert max(lags_s) > 3600
    assert lags_s[-1] == 0
    quarter = len(clips.used_bytes) // 4
    growth_bytes = max(clips.used_bytes[-quarter:]) - max(clips.used_bytes[:quarter])
    print(f"memory grew by {growth_bytes / 1e6:.1f} MB, the lag was {max(lags_s) / 60:.0f} min")
    assert growth_bytes < GROWTH_BYTES
    recorder.recording.path.unlink()  # 460 MB
