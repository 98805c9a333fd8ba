"""The models page: what it lists, which pack is used, and everything that can be done with one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.engine.cancel import CancelToken
from app.engine.loading import LoadOptions
from app.engine.pack import open_pack
from app.engine.pack_library import PackLibrary, PackOrigin, pack_mark
from app.errors import PackCorruptError, PackFormatError, PackNoSpaceError, PackNotFoundError
from app.gui import pack_work
from app.gui.background import Progress
from app.gui.models_page import ModelsPage
from app.gui.pack_card import PackCard
from app.gui.pack_jobs import error_words
from app.gui.settings import SettingsStore
from app.store.library import Library
from tests.cli.fakes import FakeTranscriber
from tests.engine.test_pack import files, folder_pack, zip_bytes
from tests.packs import PACKS, ROOT

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform has none
SAMPLE = ROOT / "tests" / "data" / "meeting_slt.wav"
MakePage = Callable[[], ModelsPage]


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = Library.open(tmp_path / "songshu.db")
    yield library
    library.close()


@pytest.fixture
def user(tmp_path: Path) -> Path:
    return tmp_path / "data" / "packs"


@pytest.fixture
def built_in(tmp_path: Path) -> Path:
    folder = tmp_path / "built"
    folder.mkdir()
    return folder


@pytest.fixture
def make_page(qtbot: QtBot, library: Library, user: Path, built_in: Path) -> Iterator[MakePage]:
    pages: list[ModelsPage] = []

    def make() -> ModelsPage:
        packs = PackLibrary(user, [(user, PackOrigin.USER), (built_in, PackOrigin.BUILT_IN)])
        page = ModelsPage(SettingsStore(library), sample=SAMPLE, packs=packs)
        qtbot.addWidget(page)
        pages.append(page)
        page.resize(760, 640)
        page.show()
        return page

    yield make
    for page in pages:
        page.close_tasks()


def done(qtbot: QtBot, page: ModelsPage) -> None:
    qtbot.waitUntil(lambda: not page.is_busy, timeout=30_000)


def card_of(page: ModelsPage, name: str) -> PackCard:
    return next(card for card in page.cards if card.pack.path.name == name)


def click(qtbot: QtBot, button: QWidget) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def with_manifest(**changes: Any) -> dict[str, bytes]:
    content = files()
    data = json.loads(content["manifest.json"])
    for part, values in changes.items():
        data[part] = {**data[part], **values} if isinstance(values, dict) else values
    return {**content, "manifest.json": json.dumps(data).encode()}


def drop(page: ModelsPage, *paths: Path) -> bool:
    """Drag paths in and let go; returns whether the page took them."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier
    try:
        enter = QDragEnterEvent(QPointF(50, 50), copy, data, left, none.NoModifier)
    except TypeError:  # before PySide6 6.12
        enter = QDragEnterEvent(QPoint(50, 50), copy, data, left, none.NoModifier)
    QApplication.sendEvent(page, enter)
    if enter.isAccepted():
        event = QDropEvent(QPointF(50, 50), copy, data, left, none.NoModifier)
        QApplication.sendEvent(page, event)
    return enter.isAccepted()


# which pack


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


def test_weak_languages_of_the_small_model_are_named(make_page: MakePage, built_in: Path) -> None:
    folder_pack(built_in / "a", _small_model())
    card = make_page().cards[0]
    assert card.problem.kind == "warning"
    assert "Greek" in card.problem.text
    assert "German" not in card.problem.text
    assert card.radio.isEnabled()


def test_card_tells_size_languages_quantisation_and_quality(
    make_page: MakePage, built_in: Path
) -> None:
    folder_pack(built_in / "a", _small_model())
    card = make_page().cards[0]
    assert "5 languages" in card.facts.text()
    assert "INT8" in card.facts.text()
    assert "kB" in card.facts.text()
    assert "96 of 100 words right, measured on 40 clips" in card.quality.text()
    assert "speed not measured" in card.quality.text()
    assert card.origin.text() == "comes with Songshu"


def _small_model() -> dict[str, bytes]:
    content = files()
    data = json.loads(content["manifest.json"])
    data["languages"] = ["English", "Greek", "Czech", "German", "French"]
    data["encoder"].update(d_model=896, quantization="int8")
    data["decoder"]["hidden_size"] = 1024
    data["quality"] = {"application": {"wer": 0.0421, "wer_error": 0.01, "n_clips": 40}}
    return {**content, "manifest.json": json.dumps(data).encode()}


