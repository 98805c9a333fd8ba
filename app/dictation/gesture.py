"""From key down and key up to start, stop and pass on: the timing of a hold key and a toggle key.

    down ──► START ──(up after at least short_s)──► STOP
               └─────(up before short_s)──────────► DISCARD, and the key is passed on
    down ──► FLIP  (toggle: each new press)

The hold key starts at once, so that the first word is complete; whether it was only a tap is known
when it comes up. A release that never arrives (a locked screen, a lost connection, a key that was
up before it was seen) is found by asking the keyboard: after ``POLLS_UP`` answers "up" in a row the
key counts as released. Pure: the clock and the answers come from outside.
"""

from __future__ import annotations

from enum import StrEnum

SHORT_S = 0.3  # CapsWriter's figure: a tap is shorter, a spoken word is not
POLL_S = 0.1  # how often the keyboard is asked while a hold key is down
POLLS_UP = 2  # one answer may fall between an automatic repeat's up and down


class Act(StrEnum):
    """What follows from a key."""

    START = "start"
    STOP = "stop"
    DISCARD = "discard"
    PASS_ON = "pass_on"
    FLIP = "flip"


class HoldKey:
    """A key that is held while one speaks.

    Args:
        pass_short: a tap belongs to the program in front.
        short_s: what counts as a tap, in seconds.
    """

    def __init__(self, *, pass_short: bool = True, short_s: float = SHORT_S) -> None:
        self._short_s = short_s if pass_short else 0.0
        self._since: float | None = None
        self._n_up = 0

    @property
    def is_down(self) -> bool:
        """Whether it is held as far as we know."""
        return self._since is not None

    def down(self, now_s: float) -> tuple[Act, ...]:
        """Take a press; automatic repeats are nothing new."""
        if self._since is not None:
            return ()
        self._since, self._n_up = now_s, 0
        return (Act.START,)

    def up(self, now_s: float) -> tuple[Act, ...]:
        """Take a release."""
        if self._since is None:
            return ()
        held_s, self._since = now_s - self._since, None
        return (Act.DISCARD, Act.PASS_ON) if held_s < self._short_s else (Act.STOP,)

    def poll(self, now_s: float, *, is_held: bool) -> tuple[Act, ...]:
        """Take the keyboard's own answer; finds a release that nobody told."""
        if self._since is None:
            return ()
        self._n_up = 0 if is_held else self._n_up + 1
        if self._n_up < POLLS_UP:
            return ()
        held_s, self._since = now_s - self._since, None
        return (Act.DISCARD,) if held_s < self._short_s else (Act.STOP,)

    def forget(self) -> None:
        """The dictation has ended otherwise; the release that follows means nothing."""
        self._since = None


class ToggleKey:
    """A key that starts with one press and stops with the next."""

    def __init__(self) -> None:
        self._is_down = False

    @property
    def is_down(self) -> bool:
        """Whether it is held as far as we know."""
        return self._is_down

    def down(self) -> tuple[Act, ...]:
        """Take a press; automatic repeats are nothing new."""
        if self._is_down:
            return ()
        self._is_down = True
        return (Act.FLIP,)

    def up(self) -> tuple[Act, ...]:
        """Take a release."""
        self._is_down = False
        return ()

    def poll(self, *, is_held: bool) -> tuple[Act, ...]:
        """Take the keyboard's own answer, so that a lost release does not block the next press."""
        if not is_held:
            self._is_down = False
        return ()
