"""Subtitles & files: the rules for subtitles, with a preview, and what exported files look like."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QPushButton, QWidget

from app.gui.export.cue_editor import CueEditor
from app.gui.settings.store import Settings, SettingsStore
from app.gui.settings_sheet.page import SettingsPage
from app.gui.widgets.toggles import Switch
from app.output.cues import STANDARD_CUES, CueOptions


class FilesPage(SettingsPage):
    """The page Subtitles & files."""

    def __init__(self, store: SettingsStore, parent: QWidget | None = None) -> None:
        super().__init__(store, parent)
        self.times = Switch()
        self.cues = CueEditor()
        self.standard = QPushButton()
        self.standard.setObjectName("link")
        self._files = self.section()
        self.block(self.times)
        self._subtitles = self.section()
        self.block(self.cues)
        self.block(self.standard, left=True)
        self.times.toggled.connect(self.on_times)
        self.cues.changed.connect(self.on_cues)
        self.standard.clicked.connect(self.on_standard)
        self.ready()

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        self._files.setText(self.tr("Exported texts"))
        self.times.setText(self.tr("Write the time before each line"))
        self._subtitles.setText(self.tr("Subtitles"))
        self.standard.setText(self.tr("Back to the usual rules"))

    def show_settings(self, settings: Settings) -> None:
        """Show settings."""
        self.times.blockSignals(True)
        self.times.setChecked(settings.export_times)
        self.times.blockSignals(False)
        if settings.cues != self.cues.options:
            self.cues.show_options(settings.cues)
        self.standard.setEnabled(settings.cues != STANDARD_CUES)

    @Slot(bool)
    def on_times(self, on: bool) -> None:
        """Put it in force."""
        self.store.change(replace(self.store.settings, export_times=on))

    @Slot(object)
    def on_cues(self, options: CueOptions) -> None:
        """Put other rules in force."""
        self.store.change(replace(self.store.settings, cues=options))

    @Slot()
    def on_standard(self) -> None:
        """Put the usual rules in force."""
        self.on_cues(STANDARD_CUES)
