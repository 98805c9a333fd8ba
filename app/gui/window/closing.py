"""The one question that is asked before something is done: whether to close amid work."""

from __future__ import annotations

from PySide6.QtWidgets import QMessageBox, QWidget

from app.gui.wording import words


def ask_to_close(window: QWidget, is_recording: bool) -> bool:
    """Ask whether to close while something is recognised, or even recorded.

    Args:
        window: that is to be closed.
        is_recording: the microphone is on; what is said after the end would be missing.
    """
    box = QMessageBox(window)
    box.setIcon(QMessageBox.Icon.Question)
    if is_recording:
        what = words.tr("Songshu is recording.")
        then = words.tr("If you close now, the recording ends; what was said until then is kept.")
        stay_text = words.tr("Keep recording")
    else:
        what = words.tr("A recording is still being recognised.")
        then = words.tr("If you close now, it goes on at the next start.")
        stay_text = words.tr("Keep working")
    box.setText(what)
    box.setInformativeText(then)
    close = box.addButton(words.tr("Close"), QMessageBox.ButtonRole.AcceptRole)
    stay = box.addButton(stay_text, QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(stay)
    box.exec()
    return box.clickedButton() is close
