"""Settings survive a restart one by one, fall back one by one, and tell everyone at once."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.dictation.options import DictationOptions, Way
from app.errors import StoreFullError
from app.gui.settings.store import (
    DEFAULTS,
    KEPT_BY_RESET,
    Settings,
    SettingsStore,
    expired_items,
    load_settings,
    reset_settings,
    save_settings,
)
from app.output.cues import CueOptions
from app.store.library import Library
from app.store.types import JobOptions

OTHER = Settings(
    ui_language="zh_CN",
    theme="dark",
    text_size="L",
    tour_seen=True,
    pack="/packs/大",
    pack_folders=("/packs", "/松鼠"),
    damaged_packs=(("/packs/坏", "12-34"),),
    speeds=(("/packs/大", 9.5),),
    device="cpu",
    n_threads=3,
    language="Chinese",
    favourites=("Chinese", "English"),
    context="会议",
    hot_words=("Songshu", "松鼠"),
    replacements=(("松树", "松鼠"), ("teh", "the")),
    normalize_numbers=True,
    use_gate=False,
    export_format="srt",
    export_folder="/exports",
    export_template="{name} {date}",
    export_times=True,
    export_facts=False,
    csv_for_excel=False,
    cues=CueOptions(latin_chars=30, cjk_chars=12, n_lines=1, min_s=0.5, max_s=5.0),
    follow=False,
    skip_silence=True,
    speed=1.5,
    volume=0.25,
    keep_days=30,
    dictation=DictationOptions(hold_key="F9", way=Way.TYPE, ways=(("XTerm", Way.TERMINAL),)),
    microphone=("alsa_input.usb", "PulseAudio"),
    on_close="tray",
)


class FullDisk:
    """A library whose disk is full."""

    def get(self, key: str, default: Any = None) -> Any:
        return default

    def put(self, key: str, value: Any) -> None:
        raise StoreFullError(Path("songshu.db"))


def test_other_differs_from_every_default() -> None:
    same = [f.name for f in fields(Settings) if getattr(OTHER, f.name) == getattr(DEFAULTS, f.name)]
    assert same == []


def test_settings_of_an_empty_library_are_the_defaults(library: Library) -> None:
    assert load_settings(library) == DEFAULTS


def test_every_setting_survives(library: Library) -> None:
    save_settings(library, OTHER, DEFAULTS)
    assert load_settings(library) == OTHER


def test_settings_that_may_be_none_become_none_again(library: Library) -> None:
    save_settings(library, OTHER, DEFAULTS)
    save_settings(library, DEFAULTS, OTHER)
    assert load_settings(library) == DEFAULTS


DAMAGED: dict[str, list[Any]] = {
    "ui_language": ["tlh", 3, True],
    "theme": ["pink", []],
    "on_close": ["float", True],
    "text_size": ["XXL", 0],
    "tour_seen": ["yes", 1],
    "pack": [1, []],
    "pack_folders": ["/x", [1], 4],
    "damaged_packs": [[["a"]], [["a", 1]], "ab"],
    "speeds": [[["a"]], [["a", "fast"]], [["a", -1]], ["ab"], 3],
    "device": [0],
    "n_threads": [0, 1000, "2", True, 2.5e9],
    "language": [{}],
    "favourites": [[None]],
    "context": [["x"]],
    "hot_words": [[{}], 7],
    "replacements": [[["a"]], [["a", 1]], ["ab"], "ab"],
    "normalize_numbers": ["yes", 1],
    "use_gate": [0],
    "export_format": [1],
    "export_folder": [1],
    "export_template": [1],
    "export_times": ["no"],
    "export_facts": [0],
    "csv_for_excel": ["x"],
    "cues": [{"latin_chars": 1}, {"n_lines": "2"}, {"min_s": 9}, []],
    "follow": [None, "x"],
    "skip_silence": [2],
    "speed": [0.1, 9, "1", float("nan")],
    "volume": [-0.1, 1.5, "1", True],
    "keep_days": [1, True, "30"],
    "dictation": ["x", [], 3],
    "microphone": ["x", ["one"], [1, 2], ["a", "b", "c"]],
}


def test_damage_is_tried_on_every_setting() -> None:
    assert set(DAMAGED) == {field.name for field in fields(Settings)}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in DAMAGED.items() for value in values]
)
def test_damaged_setting_falls_back_alone(library: Library, name: str, value: Any) -> None:
    save_settings(library, OTHER, DEFAULTS)
    library.put(f"settings.{name}", value)
    assert load_settings(library) == replace(OTHER, **{name: getattr(DEFAULTS, name)})


def test_store_tells_and_keeps_a_change(qtbot: QtBot, library: Library) -> None:
    store = SettingsStore(library)
    with qtbot.waitSignal(store.changed) as told:
        store.change(replace(store.settings, theme="dark"))
    assert told.args == [store.settings]
    assert SettingsStore(library).settings.theme == "dark"


def test_store_says_nothing_if_nothing_changes(qtbot: QtBot, library: Library) -> None:
    store = SettingsStore(library)
    with qtbot.assertNotEmitted(store.changed):
        store.change(replace(store.settings))


def test_change_that_cannot_be_stored_is_in_force_and_told(qtbot: QtBot) -> None:
    store = SettingsStore(FullDisk())
    with qtbot.waitSignal(store.failed) as told:
        store.change(replace(store.settings, theme="dark"))
    assert isinstance(told.args[0], StoreFullError)
    assert store.settings.theme == "dark"


def test_reset_keeps_what_is_the_persons_work(qtbot: QtBot, library: Library) -> None:
    store = SettingsStore(library)
    store.change(OTHER)
    store.reset()
    kept = {name: getattr(OTHER, name) for name in KEPT_BY_RESET}
    assert store.settings == replace(DEFAULTS, **kept) == reset_settings(OTHER)
    assert load_settings(library) == store.settings


def test_job_options_are_a_snapshot() -> None:
    assert OTHER.job_options() == JobOptions(
        pack="/packs/大",
        device="cpu",
        n_threads=3,
        language="Chinese",
        context="会议",
        hot_words=("Songshu", "松鼠"),
        use_gate=False,
        replacements=(("松树", "松鼠"), ("teh", "the")),
        normalize_numbers=True,
    )


def test_speed_of_a_pack_replaces_an_older_one() -> None:
    settings = DEFAULTS.with_speed("a", 2.0).with_speed("b", 3.0).with_speed("a", 4.0)
    assert settings.measured_speed("a") == 4.0
    assert len(settings.speeds) == 2
    assert settings.measured_speed("c") is None


@pytest.mark.parametrize(("keep_days", "n_expired"), [(0, 0), (7, 1), (30, 0)])
def test_only_what_has_ended_expires(library: Library, keep_days: int, n_expired: int) -> None:
    done, waiting = library.add_files(["a.wav", "b.wav"], JobOptions())
    library.cancel(done.id)
    now = datetime.now(UTC) + timedelta(days=8)
    expected = [done.id][:n_expired]
    assert expired_items(library.items(), keep_days, now) == expected
    assert waiting.id not in expected
