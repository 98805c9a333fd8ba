"""Colours that can be read, and controls that can be reached and are named."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QColor, QFont, QPalette
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.gui.desktop import Desktop
from app.gui.widgets.style import DARK, LIGHT, Colors, is_dark
from app.store.types import JobOptions
from tests.gui.bench import Bench, make_bench, no_size_hints

pytestmark = no_size_hints
READABLE = 4.5  # WCAG AA
CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
)


def luminance(color: str) -> float:
    channels = QColor(color).getRgbF()[:3]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    dark, light = sorted((luminance(a), luminance(b)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
def test_texts_can_be_read_on_every_ground(colors: Colors) -> None:
    grounds = ("window", "side", "surface", "hover", "selected")
    pairs = [(text, ground) for text in ("text", "muted", "danger") for ground in grounds]
    pairs += [("accent", ground) for ground in ("window", "surface", "side")]
    pairs += [("text", "mark"), ("on_accent", "accent"), ("on_accent", "accent_hover")]
    pairs += [("on_toast", "toast"), ("toast_link", "toast")]
    found = {pair: contrast(getattr(colors, pair[0]), getattr(colors, pair[1])) for pair in pairs}
    assert {pair: c for pair, c in found.items() if c < READABLE} == {}


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    yield from make_bench(qtbot, tmp_path)


@pytest.fixture
def desktop(bench: Bench) -> Desktop:
    desktop = bench.start(with_model=False)
    (item,) = bench.library.add_files(["talk.wav"], JobOptions())
    bench.library.fail(item.id, "EmptyAudioError", "empty")
    desktop.window.sidebar.reload()
    desktop.window.show_item(item.id)
    desktop.window.page.find_bar.start()
    return desktop


def controls(window: QWidget) -> list[QWidget]:
    """Everything in a window that can be pressed, chosen or typed into, hidden or not."""
    inside = [w for w in window.findChildren(QWidget) if w.window() is window]
    widgets = [w for w in inside if isinstance(w, CONTROLS)]
    inner = ("qt_", "QLineEditIconButton", "QComboBoxListView", "QComboBoxPrivateContainer")
    return [
        widget
        for widget in widgets
        if not widget.objectName().startswith("qt_")
        and not widget.metaObject().className().startswith(inner)
        and not isinstance(widget.parent(), QLineEdit | QComboBox)
    ]


def windows(desktop: Desktop) -> list[QWidget]:
    """The window, and the sheet that is made with it."""
    return [desktop.window, desktop.again.sheet]


def test_every_control_has_a_name(desktop: Desktop) -> None:
    buddies = {label.buddy() for label in desktop.window.findChildren(QLabel)}
    nameless = [
        widget
        for window in windows(desktop)
        for widget in controls(window)
        if not widget.accessibleName()
        and widget not in buddies
        and not (isinstance(widget, QAbstractButton) and widget.text())
    ]
    assert nameless == []


def seen_by_screen_readers(interface: QAccessibleInterface) -> Iterator[QAccessibleInterface]:
    """Everything below an object, as a screen reader walks it; the rows of lists are left out."""
    for number in range(interface.childCount()):
        child = interface.child(number)
        if child is not None and child.isValid():
            yield child
            if child.role() not in (QAccessible.Role.List, QAccessible.Role.ScrollBar):
                yield from seen_by_screen_readers(child)


def test_whatever_a_screen_reader_can_press_or_type_into_has_a_name(desktop: Desktop) -> None:
    """Also what Qt puts inside a field, such as the cross that empties it."""
    desktop.window.sidebar.search.setText("a")
    roles = QAccessible.Role
    kinds = {roles.Button, roles.CheckBox, roles.RadioButton, roles.ComboBox, roles.EditableText}
    kinds |= {roles.Slider, roles.SpinBox, roles.List, roles.ButtonMenu, roles.ButtonDropDown}
    names = {}
    for window in windows(desktop):
        for found in seen_by_screen_readers(QAccessible.queryAccessibleInterface(window)):
            widget = found.object()
            if found.role() in kinds and widget.window() is window:  # not what pops up
                where = f"{type(widget).__name__} in {type(widget.parent()).__name__}"
                names[where, id(widget)] = found.text(QAccessible.Text.Name)
    assert len(names) > 30
    assert [where for (where, _), name in names.items() if not name] == []


def test_every_control_is_reached_by_tab(desktop: Desktop) -> None:
    unreachable = []
    for window in windows(desktop):
        chain, widget = set(), window.nextInFocusChain()
        while widget is not window:
            chain.add(widget)
            widget = widget.nextInFocusChain()
        unreachable += [
            control
            for control in controls(window)
            if control not in chain or not control.focusPolicy() & Qt.FocusPolicy.TabFocus
        ]
    assert unreachable == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_theme_follows_the_setting_at_once(desktop: Desktop, theme: str) -> None:
    desktop.settings.change(replace(desktop.settings.settings, theme=theme))
    palette = QApplication.palette()
    assert is_dark(palette) is (theme == "dark")
    expected = DARK if theme == "dark" else LIGHT
    assert palette.color(QPalette.ColorRole.WindowText).name() == expected.text


def test_theme_follows_the_system(bench: Bench, desktop: Desktop) -> None:
    desktop.settings.change(replace(desktop.settings.settings, theme="system"))
    assert not is_dark(QApplication.palette())
    bench.system_is_dark = True
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    app.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert is_dark(QApplication.palette())
    bench.system_is_dark = False
    app.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert not is_dark(QApplication.palette())


def test_text_size_changes_at_once(desktop: Desktop) -> None:
    sizes = []
    for size in ("S", "M", "L"):
        desktop.settings.change(replace(desktop.settings.settings, text_size=size))
        window = desktop.window
        texts = (window.page.list, window.page.toolbar.title, window.idle._title, window.sidebar)
        sizes.append([widget.font().pointSizeF() for widget in texts])
    for small, medium, large in zip(*sizes, strict=True):
        assert small < medium < large
    desktop.settings.change(replace(desktop.settings.settings, text_size="M"))


def test_binding_counts_references_right(qapp: QApplication) -> None:
    """PySide6 6.12.0 loses a reference to None at every call on Python 3.11, until it aborts."""
    font = QFont()
    gc.collect()
    before = sys.getrefcount(None)
    for _ in range(1000):
        font.setPointSizeF(10.0)
    assert sys.getrefcount(None) - before > -100


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
def test_hint_in_an_empty_field_can_be_read(bench: Bench, desktop: Desktop, colors: Colors) -> None:
    """A style sheet with a colour of its own makes hints half transparent, unless it says more."""
    theme = "light" if colors is LIGHT else "dark"
    desktop.settings.change(replace(desktop.settings.settings, theme=theme))
    field = desktop.window.sidebar.search
    field.ensurePolished()
    hint = field.palette().color(QPalette.ColorRole.PlaceholderText)
    assert hint.alpha() == 255
    assert contrast(hint.name(), colors.surface) >= READABLE
