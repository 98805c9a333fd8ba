"""Packs are verified and measured, and what fails is used no more."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.engine.loading import LoadOptions
from app.engine.pack_library import pack_mark
from app.errors import PackCorruptError
from app.gui.models.page import ModelsPage
from tests.cli.fakes import FakeTranscriber
from tests.engine.test_pack import folder_pack
from tests.gui.models.use import MakePage, card_of, click, done, spoil
from tests.packs import PACKS

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform has none


def test_verify_finds_an_intact_pack(qtbot: QtBot, make_page: MakePage, built_in: Path) -> None:
    folder_pack(built_in / "a")
    page = make_page()
    click(qtbot, page.cards[0].verify)
    assert page.cards[0].task.isVisible()
    assert not page.cards[0].verify.isEnabled()
    done(qtbot, page)
    assert page.cards[0].result.text == "Every file is intact."
    assert not page.cards[0].task.isVisible()
    assert page.cards[0].verify.isEnabled()


def test_verify_names_the_file_that_changed(
    qtbot: QtBot, make_page: MakePage, built_in: Path
) -> None:
    path = folder_pack(built_in / "a") / "decoder.gguf"
    path.write_bytes(b"\xff" * path.stat().st_size)
    page = make_page()
    click(qtbot, page.cards[0].verify)
    done(qtbot, page)
    assert page.cards[0].result.kind == "bad"
    assert "decoder.gguf has changed" in page.cards[0].result.text


def test_pack_that_failed_its_check_cannot_stay_chosen_or_be_chosen(
    qtbot: QtBot, make_page: MakePage, built_in: Path
) -> None:
    spoil(folder_pack(built_in / "a"))
    folder_pack(built_in / "b")
    page = make_page()
    page.on_chosen(str(built_in / "a"))
    told: list[str | None] = []
    page.valid_pack_changed.connect(told.append)
    click(qtbot, page.cards[0].verify)
    done(qtbot, page)
    assert told == [None]
    assert page.valid_pack() is None
    card = card_of(page, "a")
    assert not card.radio.isEnabled()
    assert not card.radio.isChecked()
    assert "cannot be used" in card.problem.text
    assert str(built_in / "a") in page.header.missing.text
    assert [pack.path.name for pack in page.usable_packs()] == ["b"]
    page.on_chosen(str(built_in / "b"))
    assert told == [None, str(built_in / "b")]


def test_verdict_holds_after_a_restart_until_the_files_are_others(
    qtbot: QtBot, make_page: MakePage, built_in: Path
) -> None:
    spoil(folder_pack(built_in / "a"))
    page = make_page()
    click(qtbot, page.cards[0].verify)
    done(qtbot, page)
    assert make_page().valid_pack() is None
    shutil.rmtree(built_in / "a")
    folder_pack(built_in / "a")
    page = make_page()
    assert page.pack_path() == str(built_in / "a")


def test_pack_that_passes_after_all_can_be_used_again(
    qtbot: QtBot, make_page: MakePage, built_in: Path
) -> None:
    """A disk that read wrong bytes once gives the right ones the next time."""
    path = str(folder_pack(built_in / "a"))
    page = make_page()
    settings = page._store
    settings.change(settings.settings.with_damaged(path, pack_mark(Path(path))))
    page.refresh()
    assert page.valid_pack() is None
    click(qtbot, page.cards[0].verify)
    done(qtbot, page)
    assert page.pack_path() == path
    assert page.cards[0].result.text == "Every file is intact."
    assert settings.settings.damaged_packs == ()


def test_loader_refuses_what_did_not_pass(make_page: MakePage, built_in: Path) -> None:
    path = str(folder_pack(built_in / "a"))
    page = make_page()
    model = FakeTranscriber()
    load = page.guarded(model.load)
    assert load(LoadOptions(pack=path, n_threads=None, use_gate=True)) is model
    page._store.change(page._store.settings.with_damaged(path, pack_mark(Path(path))))
    page.refresh()
    with pytest.raises(PackCorruptError, match="check"):
        load(LoadOptions(pack=path, n_threads=None, use_gate=True))
    assert len(model.loaded) == 1


def test_verify_can_be_cancelled(qtbot: QtBot, busy_page: ModelsPage) -> None:
    card = busy_page.cards[0]
    qtbot.waitUntil(lambda: card.task.bar.value() == 500)
    click(qtbot, card.task.cancel)
    done(qtbot, busy_page)
    assert "Stopped" in card.result.text


def test_card_of_a_running_job_may_vanish(
    qtbot: QtBot, busy_page: ModelsPage, built_in: Path
) -> None:
    card = busy_page.cards[0]
    (built_in / "a" / "manifest.json").unlink()
    busy_page.refresh()
    assert busy_page.cards == []
    qtbot.waitUntil(lambda: card.task.bar.value() == 500)
    card.task.cancel.click()
    done(qtbot, busy_page)


def test_measured_speed_is_shown_and_kept(
    qtbot: QtBot, make_page: MakePage, built_in: Path
) -> None:
    (built_in / "tiny").symlink_to(PACKS / "tiny")
    page = make_page()
    click(qtbot, page.cards[0].measure)
    done(qtbot, page)
    assert page.cards[0].result.kind == "good", page.cards[0].result.text
    assert "real time on this computer" in page.cards[0].quality.text()
    assert "real time on this computer" in make_page().cards[0].quality.text()


def test_no_speed_is_measured_while_the_engine_works(make_page: MakePage, built_in: Path) -> None:
    folder_pack(built_in / "a")
    page = make_page()
    page.set_engine_busy(True)
    assert not page.cards[0].measure.isEnabled()
    assert page.cards[0].verify.isEnabled()
    page.set_engine_busy(False)
    assert page.cards[0].measure.isEnabled()


def test_measuring_a_pack_that_does_not_load_is_told(
    qtbot: QtBot, make_page: MakePage, built_in: Path
) -> None:
    folder_pack(built_in / "a")
    page = make_page()
    click(qtbot, page.cards[0].measure)
    done(qtbot, page)
    assert page.cards[0].result.kind == "bad"


def test_close_ends_what_is_under_way(busy_page: ModelsPage) -> None:
    busy_page.close_tasks()
    assert not busy_page.is_busy
