"""Everything a person may set about dictation, as one frozen value that JSON can hold.

A field that is damaged, or that a later version wrote, takes its default without touching the
others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

from app.dictation.chord import Chord
from app.dictation.rules import Ending
from app.errors import HotkeyError

_N_SEEN = 8  # programs that are offered


class Way(StrEnum):
    """How a text gets into the other program."""

    PASTE = "paste"  # clipboard and Ctrl+V
    TERMINAL = "terminal"  # both selections and Shift+Insert
    TYPE = "type"  # key by key
    CLIPBOARD = "clipboard"  # only there; the person pastes


class Insert(StrEnum):
    """When a text is inserted."""

    END = "end"  # all of it when the dictation ends
    AT_ONCE = "at_once"  # each utterance as soon as it is final


@dataclass(frozen=True, slots=True, kw_only=True)
class DictationOptions:
    """What dictation does.

    Attributes:
        is_on: global shortcuts are taken.
        hold_key, toggle_key, again_key: chords as text, "" for none: speak while it is held, start
            and stop, insert the last text again.
        pass_short: a tap on the hold key belongs to the program in front.
        way: how texts are inserted; ways: (program, way) for single programs.
        insert: when. ending: what follows the last utterance. commands: obey "new line".
        pill: show the pill; pill_text: with the words. pill_place: its corner in pixels of the
            desktop; None puts it at the bottom of the screen.
        tray: show an icon in the tray.
        seen: programs that were dictated into, the last first; offered for ``ways``.
    """

    is_on: bool = True
    hold_key: str = "Ctrl+Alt+Space"
    toggle_key: str = ""
    again_key: str = ""
    pass_short: bool = True
    way: Way = Way.PASTE
    ways: tuple[tuple[str, Way], ...] = ()
    insert: Insert = Insert.END
    ending: Ending = Ending.SPACE
    commands: bool = False
    pill: bool = True
    pill_text: bool = True
    pill_place: tuple[int, int] | None = None
    tray: bool = True
    seen: tuple[str, ...] = ()

    def with_seen(self, program: str) -> DictationOptions:
        """Note that a program was dictated into."""
        others = [name for name in self.seen if name != program]
        return replace(self, seen=(program, *others)[:_N_SEEN])

    @classmethod
    def from_json(cls, values: object) -> DictationOptions:
        """Read what was stored.

        Raises:
            TypeError: it is no object.
        """
        if not isinstance(values, Mapping):
            raise TypeError(f"{values!r} is not an object")
        read: dict[str, Any] = {}
        for field in fields(cls):
            if field.name in values:
                try:
                    read[field.name] = _READERS[field.name](values[field.name])
                except (ValueError, TypeError):
                    continue  # the default
        return cls(**read)


STANDARD_DICTATION = DictationOptions()


def _switch(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{value!r} is not true or false")
    return value


def _key(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text")
    try:
        return str(Chord.parse(value)) if value else ""
    except HotkeyError as exc:
        raise ValueError(str(exc)) from exc


def _ways(value: Any) -> tuple[tuple[str, Way], ...]:
    if not isinstance(value, list | tuple):
        raise TypeError(f"{value!r} is not a list")
    pairs = []
    for program, way in value:
        if not isinstance(program, str) or not program:
            raise TypeError(f"{program!r} is not a program")
        pairs.append((program, Way(way)))
    return tuple(pairs)


def _names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(name, str) for name in value):
        raise TypeError(f"{value!r} is not a list of names")
    return tuple(value)


def _place(value: Any) -> tuple[int, int] | None:
    if value is None:
        return None
    x, y = value
    if type(x) is not int or type(y) is not int:
        raise TypeError(f"{value!r} is not a place")
    return x, y


_READERS: dict[str, Callable[[Any], Any]] = {
    "is_on": _switch,
    "hold_key": _key,
    "toggle_key": _key,
    "again_key": _key,
    "pass_short": _switch,
    "way": Way,
    "ways": _ways,
    "insert": Insert,
    "ending": Ending,
    "commands": _switch,
    "pill": _switch,
    "pill_text": _switch,
    "pill_place": _place,
    "tray": _switch,
    "seen": _names,
}
