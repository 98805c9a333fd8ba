"""What a device did with the bundled clip, and for which driver, model and version that holds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.errors import DecoderError, DeviceError, EncoderError, SongshuError


class Outcome(StrEnum):
    """How the test of a device ended, or its use."""

    GOOD = "good"
    GARBAGE = "garbage"  # other numbers than the processor's
    CRASH = "crash"  # the process died
    HANG = "hang"  # it said nothing for too long
    FAILED = "failed"  # it says itself that it cannot: no memory, no such provider
    DIED = "died"  # not in the test: Songshu itself ended while it computed, more than once
    ABSENT = "absent"  # there is no such device now; never remembered


# What the log and the command line say; the window has words of its own.
REASONS = {
    Outcome.GARBAGE: "it computed something else than the processor in the test",
    Outcome.CRASH: "its driver crashed in the test",
    Outcome.HANG: "it did not answer in the test",
    Outcome.FAILED: "it cannot run this model",
    Outcome.DIED: "Songshu ended twice while it computed",
    Outcome.ABSENT: "it is not there",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a device that somebody chose is not used; the processor is used instead.

    Attributes:
        device: its key.
        name: for people; the key if nothing is known.
        outcome: of its test.
        detail: what it wrote, or the last words of the driver.
    """

    device: str
    name: str
    outcome: Outcome
    detail: str = ""

    def __str__(self) -> str:
        written = f' ("{self.detail}")' if self.detail else ""
        return (
            f"{self.name} is not used: {REASONS[self.outcome]}{written}. "
            "The processor recognises instead."
        )


def reason_of(error: SongshuError) -> str:
    """Say why a device failed, without the error's advice about models, which is no help here."""
    if isinstance(error, EncoderError | DecoderError | DeviceError):
        return error.reason
    return str(error)
