"""Insertion with a stand-in for the keyboard; the real one is in test_desktop_dictation.py."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QByteArray, QMimeData
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.dictation.chord import Chord
from app.dictation.keys import Target
from app.dictation.options import DictationOptions, Way
from app.dictation.parts import Outcome
from app.errors import TypingError
from app.gui.dictation.clipboard import ClipboardLoan
from app.gui.dictation.inserter import TERMINALS, DesktopInserter, way_for
from app.gui.dictation.reads import TEXT, LentText, ReadWatch

FIELD = Target(window=7, program="Field")


@dataclass
class FakeTypist:
    """Types into nothing, and pastes by reading the clipboard as a program does."""

    front: Target | None = FIELD
    pastes: bool = True
    typed: str = ""
    struck: list[str] = field(default_factory=list)
    held: set[str] = field(default_factory=set)
    lifted: int = 0
    error: TypingError | None = None
    loses_focus_after: int | None = None
    has_arrived: bool = True
    can_paste: bool = True

    def target(self) -> Target | None:
        if self.loses_focus_after is not None and len(self.typed) >= self.loses_focus_after:
            return None
        return self.front

    def held_modifiers(self) -> frozenset[str]:
        return frozenset(self.held)

    def lift_modifiers(self) -> None:
        self.lifted += 1

    def strike(self, chord: Chord) -> None:
        self.struck.append(str(chord))
        if self.pastes:
            mime = QGuiApplication.clipboard().mimeData()
            self.typed += mime.data(TEXT).data().decode()

    def type_text(self, text: str) -> Iterator[float]:
        for character in text:
            if self.error is not None:
                raise self.error
            self.typed += character
            yield 0.0

    def arrived(self, target: Target) -> bool | None:
        return self.has_arrived

    def is_of_target(self, window: int, target: Target) -> bool:
        return window == target.window

    def close(self) -> None:
        pass


class Bench:
    def __init__(self, qtbot: QtBot, typist: FakeTypist | None, **options: object) -> None:
        self.qtbot = qtbot
        self.typist = typist
        self.inserter = DesktopInserter(typist)
        self.inserter.options = DictationOptions(**options)  # type: ignore[arg-type]

    def insert(self, text: str, *, only_clipboard: bool = False) -> Outcome:
        with self.qtbot.waitSignal(self.inserter.delivered, timeout=20_000) as delivered:
            self.inserter.insert(text, only_clipboard=only_clipboard)
        outcome: Outcome = delivered.args[0]
        return outcome


@pytest.fixture(autouse=True)
def old_clipboard(qtbot: QtBot) -> Iterator[None]:
    QGuiApplication.clipboard().setText("old")
    yield
    QGuiApplication.clipboard().clear()


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


@pytest.mark.parametrize("way", [Way.PASTE, Way.TYPE])
def test_text_is_inserted_and_the_clipboard_is_as_before(qtbot: QtBot, way: Way) -> None:
    typist = FakeTypist()
    assert Bench(qtbot, typist, way=way).insert("你好 🐿") is Outcome.INSERTED
    assert (typist.typed, clipboard()) == ("你好 🐿", "old")
    assert typist.struck == (["Ctrl+V"] if way is Way.PASTE else [])


def test_terminal_gets_its_own_chord(qtbot: QtBot) -> None:
    typist = FakeTypist(front=Target(window=7, program="XTerm"))
    assert Bench(qtbot, typist).insert("ls") is Outcome.INSERTED
    assert typist.struck == ["Shift+Insert"]


def test_keyboard_that_cannot_paste_types(qtbot: QtBot) -> None:
    typist = FakeTypist(can_paste=False)
    assert Bench(qtbot, typist, way=Way.PASTE).insert("x") is Outcome.INSERTED
    assert (typist.typed, typist.struck) == ("x", [])


@pytest.mark.parametrize(
    ("typist", "outcome"),
    [
        (None, Outcome.CLIPBOARD),
        (FakeTypist(front=None), Outcome.CLIPBOARD),
        (FakeTypist(pastes=False), Outcome.CLIPBOARD),
    ],
)
def test_text_that_nobody_takes_stays(
    qtbot: QtBot, typist: FakeTypist | None, outcome: Outcome
) -> None:
    assert Bench(qtbot, typist).insert("lost?") is outcome
    assert clipboard() == "lost?"


def test_own_window_without_a_field_keeps_only_the_history(qtbot: QtBot) -> None:
    typist = FakeTypist(front=Target(window=7, program="songshu", is_own=True))
    assert Bench(qtbot, typist).insert("x") is Outcome.KEPT
    assert (typist.typed, clipboard()) == ("", "old")


@pytest.mark.parametrize("kind", [QLineEdit, QPlainTextEdit])
@pytest.mark.parametrize(
    "typist", [None, FakeTypist(front=Target(window=7, program="songshu", is_own=True))]
)
def test_own_field_gets_the_text(
    qtbot: QtBot, kind: type[QWidget], typist: FakeTypist | None
) -> None:
    widget = kind()
    qtbot.addWidget(widget)
    widget.show()
    widget.setFocus()
    qtbot.waitUntil(widget.hasFocus)
    assert Bench(qtbot, typist).insert("into our own") is Outcome.INSERTED
    text = widget.text() if isinstance(widget, QLineEdit) else widget.property("plainText")
    assert text == "into our own"


@pytest.mark.parametrize("kind", [QLineEdit, QPlainTextEdit, QPushButton])
def test_own_widget_that_takes_no_text_is_left_alone(qtbot: QtBot, kind: type[QWidget]) -> None:
    widget = kind()
    qtbot.addWidget(widget)
    if isinstance(widget, QLineEdit | QPlainTextEdit):
        widget.setReadOnly(True)
    widget.show()
    widget.setFocus()
    qtbot.waitUntil(widget.hasFocus)
    own = FakeTypist(front=Target(window=7, program="songshu", is_own=True))
    assert Bench(qtbot, own).insert("x") is Outcome.KEPT


def test_only_copied_if_that_is_wanted(qtbot: QtBot) -> None:
    typist = FakeTypist()
    assert Bench(qtbot, typist, way=Way.CLIPBOARD).insert("x") is Outcome.CHOSEN
    assert (typist.struck, clipboard()) == ([], "x")


def test_lost_parts_go_to_the_clipboard_at_once(qtbot: QtBot) -> None:
    typist = FakeTypist()
    assert Bench(qtbot, typist).insert("all", only_clipboard=True) is Outcome.CLIPBOARD
    assert (typist.struck, clipboard()) == ([], "all")


def test_typing_stops_when_the_focus_goes(qtbot: QtBot) -> None:
    typist = FakeTypist(loses_focus_after=3)
    assert Bench(qtbot, typist, way=Way.TYPE).insert("abcdef") is Outcome.CLIPBOARD
    assert (typist.typed, clipboard()) == ("abc", "abcdef")


def test_typing_that_does_not_arrive_is_told(qtbot: QtBot) -> None:
    typist = FakeTypist(has_arrived=False)
    assert Bench(qtbot, typist, way=Way.TYPE).insert("abc") is Outcome.CLIPBOARD
    assert clipboard() == "abc"


def test_typing_that_fails_is_told(qtbot: QtBot) -> None:
    typist = FakeTypist(error=TypingError("refused"))
    assert Bench(qtbot, typist, way=Way.TYPE).insert("abc") is Outcome.CLIPBOARD
    assert clipboard() == "abc"


def test_held_modifiers_are_waited_for_and_then_lifted(qtbot: QtBot) -> None:
    typist = FakeTypist(held={"Ctrl"})
    assert Bench(qtbot, typist, way=Way.TYPE).insert("a") is Outcome.INSERTED
    assert typist.lifted == 1


def test_cancel_puts_the_clipboard_back_and_says_nothing(qtbot: QtBot) -> None:
    bench = Bench(qtbot, FakeTypist(pastes=False))
    with qtbot.assertNotEmitted(bench.inserter.delivered, wait=100):
        bench.inserter.insert("x", only_clipboard=False)
        qtbot.waitUntil(lambda: clipboard() == "x")
        bench.inserter.cancel()
    assert clipboard() == "old"
    bench.inserter.cancel()
    bench.inserter.on_step()


def test_programs_are_told(qtbot: QtBot) -> None:
    bench = Bench(qtbot, FakeTypist())
    with qtbot.waitSignal(bench.inserter.target_seen) as seen:
        bench.insert("x")
    assert seen.args == ["Field"]


@pytest.mark.parametrize(
    ("program", "way", "expected"),
    [
        ("Field", Way.PASTE, Way.PASTE),
        ("XTERM", Way.PASTE, Way.TERMINAL),
        ("xterm", Way.TYPE, Way.TYPE),
        ("own", Way.PASTE, Way.CLIPBOARD),
        ("OWN", Way.TYPE, Way.CLIPBOARD),
    ],
)
def test_way_for_a_program(program: str, way: Way, expected: Way) -> None:
    options = DictationOptions(way=way, ways=(("Own", Way.CLIPBOARD),))
    assert way_for(Target(window=1, program=program), options) is expected


def test_terminals_are_written_as_they_are_compared() -> None:
    assert all(name == name.casefold() for name in TERMINALS)


# the loan


def test_all_that_was_copied_comes_back_but_of_a_picture_only_one_format(qtbot: QtBot) -> None:
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    mime = QMimeData()
    mime.setText("plain")
    mime.setHtml("<b>rich</b>")
    mime.setData("application/x-own", b"\0own\xff")
    mime.setData("image/png", b"png")
    mime.setData("image/bmp", b"bmp")
    QGuiApplication.clipboard().setMimeData(mime)
    loan = ClipboardLoan(ReadWatch(lambda window: None))
    assert loan.lend("text")
    assert clipboard() == "text"
    loan.give_back()
    back = QGuiApplication.clipboard().mimeData()
    assert (back.text(), back.html()) == ("plain", "<b>rich</b>")
    assert back.data("application/x-own") == b"\0own\xff"
    assert back.data("image/png") == b"png"
    assert "image/bmp" not in back.formats()


class SlowMime(QMimeData):
    """What a program gives that takes its time for each format."""

    def formats(self) -> list[str]:
        return [TEXT, *(f"application/x-{number}" for number in range(20))]

    def hasFormat(self, mimetype: str) -> bool:  # noqa: N802
        return mimetype in self.formats()

    def retrieveData(self, mimetype: str, kind: object) -> object:  # noqa: N802
        if mimetype not in self.formats():
            return None
        time.sleep(0.1)  # what is tested: nobody waits for all of them
        return "text" if mimetype == TEXT else QByteArray(b"data")


def test_slow_program_costs_formats_and_not_time(qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setMimeData(SlowMime())
    loan = ClipboardLoan(ReadWatch(lambda window: None))
    loan.lend("ours")
    loan.give_back()
    back = QGuiApplication.clipboard().mimeData()
    assert back.text() == "text"
    assert 1 <= len(back.formats()) < 21


def test_empty_clipboard_is_empty_again(qtbot: QtBot) -> None:
    QGuiApplication.clipboard().clear()
    loan = ClipboardLoan(ReadWatch(lambda window: None))
    loan.lend("text")
    loan.give_back()
    assert clipboard() == ""


def test_lent_text_tells_its_reads_and_asks_managers_to_pass_it_by() -> None:
    reads: list[int | None] = []
    lent = LentText("text", reads.append)
    assert lent.hasFormat("x-kde-passwordManagerHint")
    assert not lent.hasFormat("text/html")
    assert reads == []
    assert lent.data(TEXT).data() == b"text"
    assert reads == [None]
    assert lent.text() == "text"
    reads.clear()
    assert lent.data("x-kde-passwordManagerHint").data() == b"secret"
    assert not lent.data("text/html").data()
    assert reads == []
