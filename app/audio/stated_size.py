"""What a file lacks against the size that its own header states.

FFmpeg takes the file's size for the size of the sound, so that a download or a recording that was
cut off looks whole: a WAV has its size in front, and most MP3 files in a first frame that holds no
sound ("Xing", or "Info" where the bit rate is constant).
"""

from __future__ import annotations

from app.audio.source import OpenedSource

_UNKNOWN_RIFF = (0, 0xFFFF_FFFF)  # written into a pipe
_ID3_HEADER_BYTES = 10
_XING_WITHIN_BYTES = 44  # of its frame: header, checksum, at most 32 bytes of side information
_FRAME_BYTES = 64  # as many as the tag and both of its numbers need
_HAS_FRAMES, _HAS_BYTES = 1, 2  # flags
_TOLERANCE = 0.01  # programs count tags and the first frame, or do not


def missing_bytes(opened: OpenedSource) -> int:
    """Return how many bytes a WAV or MP3 lacks; 0 for others, for pipes, and if none is stated."""
    if opened.n_bytes is None:
        return 0
    head = opened.read_head()
    if head[:4] == b"RIFF":
        n_riff_bytes = int.from_bytes(head[4:8], "little")
        known = n_riff_bytes not in _UNKNOWN_RIFF
        return max(0, n_riff_bytes + 8 - opened.n_bytes) if known else 0
    start = _id3_bytes(head)
    n_stated = _xing_bytes(opened.read_at(start, _FRAME_BYTES))
    n_missing = start + n_stated - opened.n_bytes
    return n_missing if n_missing > _TOLERANCE * n_stated else 0


def _id3_bytes(head: bytes) -> int:
    """Give the length of the tag before an MP3; seven bits of each of its bytes count."""
    if head[:3] != b"ID3" or len(head) < _ID3_HEADER_BYTES:
        return 0
    return _ID3_HEADER_BYTES + sum(
        (byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True)
    )


def _xing_bytes(frame: bytes) -> int:
    """Read how many bytes the sound has from the first frame of an MP3; 0 if it is not said.

    Source: the description of the tag by its makers, Xing Technology.
    """
    at = max(frame.find(tag, 0, _XING_WITHIN_BYTES) for tag in (b"Xing", b"Info"))
    if frame[:1] != b"\xff" or at < 0:
        return 0
    flags = int.from_bytes(frame[at + 4 : at + 8], "big")
    if not flags & _HAS_BYTES:
        return 0
    at += 12 if flags & _HAS_FRAMES else 8
    return int.from_bytes(frame[at : at + 4], "big")
