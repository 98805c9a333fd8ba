"""Which pack is used, and what its card tells."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.store.library import Library
from tests.engine.test_pack import folder_pack
from tests.gui.models.use import MakePage, small_model

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform has none


def test_without_a_pack_there_is_nothing_to_start_with(make_page: MakePage) -> None:
    page = make_page()
    assert page.valid_pack() is None
    assert page.pack_path() is None
    assert "no model yet" in page.header.text
    assert "Drop a model here" in page.header.text


def test_first_usable_pack_is_used_without_a_choice(make_page: MakePage, built_in: Path) -> None:
    folder_pack(built_in / "a")
    page = make_page()
    assert page.pack_path() == str(built_in / "a")
    assert page.cards[0].radio.isChecked()
    assert page.languages == ("English", "Chinese")
    assert "no model yet" not in page.header.text


def test_click_uses_another_pack_and_it_stays(
    qtbot: QtBot, make_page: MakePage, built_in: Path
) -> None:
    for name in "ab":
        folder_pack(built_in / name)
    page = make_page()
    with qtbot.waitSignal(page.valid_pack_changed) as told:
        page.cards[1].radio.click()
    assert told.args == [str(built_in / "b")] == [page.pack_path()]
    assert [card.radio.isChecked() for card in page.cards] == [False, True]
    assert [card.is_lit for card in page.cards] == [False, True]
    assert make_page().pack_path() == str(built_in / "b")


def test_damaged_pack_cannot_be_used_and_says_why(make_page: MakePage, built_in: Path) -> None:
    folder_pack(built_in / "a")
    (built_in / "a" / "decoder.gguf").unlink()
    page = make_page()
    assert page.valid_pack() is None
    assert not page.cards[0].radio.isEnabled()
    assert "decoder.gguf is missing" in page.cards[0].problem.text
    assert not page.cards[0].measure.isEnabled()


def test_chosen_pack_that_vanishes_is_never_replaced_in_silence(
    qtbot: QtBot, make_page: MakePage, built_in: Path
) -> None:
    for name in "ab":
        folder_pack(built_in / name)
    page = make_page()
    page.on_chosen(str(built_in / "a"))
    (built_in / "a" / "manifest.json").unlink()
    with qtbot.waitSignal(page.valid_pack_changed) as told:
        page.refresh()
    assert told.args == [None]
    assert str(built_in / "a") in page.header.missing.text


def test_weak_languages_of_thesmall_model_are_named(make_page: MakePage, built_in: Path) -> None:
    folder_pack(built_in / "a", small_model())
    card = make_page().cards[0]
    assert card.problem.kind == "warning"
    assert "Greek" in card.problem.text
    assert "German" not in card.problem.text
    assert card.radio.isEnabled()


def test_cost_of_a_small_encoder_is_told_beside_what_else_is_weak(
    make_page: MakePage, built_in: Path
) -> None:
    folder_pack(built_in / "a", small_model("int4"))
    folder_pack(built_in / "b", small_model())
    small, usual = (card.problem for card in make_page().cards)
    assert small.kind == "warning"
    assert small.text.count("\n") == 1
    assert "Greek" in small.text
    assert "an encoder of 4 bits" in small.text
    assert "4 bits" not in usual.text


def test_card_tells_size_languages_quantisation_and_quality(
    make_page: MakePage, built_in: Path
) -> None:
    folder_pack(built_in / "a", small_model())
    card = make_page().cards[0]
    assert "5 languages" in card.facts.text()
    assert "INT8" in card.facts.text()
    assert "kB" in card.facts.text()
    assert "96 of 100 words right, measured on 40 clips" in card.quality.text()
    assert "speed not measured" in card.quality.text()
    assert card.origin.text() == "comes with Songshu"


def test_own_pack_goes_before_the_built_in_one_while_nothing_is_chosen(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path, built_in: Path, user: Path
) -> None:
    folder_pack(built_in / "first")
    page = make_page()
    with qtbot.waitSignal(page.valid_pack_changed) as told:
        page.import_packs([folder_pack(tmp_path / "p")])
    assert told.args == [str(user / "tiny")]


def test_settings_from_elsewhere_are_followed(
    make_page: MakePage, library: Library, tmp_path: Path
) -> None:
    page = make_page()
    path = str(folder_pack(tmp_path / "p"))
    store = page._store
    store.change(replace(store.settings, pack_folders=(path,)))
    assert page.pack_path() == path
