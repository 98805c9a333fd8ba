"""What is known about an audio source: facts before decoding, warnings after it.

Frozen dataclasses, so that the GUI can choose its words by class; ``str(warning)`` is for the
command line and the log.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioInfo:
    """What a container says about its audio track before decoding.

    Attributes:
        name: the path, or a name for what has none.
        container, codec: FFmpeg's names.
        rate: native rate in Hz.
        n_channels: native channels.
        duration_s: stated or estimated length in seconds, None if unknown (pipes, raw streams).
    """

    name: str
    container: str
    codec: str
    rate: int
    n_channels: int
    duration_s: float | None


@dataclass(frozen=True, slots=True)
class DamagedPackets:
    """Some packets could not be decoded and were left out."""

    n_packets: int

    def __str__(self) -> str:
        return f"damaged in {self.n_packets} places, which were left out"


@dataclass(frozen=True, slots=True)
class NonFiniteSamples:
    """Some samples were NaN, infinite or absurdly large and were set to 0."""

    n_samples: int

    def __str__(self) -> str:
        return f"{self.n_samples} samples were not numbers and were silenced"


@dataclass(frozen=True, slots=True)
class TruncatedTail:
    """The source ends before its header says; what there is was decoded.

    Attributes:
        missing_s: seconds that are missing, None if that is not known.
    """

    missing_s: float | None

    def __str__(self) -> str:
        much = "" if self.missing_s is None else f": {self.missing_s:.1f} s are missing"
        return f"ends too early{much}"


@dataclass(frozen=True, slots=True)
class LostSound:
    """Parts of a stream that leaves nothing out are missing; silence stands for them.

    Attributes:
        missing_s: seconds that are missing.
    """

    missing_s: float

    def __str__(self) -> str:
        return f"damaged: {self.missing_s:.1f} s in the middle are missing, and are silent"


AudioWarning: TypeAlias = DamagedPackets | NonFiniteSamples | LostSound | TruncatedTail
