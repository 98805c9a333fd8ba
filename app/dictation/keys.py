"""What dictation needs of a keyboard: grab single keys for us, and strike keys for others.

    KeySource: grab(name, chord) ... on_key(name, down) ... is_held(name), replay(name)
    Typist:    strike a chord, type text: in steps, so that nobody has to wait in one go

A source takes only the grabbed keys from other programs; it never sees anything else that is typed.
There is one module of both for each system. Wayland lets no program do either: see ``portal`` in
the window's part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from app.dictation.chord import Chord

OnKey = Callable[[str, bool], None]


class KeySource(Protocol):
    """Global shortcuts of one system. All calls come from one thread."""

    def grab(self, name: str, chord: Chord) -> None:
        """Take a chord from all other programs.

        Args:
            name: what ``on_key`` is told.
            chord: replaces the one that had this name.

        Raises:
            HotkeyTakenError: another program has it.
            HotkeyError: this keyboard has no such key.
        """
        ...

    def free(self, name: str) -> None:
        """Give a chord back; nothing happens if there is none of this name."""
        ...

    def is_held(self, name: str) -> bool:
        """Ask the keyboard itself whether the key of a chord is down now."""
        ...

    def replay(self, name: str) -> None:
        """Strike the chord once for the program in front, as if it were not grabbed."""
        ...

    def poll(self) -> None:
        """Read what has come and call ``on_key``; often while a key is down."""
        ...

    def fileno(self) -> int:
        """Give what to wait for before a ``poll``; -1 if the system's own loop tells presses."""
        ...

    def yield_keyboard(self) -> None:
        """Let others get keys although a grabbed one is held; its release is only polled then."""
        ...

    def close(self) -> None:
        """Give all chords back."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The window that has the focus.

    Attributes:
        window: the system's number of it.
        program: how the program is known: the class of WM_CLASS, or the name of its file.
        is_own: it is a window of ours.
    """

    window: int
    program: str
    is_own: bool = False


class Typist(Protocol):
    """Keys for the program in front. All calls come from one thread.

    Attributes:
        can_paste: chords can be struck, and windows told apart, so that a paste can be confirmed.
    """

    can_paste: bool

    def target(self) -> Target | None:
        """Give the window that has the focus; None if none has it."""
        ...

    def held_modifiers(self) -> frozenset[str]:
        """Tell which modifiers are down now."""
        ...

    def lift_modifiers(self) -> None:
        """Let the modifiers that are down count as up; the person's own release changes nothing."""
        ...

    def strike(self, chord: Chord) -> None:
        """Press and release a chord."""
        ...

    def type_text(self, text: str) -> Iterator[float]:
        """Type a text; each step gives the seconds to wait before the next.

        Raises:
            TypingError: a character cannot be typed.
        """
        ...

    def arrived(self, target: Target) -> bool | None:
        """Tell whether the target has taken all keys; None while it may still answer.

        A program that cannot be asked counts as served once the system has passed the keys on.
        """
        ...

    def is_of_target(self, window: int, target: Target) -> bool:
        """Tell whether a window belongs to the program of the target."""
        ...

    def close(self) -> None:
        """End the connection."""
        ...
