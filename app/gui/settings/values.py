"""What a stored setting may be: each is read by a function that refuses anything else.

JSON of the library -> reader -> value, or ValueError/TypeError: then the default is taken
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any

from app.dictation.options import DictationOptions
from app.output.cues import STANDARD_CUES, CueOptions

UI_LANGUAGES = ("auto", "en", "zh_CN")
THEMES = ("system", "light", "dark")
ON_CLOSE = ("ask", "tray", "end")
TEXT_SIZES = ("S", "M", "L")
KEEP_DAYS = (0, 7, 30, 90, 365)  # 0 keeps everything
SLOWEST, FASTEST = 0.5, 2.0  # of the player
MAX_THREADS = 256
Reader = Callable[[Any], Any]


def _one_of(choices: Sequence[object]) -> Reader:
    def read(value: object) -> object:
        if isinstance(value, bool) or value not in choices:
            raise ValueError(f"{value!r} is not one of {choices}")
        return value

    return read


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text")
    return value


def _switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{value!r} is not true or false")
    return value


def _number(value: object, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{value!r} is not a number")
    if not (math.isfinite(value) and low <= value <= high):
        raise ValueError(f"{value!r} is not between {low} and {high}")
    return value


def _threads(value: object) -> int:
    return int(_number(value, 1, MAX_THREADS))


def _player_speed(value: object) -> float:
    return float(_number(value, SLOWEST, FASTEST))


def _volume(value: object) -> float:
    return float(_number(value, 0, 1))


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is not a list")
    return value


def _texts(value: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_text, _list(value))))


def _pairs(value: object) -> tuple[tuple[str, str], ...]:
    return tuple((_text(find), _text(put)) for find, put in map(_list, _list(value)))


def _pair(value: object) -> tuple[str, str]:
    name, api = map(_text, _list(value))
    return name, api


def _speeds(value: object) -> tuple[tuple[str, float], ...]:
    pairs = map(_list, _list(value))
    return tuple((_text(pack), float(_number(speed, 0.001, 1e6))) for pack, speed in pairs)


def _cues(value: object) -> CueOptions:
    if not isinstance(value, dict):
        raise TypeError(f"{value!r} is not an object")
    known = {field.name: type(getattr(STANDARD_CUES, field.name)) for field in fields(CueOptions)}
    for name, kind in known.items():
        if name in value and not isinstance(value[name], (int, float) if kind is float else kind):
            raise TypeError(f"{name} is {value[name]!r}")
    return CueOptions(**{name: value[name] for name in known if name in value})


READERS: dict[str, Reader] = {
    "ui_language": _one_of(UI_LANGUAGES),
    "theme": _one_of(THEMES),
    "tour_seen": _switch,
    "text_size": _one_of(TEXT_SIZES),
    "pack": _text,
    "pack_folders": _texts,
    "speeds": _speeds,
    "damaged_packs": _pairs,
    "device": _text,
    "n_threads": _threads,
    "language": _text,
    "favourites": _texts,
    "context": _text,
    "hot_words": _texts,
    "replacements": _pairs,
    "normalize_numbers": _switch,
    "use_gate": _switch,
    "export_format": _text,
    "export_folder": _text,
    "export_template": _text,
    "export_times": _switch,
    "export_facts": _switch,
    "csv_for_excel": _switch,
    "cues": _cues,
    "follow": _switch,
    "skip_silence": _switch,
    "speed": _player_speed,
    "volume": _volume,
    "keep_days": _one_of(KEEP_DAYS),
    "dictation": DictationOptions.from_json,
    "microphone": _pair,
    "on_close": _one_of(ON_CLOSE),
}
