"""Recognising again: the sheet shows the item's own options, and no text is lost on the way."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.errors import DecoderError
from app.gui.items.again_sheet import AgainSheet
from app.gui.threads.events import JobFailed, JobFinished, LineRecognized, LiveText
from app.store.types import Item, ItemState, JobOptions
from tests.cli.fakes import FakeTranscriber
from tests.gui.bench import (
    CLIP,
    JOB_MS,
    STARTER,
    Bench,
    Recorder,
    long_recording,
    make_bench,
    no_size_hints,
)
from tests.packs import PACKS

pytestmark = no_size_hints
TINY = PACKS / "tiny"


@pytest.fixture
def model() -> FakeTranscriber:
    """Says what a test wants to hear; the packs on the disk are real."""
    return FakeTranscriber(text="First text.")


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path, model: FakeTranscriber) -> Iterator[Bench]:
    yield from make_bench(qtbot, tmp_path, model.load)


@pytest.fixture
def item(bench: Bench, tmp_path: Path) -> Item:
    """A finished item, recognised with options that are not those of now."""
    shutil.copy(CLIP, tmp_path / "talk.wav")
    desktop = bench.start()
    own = JobOptions(pack=str(TINY), language="English", context="About nuts.", hot_words=("Oak",))
    desktop.window._library.add_files([tmp_path / "talk.wav"], own)
    desktop.window.start_queue()
    done = bench.wait_for("talk.wav", ItemState.DONE)
    desktop.window.show_item(done.id)
    return done


def shown(bench: Bench) -> list[str]:
    assert bench.desktop is not None
    return [line.text for line in bench.desktop.window.page.model.lines]


def sheet_of(bench: Bench) -> AgainSheet:
    assert bench.desktop is not None
    return bench.desktop.again.sheet


def hears(bench: Bench, qtbot: QtBot) -> Recorder:
    assert bench.desktop is not None
    return Recorder(qtbot, bench.desktop.engine.worker)


def test_sheet_shows_the_items_own_options_and_keeps_the_rest(bench: Bench, item: Item) -> None:
    assert bench.desktop is not None
    settings = bench.desktop.settings
    settings.change(
        replace(settings.settings, language="Chinese", context="other", favourites=("Chinese",))
    )
    bench.desktop.window.page.toolbar.actions_by_name["again"].trigger()
    sheet = sheet_of(bench)
    assert sheet.isVisible()
    assert sheet.options == item.options
    names = [sheet.model.itemText(row) for row in range(sheet.model.count())]
    assert sorted(names) == ["starter", "tiny"]
    assert "“talk.wav”" in sheet._title.text()


def test_favourites_of_the_chosen_model_stand_first(qtbot: QtBot) -> None:
    from app.engine.pack_library import inspect_pack

    sheet = AgainSheet()
    qtbot.addWidget(sheet)
    known = inspect_pack(STARTER)
    assert known.manifest is not None
    many = replace(known, manifest=replace(known.manifest, languages=("English", "Thai", "Dutch")))
    other = replace(known, path=Path("/packs/other"))
    options = JobOptions(pack=str(STARTER), language="Thai")
    sheet.show_for("a", options, [many, other], preferred=None, favourites=["Dutch"])
    offered = [sheet.language.itemData(row) for row in range(sheet.language.count())]
    assert offered == [None, "Dutch", "English", "Thai"]
    assert sheet.language.currentData() == "Thai"
    sheet.model.setCurrentIndex(1)
    sheet.on_model_chosen()
    assert sheet.language.currentData() is None  # the other model does not know Thai
    assert str(STARTER.parent) in sheet.model.itemText(0)  # two packs of one name


def test_file_gets_its_new_text_only_when_all_of_it_is_there(
    qtbot: QtBot, bench: Bench, item: Item, model: FakeTranscriber
) -> None:
    assert bench.desktop is not None
    window, heard, go_on = bench.desktop.window, hears(bench, qtbot), threading.Event()

    def wait(_index: int) -> None:
        assert go_on.wait(JOB_MS / 1000)

    model.text, model.before_chunk = "Second text.", wait
    window.page.toolbar.actions_by_name["again"].trigger()
    sheet = sheet_of(bench)
    sheet.model.setCurrentIndex(sheet.model.findData(str(STARTER)))
    sheet.on_model_chosen()
    sheet.context.setPlainText("About birds.")
    sheet.gate.setChecked(False)
    sheet.start.click()
    assert not sheet.isVisible()
    bench.wait_for("talk.wav", ItemState.RUNNING)
    assert shown(bench) == ["First text."]
    assert window.page.notice.isVisible()
    go_on.set()
    heard.wait(JobFinished)
    qtbot.waitUntil(lambda: shown(bench) == ["Second text."])
    assert not window.page.notice.isVisible()
    options = bench.item("talk.wav").options
    assert (options.pack, options.context, options.use_gate) == (
        str(STARTER),
        "About birds.",
        False,
    )
    assert model.loaded[-1].pack == str(STARTER)
    assert "Oak" in model.heard[-1].context
    window.undo_bar.on_undo_clicked()
    assert shown(bench) == ["First text."]
    assert bench.item("talk.wav") == item


def test_file_that_fails_again_keeps_its_text_and_says_why(
    qtbot: QtBot, bench: Bench, item: Item, model: FakeTranscriber
) -> None:
    assert bench.desktop is not None
    heard = hears(bench, qtbot)

    def fail(_index: int) -> None:
        raise DecoderError("compute", "no memory")

    model.before_chunk = fail
    bench.desktop.again.begin(item.id, item.options)
    heard.wait(JobFailed)
    bar = bench.desktop.window.undo_bar
    qtbot.waitUntil(lambda: "as it was" in bar.text)
    assert bench.item("talk.wav") == item
    assert shown(bench) == ["First text."]
    bar.on_undo_clicked()
    assert sheet_of(bench).isVisible()
    sheet_of(bench).close()


def test_line_gets_another_text_and_language_and_that_can_be_taken_back(
    qtbot: QtBot, bench: Bench, item: Item, model: FakeTranscriber
) -> None:
    assert bench.desktop is not None
    window, heard = bench.desktop.window, hears(bench, qtbot)
    window.page.list.setCurrentIndex(window.page.model.index(0))
    model.text, model.language = "松鼠。", "Chinese"
    window.page.toolbar.actions_by_name["line_again"].trigger()
    sheet = sheet_of(bench)
    assert sheet.options == item.options
    sheet.language.setCurrentIndex(0)
    sheet.start.click()
    heard.wait(LineRecognized)
    qtbot.waitUntil(lambda: shown(bench) == ["松鼠。"])
    (line,) = bench.lines("talk.wav")
    assert (line.language, line.original_text) == ("Chinese", "First text.")
    window.undo_bar.on_undo_clicked()
    (line,) = bench.lines("talk.wav")
    assert (line.text, line.language, line.edited) == ("First text.", "English", False)


def test_line_of_a_page_that_was_left_gets_its_text_too(
    qtbot: QtBot, bench: Bench, item: Item, model: FakeTranscriber
) -> None:
    assert bench.desktop is not None
    window, heard = bench.desktop.window, hears(bench, qtbot)
    window.page.list.setCurrentIndex(window.page.model.index(0))
    model.text = "Better text."
    window.page.line_actions.on_line_again()
    window.show_idle()
    sheet_of(bench).on_start()
    heard.wait(LineRecognized)
    qtbot.waitUntil(lambda: bench.lines("talk.wav")[0].text == "Better text.")
    window.undo_bar.on_undo_clicked()
    assert bench.lines("talk.wav")[0].text == "First text."


@pytest.mark.parametrize(("text", "told"), [("", "stays"), ("First text.", "same")])
def test_line_that_comes_out_empty_or_the_same_stays(
    qtbot: QtBot, bench: Bench, item: Item, model: FakeTranscriber, text: str, told: str
) -> None:
    assert bench.desktop is not None
    window, heard = bench.desktop.window, hears(bench, qtbot)
    window.page.list.setCurrentIndex(window.page.model.index(0))
    model.text = text
    window.page.line_actions.on_line_again()
    sheet_of(bench).on_start()
    heard.wait(LineRecognized)
    qtbot.waitUntil(lambda: told in window.undo_bar.text)
    assert shown(bench) == ["First text."]


def test_line_whose_file_is_gone_stays_and_that_is_said(
    qtbot: QtBot, bench: Bench, item: Item
) -> None:
    assert bench.desktop is not None
    window = bench.desktop.window
    window.page.list.setCurrentIndex(window.page.model.index(0))
    window.page.line_actions.on_line_again()
    Path(item.path).unlink()
    sheet_of(bench).on_start()
    qtbot.waitUntil(lambda: "no longer where it was" in window.undo_bar.text, timeout=JOB_MS)
    assert shown(bench) == ["First text."]


def test_model_that_is_gone_is_named_and_another_offered(bench: Bench, item: Item) -> None:
    assert bench.desktop is not None
    lost = replace(item.options, pack="/packs/gone")
    bench.library.recognize_again(item.id, lost)
    bench.library.cancel(item.id)  # the options of before come back
    bench.desktop.again._ask("x", lost)
    sheet = sheet_of(bench)
    assert "not here any more" in sheet.message.text
    assert sheet.options.pack == str(STARTER)
    sheet.close()


def test_without_any_model_the_sheet_leads_to_the_models(qtbot: QtBot, bench: Bench) -> None:
    desktop = bench.start(with_model=False)
    (item,) = bench.library.add_files(["x.wav"], JobOptions())
    bench.library.cancel(item.id)
    desktop.again.ask_for_item(item.id)
    sheet = desktop.again.sheet
    assert sheet.message.kind == "bad"
    wanted: list[str] = []
    desktop.window.settings_requested.connect(wanted.append)
    sheet.start.click()
    assert wanted == ["models"]
    assert bench.item("x.wav").state is ItemState.CANCELLED
    QApplication.closeAllWindows()


def test_stopping_the_new_recognition_leaves_what_was_corrected(
    qtbot: QtBot, tmp_path: Path
) -> None:
    """With the real model, stopped in the middle of it."""
    for bench in make_bench(qtbot, tmp_path):
        recording = long_recording(tmp_path / "long.wav", 2)
        desktop = bench.start()
        desktop.window.add_paths([recording])
        item = bench.wait_for("long.wav", ItemState.DONE)
        lines = bench.library.lines(item.id)
        bench.library.edit_line(lines[0].id, "Corrected by hand.")
        kept = bench.library.lines(item.id)
        heard = Recorder(qtbot, desktop.engine.worker)
        desktop.again.begin(item.id, item.options)
        heard.wait(LiveText)
        desktop.window.undo_bar.on_undo_clicked()
        assert bench.item("long.wav").state is ItemState.DONE
        assert bench.library.lines(item.id) == kept
        heard.wait_until_empty()
        assert bench.library.lines(item.id) == kept


def choose_language_after_the_drop(bench: Bench, paths: list[Path], language: str) -> None:
    """Drop files, and choose their language by the second button of the bar."""
    assert bench.desktop is not None
    desktop = bench.desktop
    desktop.window.add_paths(paths)
    bench.wait_for(paths[0].name, ItemState.RUNNING)
    desktop.window.undo_bar.on_more_clicked()
    sheet = sheet_of(bench)
    assert sheet.language.currentData() is None
    sheet.language.setCurrentIndex(sheet.language.findData(language))
    sheet.start.click()


def test_files_that_were_just_dropped_get_other_settings(
    qtbot: QtBot, bench: Bench, tmp_path: Path, model: FakeTranscriber
) -> None:
    paths = [Path(shutil.copy(CLIP, tmp_path / f"{name}.wav")) for name in ("a", "b", "c")]
    bench.start()
    heard, go_on = hears(bench, qtbot), threading.Event()

    def wait(_index: int) -> None:
        assert go_on.wait(JOB_MS / 1000)

    model.before_chunk = wait
    choose_language_after_the_drop(bench, paths, "English")
    model.text = "Text in English."
    go_on.set()
    for path in paths:
        bench.wait_for(path.name, ItemState.DONE)
    assert {item.options.language for item in bench.items()} == {"English"}
    assert {tuple(line.text for line in bench.lines(path.name)) for path in paths} == {
        ("Text in English.",)
    }
    heard.wait(JobFinished, 3)


def test_sheet_for_new_files_speaks_of_no_earlier_text(
    qtbot: QtBot, bench: Bench, tmp_path: Path
) -> None:
    desktop = bench.start()
    sheet = desktop.again.sheet
    options = JobOptions(pack=str(TINY))
    packs = desktop.models.usable_packs()
    for n_new, title in ((1, "Recognise “talk.wav” like this"), (3, "Recognise 3 files like this")):
        sheet.show_for("talk.wav", options, packs, preferred=None, n_new=n_new)
        assert sheet._title.text() == title
        assert "again" not in f"{sheet.windowTitle()} {sheet.start.text()}"
        assert "Your text" not in sheet._hint.text()
    sheet.close()
