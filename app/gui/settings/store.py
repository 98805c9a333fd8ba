"""The settings of a person: typed, each with its default, kept one by one in the library.

    library (JSON by key) -> checked, one by one -> Settings (frozen) -> changed -> the window

A value that is damaged, or that a later version wrote, falls back to its default without touching
the others. Nothing outside this file knows how settings are stored. Changes are applied at once;
only what differs is written. ``Settings.job_options`` is the snapshot that a queued item gets.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal

from app.dictation.options import STANDARD_DICTATION, DictationOptions
from app.errors import StoreError
from app.gui.settings.values import READERS
from app.output.cues import STANDARD_CUES, CueOptions
from app.store.types import Item, ItemState, JobOptions

_log = logging.getLogger(__name__)
_PREFIX = "settings."


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
        tour_seen: the first-run tour was shown.
        pack: path of the model; None takes the first that can be used.
        pack_folders: packs and folders with packs that were chosen by browsing.
        damaged_packs: (path of a pack, its mark at that time) of those that failed their check.
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
        follow, skip_silence, speed, volume: of the player; the volume in [0, 1].
        keep_days: how long the history is kept; 0 for ever.
        dictation: into other programs.
        microphone: (name, API) of the one that is recorded; None lets the system choose.
        on_close: "ask", "tray" or "end": what closing the window means where there is a tray.
    """

    ui_language: str = "auto"
    theme: str = "system"
    text_size: str = "M"
    tour_seen: bool = False
    pack: str | None = None
    pack_folders: tuple[str, ...] = ()
    damaged_packs: tuple[tuple[str, str], ...] = ()
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
    volume: float = 1.0
    keep_days: int = 0
    dictation: DictationOptions = STANDARD_DICTATION
    microphone: tuple[str, str] | None = None
    on_close: str = "ask"

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

    def measured_speed(self, pack: str) -> float | None:
        """Give the measured speed of a pack, None if it was not measured."""
        return dict(self.speeds).get(pack)

    def with_speed(self, pack: str, speed: float) -> Settings:
        """Note the measured speed of a pack."""
        others = tuple((path, value) for path, value in self.speeds if path != pack)
        return replace(self, speeds=(*others, (pack, speed)))

    def with_damaged(self, pack: str, mark: str | None) -> Settings:
        """Note that a pack failed its check, by its mark then; None: it passed."""
        others = tuple((path, old) for path, old in self.damaged_packs if path != pack)
        return replace(self, damaged_packs=others if mark is None else (*others, (pack, mark)))


DEFAULTS = Settings()
# What "Reset to defaults" leaves alone: it is the person's own work or was found out with effort.
KEPT_BY_RESET = (
    "pack",
    "pack_folders",
    "damaged_packs",
    "speeds",
    "tour_seen",
    "context",
    "hot_words",
    "replacements",
)


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
            stored = asdict(value) if isinstance(value, CueOptions | DictationOptions) else value
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
        return default if value is None else READERS[name](value)
    except (ValueError, TypeError) as exc:
        _log.warning("the setting %s is damaged and takes its default: %s", name, exc)
        return default
