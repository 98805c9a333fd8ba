"""The words that an export adds, in the language of the window."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale

from app.gui.wording.languages import language_name
from app.output.labels import Labels
from app.text.languages import LANGUAGES

translate = QCoreApplication.translate  # by this name lupdate finds what stands in it


def export_labels() -> Labels:
    """Give the words as they are called now."""
    return Labels(
        code=QLocale().bcp47Name(),
        source=translate("export_labels", "Source"),
        language=translate("export_labels", "Language"),
        length=translate("export_labels", "Length"),
        model=translate("export_labels", "Model"),
        date=translate("export_labels", "Date"),
        colon=translate("export_labels", ": "),
        comma=translate("export_labels", ", "),
        languages={language.name: language_name(language.name) for language in LANGUAGES},
    )
