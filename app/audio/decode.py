"""Decode any audio or video file to a stream of mono 16 kHz float32 blocks.

In: a path, a file object or a pipe. Out: ``AudioSource``: facts that the container knows up front,
then blocks of about one second. Only one block is in memory at a time, so the length of a file does
not matter. FFmpeg comes inside PyAV; nothing has to be installed.

    reader → packets → frames [n_channels, n] → mono → time line → 16 kHz blocks

What is decided here, and why:

- A damaged packet is left out with a warning; time lost between packets (0.1 s to 10 min, by their
  time stamps) becomes silence, so that later times stay right.
- A source that ends before its header says keeps what was decoded, with a warning.
- The network is never touched: FFmpeg may use only the opened reader, so a playlist is no audio.
- Samples may leave ±1 (float files, lossy overshoot). The official rule "divide by a peak above 1"
  concerns what the model gets at once, so ``chunks`` applies it to each chunk; a running gain here
  would put steps into the signal.

Speed (``python -m app.audio.decode FILE…``; 10 minutes of 44.1 kHz stereo noise, CPU time of a busy
2-core x86 machine): WAV 1,000 × real time, FLAC 580, AAC 560, MP3 490, Opus 390; 24-bit 192 kHz
7.1: 120.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from app.audio.facts import (
    AudioInfo,
    AudioWarning,
    DamagedPackets,
    LostSound,
    NonFiniteSamples,
    TruncatedTail,
)
from app.audio.ffmpeg import av
from app.audio.frames import MonoMixer, TimeLine
from app.audio.resample import SAMPLE_RATE, FloatArray, Resampler
from app.audio.source import (
    OpenedSource,
    find_protection,
    looks_like_media,
    open_source,
    os_errors,
)
from app.audio.stated_size import missing_bytes
from app.errors import (
    CorruptAudioError,
    NoAudioTrackError,
    ProtectedAudioError,
    UnsupportedAudioError,
)
from app.numeric import np

BLOCK_S = 1.0  # of native audio that is resampled at once
INDEX_BYTES = 1 << 27  # of FFmpeg's index: 24 bytes an MP3 frame, 33 MB for ten hours
IO_BUFFER_BYTES = 1 << 18  # fewer calls from FFmpeg back into Python than its 32 KiB
RATES = range(1_000, 1_000_001)  # Hz; others would be a damaged header, or take all memory
# Containers whose stated length is a fact and not an estimate from the bit rate.
EXACT_LENGTH = frozenset({"wav", "w64", "aiff", "flac", "matroska,webm", "mov,mp4,m4a,3gp,3g2,mj2"})
# Containers whose encoders write every moment: FFmpeg leaves out damaged pages without a word.
WITHOUT_GAPS = frozenset({"ogg"})


class AudioSource:
    """An opened audio track: iterate ``blocks()`` once, then look at ``warnings``.

    ``open_audio`` makes one. It is a context manager, which closes the file.

    Attributes:
        info: what the container says.
        n_samples: samples decoded so far, at 16 kHz.
    """

    def __init__(self, opened: OpenedSource, container: Any, stream: Any) -> None:
        self.info = _read_info(opened.name, container, stream)
        self.n_samples = 0
        self._opened = opened
        self._container = container
        self._stream = stream
        self._exact_s = _exact_length_s(container, stream)
        self._mixer = MonoMixer()
        self._n_damaged = 0
        self._lost_s = 0.0
        self._ended_early = missing_bytes(opened) > 0
        self._at_end = False

    def __enter__(self) -> AudioSource:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the container and the file."""
        self._container.close()
        self._opened.close()

    @property
    def duration_s(self) -> float | None:
        """Decoded length once all blocks are out, before that what the container says."""
        return self.n_samples / SAMPLE_RATE if self._at_end else self.info.duration_s

    @property
    def warnings(self) -> tuple[AudioWarning, ...]:
        """What was wrong with the source but did not stop us; complete after the last block."""
        found: list[AudioWarning] = []
        if self._n_damaged:
            found.append(DamagedPackets(self._n_damaged))
        if self._mixer.n_bad_samples:
            found.append(NonFiniteSamples(self._mixer.n_bad_samples))
        if self._lost_s:
            found.append(LostSound(self._lost_s))
        return (*found, *self._truncation()) if self._at_end else tuple(found)

    @property
    def track(self) -> tuple[Any, Any]:
        """PyAV's container and stream, for a player that seeks; not together with ``blocks``."""
        return self._container, self._stream

    def blocks(self) -> Iterator[FloatArray]:
        """Yield the audio as float32 [n_samples] at 16 kHz, about a second each.

        Raises:
            CorruptAudioError: nothing could be decoded.
            ProtectedAudioError: the samples are encrypted.
            AudioReadError: the operating system failed.
        """
        with os_errors(self._opened.name):
            for block in self._resampled():
                self.n_samples += len(block)
                yield block
        self._at_end = True
        if not self.n_samples and self.warnings:  # a header alone is no error: it holds no audio
            _refuse_protected(self._opened, None)
            raise CorruptAudioError(self.info.name, "none of its audio could be decoded")

    def _resampled(self) -> Iterator[FloatArray]:
        """Yield 16 kHz blocks, none empty; a spliced stream may change its native rate."""
        resampler = Resampler(self.info.rate)
        for rate, mono in _gather(self._mono_pieces()):
            if rate != resampler.rate:
                yield from _unless_empty(resampler.flush())
                resampler = Resampler(rate)
            yield from _unless_empty(resampler.push(mono))
        yield from _unless_empty(resampler.flush())

    def _mono_pieces(self) -> Iterator[tuple[int, FloatArray]]:
        """Yield (rate in Hz, float32 [n_samples]) of each frame and of the silence before it."""
        time_line = TimeLine((self._container.start_time or 0) / av.time_base)
        for frame in self._frames():
            gap_s = time_line.gap_s(frame)
            if self.info.container in WITHOUT_GAPS:
                self._lost_s += gap_s
            yield from _silence(frame.sample_rate, gap_s)
            yield frame.sample_rate, self._mixer.mix(frame)

    def _frames(self) -> Iterator[Any]:
        for packet in self._packets():
            try:
                yield from packet.decode()
            except av.FFmpegError as exc:
                self._note_damage(exc)

    def _packets(self) -> Iterator[Any]:
        try:
            yield from self._container.demux(self._stream)
        except av.FFmpegError:
            self._ended_early = True

    def _note_damage(self, exc: av.FFmpegError) -> None:
        if not self._n_damaged:
            _refuse_protected(self._opened, exc)
        self._n_damaged += 1

    def _truncation(self) -> tuple[TruncatedTail, ...]:
        missing_s = self._exact_s - self.n_samples / SAMPLE_RATE
        if missing_s > max(0.5, 0.01 * self._exact_s):  # less is encoder padding
            return (TruncatedTail(missing_s),)
        return (TruncatedTail(None),) if self._ended_early else ()


