"""What dictation says to a person, by kind of news; translated where it is shown."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.dictation.parts import News, Notice, State
from app.gui.wording.trouble import describe_trouble


def describe(notice: Notice) -> str:
    """Say what happened and what to do, in one short sentence."""
    if notice.error is not None:
        return describe_trouble(notice.error)
    words = {
        News.NOTHING_HEARD: QCoreApplication.translate("dictation", "No words were heard."),
        News.CANCELLED: QCoreApplication.translate("dictation", "Cancelled."),
        News.ON_CLIPBOARD: QCoreApplication.translate(
            "dictation", "The text is on the clipboard: press Ctrl+V."
        ),
        News.COPIED: QCoreApplication.translate("dictation", "Copied."),
        News.NOTHING_YET: QCoreApplication.translate("dictation", "Nothing was dictated yet."),
        News.FAILED: QCoreApplication.translate("dictation", "Dictation did not work."),
    }
    return words[notice.news]


def is_bad(notice: Notice) -> bool:
    """Whether it is shown in the colour of danger."""
    return notice.news in (News.FAILED, News.ON_CLIPBOARD)


def describe_state(state: State) -> str:
    """Say what dictation is doing."""
    words = {
        State.IDLE: QCoreApplication.translate("dictation", "Ready to dictate"),
        State.RECORDING: QCoreApplication.translate("dictation", "Listening"),
        State.FINISHING: QCoreApplication.translate("dictation", "Recognising…"),
        State.DELIVERING: QCoreApplication.translate("dictation", "Inserting…"),
    }
    return words[state]