# verify, measure


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


def spoil(pack: Path) -> None:
    """Change a file and keep its size."""
    path = pack / "decoder.gguf"
    path.write_bytes(b"\xff" * path.stat().st_size)


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


def endless(_pack: Path) -> Any:
    def work(on_progress: Progress, cancel: CancelToken) -> None:
        while True:
            on_progress(1, 2)

    return work


def test_verify_can_be_cancelled(
    qtbot: QtBot, make_page: MakePage, built_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder_pack(built_in / "a")
    monkeypatch.setattr("app.gui.models_page.verify_work", endless)
    page = make_page()
    click(qtbot, page.cards[0].verify)
    qtbot.waitUntil(lambda: page.cards[0].task.bar.value() == 500)
    click(qtbot, page.cards[0].task.cancel)
    done(qtbot, page)
    assert "Stopped" in page.cards[0].result.text


def test_card_of_a_running_job_may_vanish(
    qtbot: QtBot, make_page: MakePage, built_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder_pack(built_in / "a")
    monkeypatch.setattr("app.gui.models_page.verify_work", endless)
    page = make_page()
    card = page.cards[0]
    click(qtbot, card.verify)
    (built_in / "a" / "manifest.json").unlink()
    page.refresh()
    assert page.cards == []
    qtbot.waitUntil(lambda: card.task.bar.value() == 500)
    card.task.cancel.click()
    done(qtbot, page)


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


# import, remove


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


def test_own_pack_goes_before_the_built_in_one_while_nothing_is_chosen(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path, built_in: Path, user: Path
) -> None:
    folder_pack(built_in / "first")
    page = make_page()
    with qtbot.waitSignal(page.valid_pack_changed) as told:
        page.import_packs([folder_pack(tmp_path / "p")])
    assert told.args == [str(user / "tiny")]


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
    monkeypatch.setattr("app.gui.models_page.import_work", lambda source, user: endless(source))
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


# words, keyboard


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PackNoSpaceError(Path("p"), 589_400_000, 1000), "it needs 589.4 MB, 1.0 kB are free"),
        (PackNotFoundError(Path("p")), "no longer there"),
        (PackFormatError(Path("p"), "it is odd"), "(it is odd)"),
        (PackCorruptError(Path("p"), ["a", "b", "c", "d"]), "(a; b; c)"),
        (RuntimeError("odd"), "It did not work. (odd)"),
    ],
)
@pytest.mark.usefixtures("qapp")
def test_error_words_say_what_happened(error: Exception, words: str) -> None:
    assert words in error_words(error)


def test_every_control_has_a_name_and_a_place_in_the_tab_order(
    make_page: MakePage, built_in: Path
) -> None:
    folder_pack(built_in / "a")
    page = make_page()
    for button in filter(QWidget.isVisible, page.findChildren(QPushButton)):
        assert button.accessibleName() or button.text()
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_language_change_reaches_every_part(make_page: MakePage, built_in: Path) -> None:
    folder_pack(built_in / "a")
    page = make_page()
    page.cards[0].verify.setText("old")
    page.header.add.setText("old")
    for widget in (page, *page.findChildren(QWidget)):
        QApplication.sendEvent(widget, QEvent(QEvent.Type.LanguageChange))
    assert page.cards[0].verify.text() == "Verify"
    assert page.header.add.text() == "Add a model"


def test_close_ends_what_is_under_way(
    qtbot: QtBot, make_page: MakePage, built_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder_pack(built_in / "a")
    monkeypatch.setattr("app.gui.models_page.verify_work", endless)
    page = make_page()
    click(qtbot, page.cards[0].verify)
    page.close_tasks()
    assert not page.is_busy


def test_settings_from_elsewhere_are_followed(
    make_page: MakePage, library: Library, tmp_path: Path
) -> None:
    page = make_page()
    path = str(folder_pack(tmp_path / "p"))
    store = page._store
    store.change(replace(store.settings, pack_folders=(path,)))
    assert page.pack_path() == path


def test_work_without_a_model_file_fails_by_its_own_error(tmp_path: Path) -> None:
    with pytest.raises(PackNotFoundError):
        pack_work.verify_work(tmp_path / "gone")(lambda done, total: None, CancelToken())
