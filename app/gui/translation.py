"""The language of the window: English as written in the source, others from .qm files.

Our own texts come from ``translations/songshu_<language>.qm``, those of Qt's own dialogs from Qt.
Installing a translator sends LanguageChange to every widget, which then sets its texts anew; so the
language changes while the window is open.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

FOLDER = Path(__file__).parent / "translations"


class Translations:
    """Translators of one application.

    Args:
        app: the application.
    """

    def __init__(self, app: QCoreApplication) -> None:
        self._app = app
        self._installed: list[QTranslator] = []
        self.language = "en"

    def use(self, wanted: str) -> None:
        """Switch to a language.

        Args:
            wanted: "en", "zh_CN", or "auto" for the system's.
        """
        language = system_language() if wanted == "auto" else wanted
        if language == self.language:
            return
        self.language = language
        QLocale.setDefault(QLocale(language))
        for translator in self._installed:
            self._app.removeTranslator(translator)
        self._installed = [] if language == "en" else self._load(language)
        for translator in self._installed:
            self._app.installTranslator(translator)

    def _load(self, language: str) -> list[QTranslator]:
        qt = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        loaded = []
        for name, folder in ((f"qtbase_{language}", qt), (f"songshu_{language}", str(FOLDER))):
            translator = QTranslator(self._app)
            if translator.load(name, folder):
                loaded.append(translator)
        return loaded


def system_language() -> str:
    """Give the first of the system's languages that we have."""
    for name in QLocale.system().uiLanguages():
        if name.startswith("zh"):
            return "zh_CN"
        if name.startswith("en"):
            return "en"
    return "en"
