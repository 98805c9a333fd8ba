"""Packs are dropped, imported, found in folders and removed."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.engine.pack import open_pack
from tests.engine.test_pack import files, folder_pack, zip_bytes
from tests.gui.models.use import MakePage, card_of, click, done, drop, endless, with_manifest

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform has none


@pytest.mark.parametrize("kind", ["folder", "zip", "songshu"])
def test_dropped_pack_is_imported_and_used(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path, user: Path, kind: str
) -> None:
    source = tmp_path / f"松鼠 pack.{kind}"
    if kind == "folder":
        folder_pack(source)
    else:
        source.write_bytes(zip_bytes(files()))
    page = make_page()
    with qtbot.waitSignal(page.valid_pack_changed) as told:
        assert drop(page, source)
    assert told.args == [str(user / "tiny")]
    assert page.message.text == "tiny is ready."
    assert page.cards[0].origin.text() == "in your models folder"
    open_pack(user / "tiny").verify()


def test_several_dropped_packs_are_imported_and_the_choice_stays(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path, built_in: Path
) -> None:
    folder_pack(built_in / "first")
    sources = [folder_pack(tmp_path / name, with_manifest(name=name)) for name in "xy"]
    page = make_page()
    page.cards[0].radio.click()
    drop(page, *sources)
    qtbot.waitUntil(lambda: len(page.cards) == 3 and not page.is_busy)
    assert page.pack_path() == str(built_in / "first")


def test_other_things_are_left_to_the_window(make_page: MakePage, tmp_path: Path) -> None:
    (tmp_path / "talk.wav").write_bytes(b"RIFF")
    (tmp_path / "folder").mkdir()
    assert not drop(make_page(), tmp_path / "talk.wav", tmp_path / "folder")


def test_damaged_import_says_so_and_leaves_nothing(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path, user: Path
) -> None:
    content = {**files(), "decoder.gguf": b"\xff" * len(files()["decoder.gguf"])}
    page = make_page()
    drop(page, folder_pack(tmp_path / "p", content))
    done(qtbot, page)
    assert "damaged" in page.message.text
    assert "decoder.gguf has changed" in page.message.text
    assert page.message.kind == "bad"
    assert list(user.iterdir()) == []
    assert page.valid_pack() is None


def test_import_can_be_cancelled(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "app.gui.models.pack_actions.import_work", lambda source, user: endless(source)
    )
    page = make_page()
    page.import_packs([tmp_path / "a", tmp_path / "b"])
    click(qtbot, page.import_row.cancel)
    done(qtbot, page)
    assert "Stopped" in page.message.text


def test_remove_asks_first_and_keep_keeps(qtbot: QtBot, make_page: MakePage, user: Path) -> None:
    folder_pack(user / "mine")
    page = make_page()
    card = page.cards[0]
    click(qtbot, card.remove)
    assert card.confirm.isVisible()
    assert "Remove tiny" in card.confirm.question.text
    assert QApplication.focusWidget() in (card.confirm.no, None)
    click(qtbot, card.confirm.no)
    assert not card.confirm.isVisible()
    open_pack(user / "mine").verify()


def test_confirmed_removal_deletes_and_falls_back(
    qtbot: QtBot, make_page: MakePage, user: Path, built_in: Path
) -> None:
    folder_pack(user / "mine")
    folder_pack(built_in / "starter")
    page = make_page()
    page.on_chosen(str(user / "mine"))
    card = card_of(page, "mine")
    click(qtbot, card.remove)
    click(qtbot, card.confirm.yes)
    done(qtbot, page)
    assert not (user / "mine").exists()
    assert page.pack_path() == str(built_in / "starter")
    assert page.message.text == "The model was removed."


def test_built_in_pack_has_no_remove_button(make_page: MakePage, built_in: Path) -> None:
    folder_pack(built_in / "a")
    assert not make_page().cards[0].remove.isVisible()


def test_browsed_folder_is_used_in_place_and_only_forgotten(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    folder_pack(tmp_path / "elsewhere" / "p")
    page = make_page()
    page.use_folder(tmp_path / "elsewhere")
    assert page.pack_path() == str(tmp_path / "elsewhere" / "p")
    page.on_chosen(page.cards[0].path)
    click(qtbot, page.cards[0].remove)
    assert page.cards == []
    assert page.valid_pack() is None
    open_pack(tmp_path / "elsewhere" / "p").verify()


def test_folder_without_a_pack_is_told(make_page: MakePage, tmp_path: Path) -> None:
    page = make_page()
    page.use_folder(tmp_path)
    assert "no model in" in page.message.text
