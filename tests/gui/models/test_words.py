"""Words and the keyboard: errors, names of controls, another language."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from app.engine.cancel import CancelToken
from app.errors import PackCorruptError, PackFormatError, PackNoSpaceError, PackNotFoundError
from app.gui.models import pack_work
from app.gui.models.pack_jobs import error_words
from tests.engine.test_pack import folder_pack
from tests.gui.models.use import MakePage

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform has none


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


def test_work_without_a_model_file_fails_by_its_own_error(tmp_path: Path) -> None:
    with pytest.raises(PackNotFoundError):
        pack_work.verify_work(tmp_path / "gone")(lambda done, total: None, CancelToken())