def open_audio(
    source: Path | BinaryIO, name: str | None = None, *, will_seek: bool = False
) -> AudioSource:
    """Open a file or stream and find its best audio track.

    Args:
        source: a path, or a binary reader; a pipe need not seek (it is spooled to disk).
        name: how messages call it; the path if not given.
        will_seek: keep a full index of formats that have none of their own, such as MP3. With its
            default of 1 MB FFmpeg thins the index out, and in ten hours finds nothing in it.

    Raises:
        AudioError: one of its subclasses says what is wrong with the source.
    """
    opened = open_source(source, name or (str(source) if isinstance(source, Path) else "input"))
    try:
        with os_errors(opened.name):
            return _open_track(opened, will_seek)
    except BaseException:
        opened.close()
        raise


def _open_track(opened: OpenedSource, will_seek: bool) -> AudioSource:
    container = _open_container(opened, will_seek)
    stream = container.streams.best("audio")
    if stream is None and not container.streams.audio:
        raise NoAudioTrackError(opened.name, [track.type for track in container.streams])
    if stream is None or stream.codec_context is None:
        _refuse_protected(opened, None)
        raise UnsupportedAudioError(opened.name, "unknown")
    return AudioSource(opened, container, stream)


def _open_container(opened: OpenedSource, will_seek: bool) -> Any:
    options = {"protocol_whitelist": "pipe"}  # nothing but the reader
    if will_seek:
        options["indexmem"] = str(INDEX_BYTES)
    try:
        return av.open(
            opened.reader,
            "r",
            metadata_errors="replace",
            buffer_size=IO_BUFFER_BYTES,
            container_options=options,
        )
    except av.FFmpegError as exc:  # some of them are OSErrors too, but none speaks of our reader
        _refuse_protected(opened, exc)
        if looks_like_media(opened.read_head()):
            raise CorruptAudioError(opened.name, "its header or index cannot be read") from exc
        raise UnsupportedAudioError(opened.name) from exc


