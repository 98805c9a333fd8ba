"""Make tiny media files with PyAV's encoders, and the signals in them."""

from __future__ import annotations

import io
import struct
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

import av
import numpy as np
import numpy.typing as npt

BIT_RATES = {"libopencore_amrnb": 12_200, "wmav1": 48_000}
FloatArray = npt.NDArray[np.float32]


def tone(
    duration_s: float, rate: int, frequency_hz: float = 440.0, gain: float = 0.5
) -> FloatArray:
    """Return a sine, float32 [n_samples]."""
    time_s = np.arange(round(duration_s * rate)) / rate
    return (gain * np.sin(2 * np.pi * frequency_hz * time_s)).astype(np.float32)


def write_media(
    target: Path | BinaryIO,
    samples: FloatArray,
    rate: int,
    *,
    codec: str,
    container: str,
    layout: str = "mono",
    first_pts: int = 0,
    video: bool = False,
) -> None:
    """Encode samples, float32 [n_channels, n_samples] or [n_samples]."""
    file = str(target) if isinstance(target, Path) else target
    with av.open(file, "w", container) as output:
        stream = output.add_stream(codec, rate=rate, layout=layout)
        stream.bit_rate = BIT_RATES.get(codec, 128_000)
        picture = add_picture_stream(output) if video else None  # before anything is written
        for piece in audio_frames(stream, np.atleast_2d(samples), first_pts):
            output.mux(stream.encode(piece))
        if picture:
            write_picture(output, picture)


def audio_frames(stream: Any, samples: FloatArray, first_pts: int) -> list[Any]:
    """Cut samples, float32 [n_channels, n_samples], into the frames that an encoder takes."""
    packed = np.ascontiguousarray(samples.T).reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(packed, format="flt", layout=stream.layout)
    frame.sample_rate, frame.time_base = stream.rate, Fraction(1, stream.rate)
    frame.pts = first_pts
    resampler = av.AudioResampler(
        format=stream.codec_context.format,
        layout=stream.layout,
        rate=stream.rate,
        frame_size=stream.codec_context.frame_size or 1024,
    )
    return [*resampler.resample(frame), *resampler.resample(None), None]


def add_picture_stream(output: Any) -> Any:
    """Add a video track of 16 × 16 pixels."""
    stream = output.add_stream("mpeg4", rate=5)
    stream.width = stream.height = 16
    return stream


def write_picture(output: Any, stream: Any) -> None:
    """Write one second of black video."""
    for index in range(5):
        frame = av.VideoFrame(16, 16, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.pts = index
        output.mux(stream.encode(frame))
    output.mux(stream.encode(None))


def wav_bytes(samples: npt.NDArray[Any], rate: int, format_tag: int = 1) -> bytes:
    """Return a RIFF file with raw samples [n_samples, n_channels] as they are.

    Args:
        format_tag: 1 for integers, 3 for floats.
    """
    table = samples if samples.ndim == 2 else samples[:, np.newaxis]
    n_frame = table.shape[1] * table.itemsize
    header = struct.pack(
        "<HHIIHH", format_tag, table.shape[1], rate, rate * n_frame, n_frame, 8 * table.itemsize
    )
    data = table.tobytes()
    body = b"WAVEfmt " + struct.pack("<I", 16) + header + b"data" + struct.pack("<I", len(data))
    return b"RIFF" + struct.pack("<I", len(body) + len(data)) + body + data


def encoded(samples: FloatArray, rate: int, *, codec: str, container: str, **options: Any) -> bytes:
    """Return the bytes of an encoded file."""
    buffer = io.BytesIO()
    write_media(buffer, samples, rate, codec=codec, container=container, **options)
    return buffer.getvalue()
