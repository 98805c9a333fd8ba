"""Every text has its Chinese, with the same fields, and changes while the window is open."""

from __future__ import annotations

import ast
import re
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import PySide6
import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.gui.translation import FOLDER, Translations
from app.gui.wording import words
from tests.gui.bench import Bench, make_bench, no_size_hints
from tests.packs import ROOT

pytestmark = no_size_hints
TS = FOLDER / "songshu_zh_CN.ts"
FIELD = re.compile(r"\{\w*\}")
# The same in both languages: formats, and names of programs.
SAME = {"Word (.docx)", "Markdown (.md)"}


def messages() -> Iterator[tuple[str, str, bool]]:
    """Yield (source, translation, finished) of the .ts file."""
    for message in ElementTree.parse(TS).iter("message"):
        source, translation = message.find("source"), message.find("translation")
        assert source is not None
        assert translation is not None
        yield source.text or "", translation.text or "", "type" not in translation.attrib


def texts_in_code() -> set[str]:
    """Find what stands in tr("…") and translate("context", "…"), as lupdate should."""
    found = set()
    for path in sorted((ROOT / "app" / "gui").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            name = node.func.id if isinstance(node.func, ast.Name) else name
            number = {"tr": 0, "translate": 1}.get(name)
            if number is not None and len(node.args) > number:
                argument = node.args[number]
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    found.add(argument.value)
    return found


def test_every_text_of_the_code_is_in_the_translation() -> None:
    missing = texts_in_code() - {source for source, _, _ in messages()}
    assert not missing, "run pyside6-lupdate and translate"


def test_every_text_is_translated_with_its_fields() -> None:
    for source, translation, finished in messages():
        assert finished, source
        assert translation, source
        assert sorted(FIELD.findall(source)) == sorted(FIELD.findall(translation)), source
        assert translation != source or source in SAME, source


def test_compiled_file_is_of_this_source(tmp_path: Path) -> None:
    compiled = tmp_path / "new.qm"
    lrelease = Path(PySide6.__file__).parent / "lrelease"
    subprocess.run([lrelease, "-silent", TS, "-qm", compiled], check=True)
    assert compiled.read_bytes() == TS.with_suffix(".qm").read_bytes()


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    yield from make_bench(qtbot, tmp_path)


@pytest.fixture
def chinese(qapp: QApplication) -> Iterator[Translations]:
    translations = Translations(qapp)
    translations.use("zh_CN")
    yield translations
    translations.use("en")


def test_language_changes_while_the_window_is_open(bench: Bench) -> None:
    desktop = bench.start(with_model=False)
    window = desktop.window
    english = visible_texts(window)
    desktop.settings.change(replace(desktop.settings.settings, ui_language="zh_CN"))
    try:
        QApplication.processEvents()
        assert window.sidebar.new.text() == "新建"
        kept = {text for text in english & visible_texts(window) if re.search("[a-z]{3}", text)}
        assert kept <= {"starter"}, kept
    finally:
        desktop.settings.change(replace(desktop.settings.settings, ui_language="en"))
    QApplication.processEvents()
    assert visible_texts(window) == english


def visible_texts(window: object) -> set[str]:
    labels = window.findChildren(QLabel) + window.findChildren(QAbstractButton)  # type: ignore[attr-defined]
    return {label.text() for label in labels if label.text()}


def test_words_follow_the_language(chinese: Translations) -> None:
    assert words.time_left(90) == "剩余 2 分钟"
    assert words.error_words("EmptyAudioError").what == "文件是空的。"
    assert words.day(date(2026, 3, 5), date(2026, 11, 25)) == "3月5日 星期四"
    chinese.use("en")
    assert words.day(date(2026, 3, 5), date(2026, 11, 25)) == "Thursday, 5 March"
    assert words.day(date(2025, 3, 5), date(2026, 11, 25)) == "5 March 2025"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (59.9, "0:59"), (760, "12:40"), (3723, "1:02:03")],
)
def test_clock(seconds: float, text: str) -> None:
    assert words.clock(seconds) == text


def test_near_days_have_names(qapp: QApplication) -> None:
    today = date(2026, 11, 25)
    assert words.day(today, today) == "Today"
    assert words.day(today - timedelta(days=1), today) == "Yesterday"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "1 s left"), (59, "59 s left"), (100, "2 min left"), (7260, "2 h 1 min left")],
)
def test_time_left(qapp: QApplication, seconds: float, text: str) -> None:
    assert words.time_left(seconds) == text


def test_speed_has_a_decimal_only_where_it_says_something(qapp: QApplication) -> None:
    assert words.speed(0.53) == "0.5× real time"
    assert words.speed(17.4) == "17× real time"