def _refuse_protected(opened: OpenedSource, exc: BaseException | None) -> None:
    scheme = find_protection(opened)
    if scheme:
        raise ProtectedAudioError(opened.name, scheme) from exc


def _read_info(name: str, container: Any, stream: Any) -> AudioInfo:
    codec = stream.codec_context
    if codec.sample_rate not in RATES:
        raise CorruptAudioError(name, f"it says its sample rate is {codec.sample_rate} Hz")
    return AudioInfo(
        name=name,
        container=container.format.name,
        codec=codec.name,
        rate=codec.sample_rate,
        n_channels=codec.layout.nb_channels,
        duration_s=_stated_length_s(container, stream),
    )


def _stated_length_s(container: Any, stream: Any) -> float | None:
    if stream.duration:
        return float(stream.duration * stream.time_base)
    return float(container.duration / av.time_base) if container.duration else None


def _exact_length_s(container: Any, stream: Any) -> float:
    """Return the length that the header vouches for, 0 if it does not.

    A Matroska header knows only the length of the whole, which may be that of the picture.
    """
    whole_only = not stream.duration and len(container.streams) > 1
    if container.format.name not in EXACT_LENGTH or whole_only:
        return 0.0
    return _stated_length_s(container, stream) or 0.0


def _silence(rate: int, duration_s: float) -> Iterator[tuple[int, FloatArray]]:
    """Yield zeros a second at a time: ten minutes of silence are no reason for a large array."""
    n_left = round(duration_s * rate)
    while n_left > 0:
        n_samples = min(n_left, rate)
        yield rate, np.zeros(n_samples, np.float32)
        n_left -= n_samples


def _gather(pieces: Iterator[tuple[int, FloatArray]]) -> Iterator[tuple[int, FloatArray]]:
    """Join the small pieces of frames to about a second each, never across rates."""
    waiting: list[FloatArray] = []
    waiting_rate = n_waiting = 0
    for rate, samples in pieces:
        if waiting and (rate != waiting_rate or n_waiting >= BLOCK_S * rate):
            yield waiting_rate, np.concatenate(waiting)
            waiting, n_waiting = [], 0
        waiting.append(samples)
        waiting_rate, n_waiting = rate, n_waiting + len(samples)
    if waiting:
        yield waiting_rate, np.concatenate(waiting)


def _unless_empty(block: FloatArray) -> Iterator[FloatArray]:
    if len(block):
        yield block


def _main(paths: list[str]) -> None:
    for path in paths:
        start = time.process_time()
        with open_audio(Path(path)) as source:
            decoded_s = sum(len(block) for block in source.blocks()) / SAMPLE_RATE
        speed = decoded_s / (time.process_time() - start)
        print(f"{path}: {source.info.codec}, {decoded_s:.1f} s, {speed:.0f} × real time")


if __name__ == "__main__":
    _main(sys.argv[1:])
