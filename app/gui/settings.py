"""The settings of a person: typed, each with its default, kept one by one in the library.

    library (JSON by key) -> checked, one by one -> Settings (frozen) -> changed -> the window

A value that is damaged, or that a later version wrote, falls back to its default without touching
the others. Nothing outside this file knows how settings are stored. Changes are applied at once;
only what differs is written. ``Settings.job_options`` is the snapshot that a queued item gets.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal

from app.errors import StoreError
from app.output.cues import STANDARD_CUES, CueOptions
from app.output.options import ExportOptions
from app.store.types import Item, ItemState, JobOptions

_log = logging.getLogger(__name__)
_PREFIX = "settings."
UI_LANGUAGES = ("auto", "en", "zh_CN")
THEMES = ("system", "light", "dark")
TEXT_SIZES = ("S", "M", "L")
KEEP_DAYS = (0, 7, 30, 90, 365)  # 0 keeps everything
SLOWEST, FASTEST = 0.5, 2.0  # of the player
MAX_THREADS = 256
Reader = Callable[[Any], Any]


class SettingsKeeper(Protocol):
    """What the settings need of the library."""

    def get(self, key: str, default: Any = None) -> Any:
        """Give a value, or the default if it was never put."""
        ...

    def put(self, key: str, value: Any) -> None:
        """Store a value that JSON can hold."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that a person may set.

    Attributes:
        ui_language: "auto", "en" or "zh_CN". theme: "system", "light" or "dark".
        text_size: "S", "M" or "L".
        pack: path of the model; None takes the first that can be used.
        pack_folders: packs and folders with packs that were chosen by browsing.
        speeds: (path of a pack, seconds of audio per second of work), measured on this computer.
        device, n_threads: None lets the engine choose.
        language: of the recordings, canonical ("English"); None lets the model find it.
        favourites: languages that stand first, canonical.
        context, hot_words: hints for the model.
        replacements: pairs of (find, put), applied in order.
        normalize_numbers: write spoken numbers in digits. use_gate: no text where nobody speaks.
        export_format, export_folder, export_template, export_times, export_facts, csv_for_excel: of
            the last export; the folder "" is the recording's own.
        cues: rules for subtitles.
        follow, skip_silence, speed: of the player.
        keep_days: how long the history is kept; 0 for ever.
    """

    ui_language: str = "auto"
    theme: str = "system"
    text_size: str = "M"
    pack: str | None = None
    pack_folders: tuple[str, ...] = ()
    speeds: tuple[tuple[str, float], ...] = ()
    device: str | None = None
    n_threads: int | None = None
    language: str | None = None
    favourites: tuple[str, ...] = ()
    context: str = ""
    hot_words: tuple[str, ...] = ()
    replacements: tuple[tuple[str, str], ...] = ()
    normalize_numbers: bool = False
    use_gate: bool = True
    export_format: str = "txt"
    export_folder: str = ""
    export_template: str = "{name}"
    export_times: bool = False
    export_facts: bool = True
    csv_for_excel: bool = True
    cues: CueOptions = STANDARD_CUES
    follow: bool = True
    skip_silence: bool = False
    speed: float = 1.0
    keep_days: int = 0

    def job_options(self) -> JobOptions:
        """Give the snapshot with which an item is queued now."""
        return JobOptions(
            pack=self.pack,
            device=self.device,
            n_threads=self.n_threads,
            language=self.language,
            context=self.context,
            hot_words=self.hot_words,
            use_gate=self.use_gate,
            replacements=self.replacements,
            normalize_numbers=self.normalize_numbers,
        )

    def export_options(self) -> ExportOptions:
        """Give the choices for an export, also of one that is dragged out."""
        return ExportOptions(
            times=self.export_times,
            facts=self.export_facts,
            cues=self.cues,
            csv_bom=self.csv_for_excel,
        )

    def measured_speed(self, pack: str) -> float | None:
        """Give the measured speed of a pack, None if it was not measured."""
        return dict(self.speeds).get(pack)

    def with_speed(self, pack: str, speed: float) -> Settings:
        """Note the measured speed of a pack."""
        others = tuple((path, value) for path, value in self.speeds if path != pack)
        return replace(self, speeds=(*others, (pack, speed)))


DEFAULTS = Settings()
# What "Reset to defaults" leaves alone: it is the person's own work or was found out with effort.
KEPT_BY_RESET = ("pack", "pack_folders", "speeds", "context", "hot_words", "replacements")


def load_settings(keeper: SettingsKeeper) -> Settings:
    """Read all settings; whatever is damaged or unknown takes its default.

    Raises:
        StoreError: the library cannot be read.
    """
    values = {field.name: _load(keeper, field.name) for field in fields(Settings)}
    return Settings(**values)


def save_settings(keeper: SettingsKeeper, settings: Settings, before: Settings) -> None:
    """Write what differs from before.

    Raises:
        StoreError: the library cannot be written.
    """
    for field in fields(Settings):
        value = getattr(settings, field.name)
        if value != getattr(before, field.name):
            stored = asdict(value) if isinstance(value, CueOptions) else value
            keeper.put(_PREFIX + field.name, stored)


def reset_settings(settings: Settings) -> Settings:
    """Give the defaults; words, replacements and the chosen model stay."""
    return replace(DEFAULTS, **{name: getattr(settings, name) for name in KEPT_BY_RESET})


def expired_items(items: Iterable[Item], keep_days: int, now: datetime) -> list[int]:
    """Give the ids of what is older than the history is to be kept; never what is in the queue.

    Args:
        items: of the library.
        keep_days: 0 keeps everything.
        now: aware.
    """
    if not keep_days:
        return []
    oldest = now - timedelta(days=keep_days)
    ended = (ItemState.DONE, ItemState.FAILED, ItemState.CANCELLED)
    return [item.id for item in items if item.state in ended and item.created_at < oldest]


class SettingsStore(QObject):
    """The settings of now, for the whole window.

    Args:
        keeper: the library.

    Signals:
        changed(Settings): something is different; also sent to whoever changed it.
        failed(StoreError): the change is in force, but could not be stored.
    """

    changed = Signal(object)
    failed = Signal(object)

    def __init__(self, keeper: SettingsKeeper, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self._settings = load_settings(keeper)

    @property
    def settings(self) -> Settings:
        """The settings of now."""
        return self._settings

    def change(self, settings: Settings) -> None:
        """Put other settings in force and store them."""
        before, self._settings = self._settings, settings
        if before == settings:
            return
        self.changed.emit(settings)
        try:
            save_settings(self._keeper, settings, before)
        except StoreError as exc:
            _log.warning("settings are not stored: %s", exc)
            self.failed.emit(exc)

    def reset(self) -> None:
        """Go back to the defaults; see ``reset_settings``."""
        self.change(reset_settings(self._settings))


def _load(keeper: SettingsKeeper, name: str) -> Any:
    default = getattr(DEFAULTS, name)
    try:
        value = keeper.get(_PREFIX + name)
        return default if value is None else _READERS[name](value)
    except (ValueError, TypeError) as exc:
        _log.warning("the setting %s is damaged and takes its default: %s", name, exc)
        return default


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


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is not a list")
    return value


def _texts(value: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_text, _list(value))))


def _pairs(value: object) -> tuple[tuple[str, str], ...]:
    return tuple((_text(find), _text(put)) for find, put in map(_list, _list(value)))


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


_READERS: dict[str, Reader] = {
    "ui_language": _one_of(UI_LANGUAGES),
    "theme": _one_of(THEMES),
    "text_size": _one_of(TEXT_SIZES),
    "pack": _text,
    "pack_folders": _texts,
    "speeds": _speeds,
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
    "keep_days": _one_of(KEEP_DAYS),
}
