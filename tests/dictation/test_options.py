"""Options survive JSON, and damage spoils only the field it is in."""

from __future__ import annotations

import json
from dataclasses import asdict, fields, replace
from typing import Any

import pytest

from app.dictation.options import DictationOptions, Insert, Way
from app.dictation.rules import Ending

OTHER = DictationOptions(
    is_on=False,
    hold_key="F9",
    toggle_key="Ctrl+Alt+R",
    again_key="F8",
    pass_short=False,
    way=Way.TYPE,
    ways=(("XTerm", Way.TERMINAL), ("微信", Way.PASTE)),
    insert=Insert.AT_ONCE,
    ending=Ending.LINE,
    commands=True,
    pill=False,
    pill_text=False,
    pill_place=(-1280, 40),
    tray=False,
    seen=("XTerm", "微信"),
)
DAMAGE: dict[str, list[Any]] = {
    "is_on": [1, None],
    "hold_key": [3, "Foo", "Hyper+X"],
    "toggle_key": [None, "ß"],
    "again_key": [[], "Ctrl"],
    "pass_short": ["yes"],
    "way": ["shout", 1],
    "ways": [3, [["x"]], [["x", "shout"]], [["", "paste"]], [[1, "paste"]], "ab"],
    "insert": ["never"],
    "ending": [" "],
    "commands": [0],
    "pill": [None],
    "pill_text": ["x"],
    "pill_place": [[1], [1, "2"], [1, 2, 3], [True, 1], 5],
    "tray": [2],
    "seen": ["XTerm", [1], None],
}


def test_every_field_is_tried() -> None:
    names = {field.name for field in fields(DictationOptions)}
    defaults = DictationOptions()
    assert {n for n in names if getattr(OTHER, n) != getattr(defaults, n)} == names
    assert set(DAMAGE) == names


@pytest.mark.parametrize("options", [OTHER, DictationOptions()])
def test_options_survive(options: DictationOptions) -> None:
    assert DictationOptions.from_json(json.loads(json.dumps(asdict(options)))) == options


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, vs in DAMAGE.items() for v in vs])
def test_damaged_field_falls_back_alone(name: str, value: Any) -> None:
    stored = {**json.loads(json.dumps(asdict(OTHER))), name: value}
    expected = replace(OTHER, **{name: getattr(DictationOptions(), name)})
    assert DictationOptions.from_json(stored) == expected


def test_unknown_field_is_left_out() -> None:
    assert DictationOptions.from_json({"later": 1}) == DictationOptions()


@pytest.mark.parametrize("value", [None, [], "x", 3])
def test_what_is_no_object_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        DictationOptions.from_json(value)


def test_programs_that_were_seen_are_few_and_the_last_is_first() -> None:
    options = DictationOptions()
    for number in range(20):
        options = options.with_seen(f"program {number}")
    options = options.with_seen("program 15")
    assert options.seen[:2] == ("program 15", "program 19")
    assert len(options.seen) == 8
