"""Keys as people name them: "Ctrl+Alt+Space", "F9", with what speaks against a choice.

A chord is modifiers and one key. Names are the same on every system; each backend has its own table
from names to key codes. Which chords are worth a warning is decided here, for the settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.errors import HotkeyError

MODIFIERS = ("Ctrl", "Alt", "Shift", "Meta")  # in the order in which they are written
FUNCTION_KEYS = tuple(f"F{number}" for number in range(1, 25))
NAMED_KEYS = (
    *FUNCTION_KEYS,
    *("Space", "Tab", "Return", "Esc", "Backspace", "Insert", "Delete", "Home", "End"),
    *("PageUp", "PageDown", "Left", "Right", "Up", "Down", "Pause", "ScrollLock", "Print", "Menu"),
)
SIGNS = "-=[];'`,./\\"
CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" + SIGNS
ALONE = frozenset((*FUNCTION_KEYS, "Pause", "ScrollLock", "Insert", "Menu", "Print"))
# What most programs understand, by their meaning; a global shortcut would take it from all of them.
COMMON: Mapping[str, str] = {
    "Ctrl+C": "copy",
    "Ctrl+V": "paste",
    "Ctrl+X": "cut",
    "Ctrl+Z": "undo",
    "Ctrl+A": "select all",
    "Ctrl+S": "save",
    "Ctrl+F": "find",
    "Ctrl+N": "new",
    "Ctrl+O": "open",
    "Ctrl+P": "print",
    "Ctrl+W": "close",
    "Ctrl+T": "new tab",
    "Alt+F4": "close the window",
    "Alt+Tab": "next window",
    "F1": "help",
    "F5": "reload",
    "F11": "full screen",
    "Ctrl+Space": "switch the input method",
    "Meta+Space": "switch the input method",
    "Ctrl+Alt+Delete": "leave the session",
    "Print": "picture of the screen",
}


class Trouble(StrEnum):
    """What speaks against a chord."""

    NONE = ""
    TYPES = "types"  # without a modifier the key could no longer be typed
    COMMON = "common"  # many programs use it
    TWICE = "twice"  # Songshu uses it for something else


@dataclass(frozen=True, slots=True)
class Chord:
    """Modifiers and one key.

    Attributes:
        key: one of ``NAMED_KEYS`` or ``CHARACTERS``.
        modifiers: some of ``MODIFIERS``.
    """

    key: str
    modifiers: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.key not in NAMED_KEYS and (len(self.key) != 1 or self.key not in CHARACTERS):
            raise HotkeyError(self.key, "there is no such key")
        if unknown := self.modifiers - set(MODIFIERS):
            raise HotkeyError("+".join(sorted(unknown)), "there is no such modifier")

    @classmethod
    def parse(cls, text: str) -> Chord:
        """Read "Ctrl+Alt+Space".

        Raises:
            HotkeyError: it names no key.
        """
        *modifiers, key = (part.strip() for part in text.split("+"))
        return cls(key.upper() if len(key) == 1 else key, frozenset(modifiers))

    @property
    def in_order(self) -> tuple[str, ...]:
        """The modifiers in the order in which they are written and pressed."""
        return tuple(name for name in MODIFIERS if name in self.modifiers)

    def __str__(self) -> str:
        return "+".join([*self.in_order, self.key])


ESCAPE = Chord("Esc")


def trouble(chord: Chord, others: Mapping[str, str]) -> tuple[Trouble, str]:
    """Tell what speaks against a chord.

    Args:
        chord: the choice.
        others: what else is set: name -> chord as text.

    Returns:
        The kind, and what it collides with: the meaning elsewhere, or a name from ``others``.
    """
    text = str(chord)
    for name, other in others.items():
        if other == text:
            return Trouble.TWICE, name
    if chord.key not in ALONE and not chord.modifiers - {"Shift"}:
        return Trouble.TYPES, chord.key
    if text in COMMON:
        return Trouble.COMMON, COMMON[text]
    return Trouble.NONE, ""
