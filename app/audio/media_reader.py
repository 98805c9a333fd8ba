"""Read a media file from any position, as the loudspeaker wants it.

In: a path or file object, opened and judged by ``decode``. Out: blocks of interleaved float32 at
the rate and channel count of the output device, each with its position in the recording. Only one
frame is in memory, so ten hours are no different from ten seconds.

Positions are those of the transcript: seconds since the container's start, with gaps between time
stamps filled by silence, exactly as ``decode`` counts them.

A seek lands on a frame before the target, because a codec needs some audio before it sounds right
(MP3's bit reservoir, Opus' pre-roll); what was decoded too early is thrown away, counted in
samples. Measured error against a decoding from the start (tests/audio/test_media_reader.py): WAV,
FLAC, M4A, MOV, MP3 and Opus 0 samples, or 1 where the rate is converted; Matroska and WebM 1 ms;
Vorbis 0, in its last second up to 20 ms. A seek takes some milliseconds; the first one far into an
MP3, which has no index, 0.2 s an hour of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from app.audio.decode import open_audio
from app.audio.ffmpeg import av
from app.audio.frames import MIN_GAP_S, TimeLine
from app.audio.resample import FloatArray
from app.audio.source import os_errors
from app.errors import CorruptAudioError
from app.numeric import np

PREROLL_S = 0.3  # ten MP3 frames at 44.1 kHz are 0.26 s, Opus asks for 0.08 s
LAYOUTS = {1: "mono", 2: "stereo"}


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of sound.

    Attributes:
        position_s: of its first sample in the recording.
        samples: float32 [n_samples, n_channels].
        speed: seconds of the recording for each second that is heard.
    """

    position_s: float
    samples: FloatArray
    speed: float = 1.0


class MediaReader:
    """An open recording that can be read from any position.

    Args:
        source: a path or a binary reader.
        rate: of the output, in Hz.
        n_channels: of the output, 1 or 2.

    Attributes:
        n_frames: decoded so far, by which a test sees how far before the target a seek lands.

    Raises:
        AudioError: one of its subclasses says what is wrong with the source.
    """

    def __init__(self, source: Path | BinaryIO, rate: int, n_channels: int) -> None:
        self.rate = rate
        self.n_channels = n_channels
        self._audio = open_audio(source, will_seek=True)
        self._container, self._stream = self._audio.track
        self._start_s = (self._container.start_time or 0) / av.time_base
        self.n_frames = 0
        self._blocks = self._read_from(0.0)

    @property
    def duration_s(self) -> float | None:
        """Length that the container states, None if it does not."""
        return self._audio.info.duration_s

    def close(self) -> None:
        """Close the file."""
        self._audio.close()

    def seek(self, position_s: float) -> None:
        """Go to a position; a position after the end gives no more blocks."""
        target_s = max(0.0, position_s)
        wanted_s = max(0.0, target_s - PREROLL_S) + self._start_s
        with os_errors(self._audio.info.name):
            self._seek_container(round(wanted_s / self._stream.time_base))
        self._blocks = self._read_from(target_s)

    def read(self) -> Block | None:
        """Return the next block, None at the end.

        Raises:
            AudioReadError: the operating system failed.
            CorruptAudioError: nothing could be decoded.
        """
        with os_errors(self._audio.info.name):
            return next(self._blocks, None)

    def _seek_container(self, offset: int) -> None:
        try:
            self._container.seek(offset, stream=self._stream, backward=True)
        except av.FFmpegError:  # no index and no time stamps: only from the start
            self._container.seek(0, stream=self._stream, backward=True, any_frame=True)

    def _read_from(self, target_s: float) -> Iterator[Block]:
        """Yield the blocks from a position; the container stands at or before it."""
        start_sample = round(target_s * self.rate)
        for first_sample, samples in self._placed(target_s):
            n_early = start_sample - first_sample
            if n_early < len(samples):
                kept = samples[max(0, n_early) :]
                yield Block(max(first_sample, start_sample) / self.rate, kept)
        if not self.n_frames and target_s < (self.duration_s or 1.0):
            raise CorruptAudioError(self._audio.info.name, "none of its audio could be decoded")

    def _placed(self, target_s: float) -> Iterator[tuple[int, FloatArray]]:
        """Yield (index of the first sample, samples), silence in the gaps included."""
        converter = _Converter(self.rate, self.n_channels)
        time_line: TimeLine | None = None
        n_samples = 0
        for frame in self._frames():
            self.n_frames += 1
            if time_line is None:
                first_s = self._first_s(frame, target_s)
                time_line = TimeLine(first_s)
                n_samples = round((first_s - self._start_s) * self.rate)
            for samples in (*_silence(time_line.gap_s(frame), converter), converter.push(frame)):
                yield n_samples, samples
                n_samples += len(samples)
        yield n_samples, converter.flush()

    def _first_s(self, frame: Any, target_s: float) -> float:
        """Return where to begin: at the first frame, or before it if silence leads up to it."""
        frame_s = _time_s(frame)
        wanted_s = self._start_s + target_s
        return wanted_s if frame_s - wanted_s >= MIN_GAP_S else frame_s

    def _frames(self) -> Iterator[Any]:
        for packet in self._packets():
            try:
                yield from packet.decode()
            except av.FFmpegError:
                continue  # a damaged packet is left out; the time line fills its place

    def _packets(self) -> Iterator[Any]:
        try:
            yield from self._container.demux(self._stream)
        except av.FFmpegError:
            return  # cut off: what was read so far is the recording


