"""The one question that is asked before something is done: whether to close amid work."""

from __future__ import annotations

from PySide6.QtWidgets import QMessageBox, QWidget

from app.gui import words


def ask_to_close(window: QWidget) -> bool:
    """Ask whether to close while something is being recognised."""
    box = QMessageBox(window)
    box.setIcon(QMessageBox.Icon.Question)
    box.setText(words.tr("A recording is still being recognised."))
    box.setInformativeText(words.tr("If you close now, it goes on at the next start."))
    close = box.addButton(words.tr("Close"), QMessageBox.ButtonRole.AcceptRole)
    stay = box.addButton(words.tr("Keep working"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(stay)
    box.exec()
    return box.clickedButton() is close