class _Converter:
    """Bring frames to the output's rate and channels; a spliced stream may change its own."""

    def __init__(self, rate: int, n_channels: int) -> None:
        self.rate = rate
        self.n_channels = n_channels
        self._kind: tuple[object, ...] = ()
        self._swr: av.AudioResampler | None = None
        self._n_mixed = n_channels  # what libswresample gives

    def push(self, frame: Any) -> FloatArray:
        """Return what is ready, float32 [n_samples, n_channels]."""
        kind = (frame.format.name, frame.layout.name, frame.sample_rate)
        rest = self.flush() if kind != self._kind else self._empty()
        if self._swr is None:
            self._kind = kind
            self._n_mixed = min(self.n_channels, frame.layout.nb_channels)
            self._swr = av.AudioResampler("flt", LAYOUTS[self._n_mixed], self.rate)
        frame.pts = None  # our own count of samples is the time
        return np.concatenate([rest, self._joined(self._swr.resample(frame))])

    def flush(self) -> FloatArray:
        """Return the rest of the filter."""
        if self._swr is None:
            return self._empty()
        rest = self._joined(self._swr.resample(None))
        self._swr = None
        return rest

    def silence(self, duration_s: float) -> FloatArray:
        """Return zeros."""
        return np.zeros((round(duration_s * self.rate), self.n_channels), np.float32)

    def _joined(self, frames: list[Any]) -> FloatArray:
        """Join frames; mono goes to both ears here, because libswresample takes 3 dB off it."""
        parts = [frame.to_ndarray().reshape(-1, self._n_mixed) for frame in frames]
        if not parts:
            return self._empty()
        return np.repeat(np.concatenate(parts), self.n_channels // self._n_mixed, axis=1)

    def _empty(self) -> FloatArray:
        return np.zeros((0, self.n_channels), np.float32)


def _silence(duration_s: float, converter: _Converter) -> Iterator[FloatArray]:
    """Yield silence a second at a time."""
    while duration_s > 0:
        yield converter.silence(min(1.0, duration_s))
        duration_s -= 1.0


def _time_s(frame: Any) -> float:
    if frame.pts is None or frame.time_base is None:
        return 0.0
    return float(frame.pts * frame.time_base)
