"""General: language, light or dark, the size of text, what closing means, the player."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPushButton, QWidget

from app.gui.settings.store import Settings, SettingsStore
from app.gui.settings_sheet.page import SettingsPage
from app.gui.widgets.card import fill_choices
from app.gui.widgets.fields import Choice
from app.gui.widgets.toggles import Switch

_WIDTH = 240


class GeneralPage(SettingsPage):
    """The page General.

    Signals:
        tour_requested(): show the tour of the first start again.
    """

    tour_requested = Signal()

    def __init__(self, store: SettingsStore, parent: QWidget | None = None) -> None:
        super().__init__(store, parent)
        self.language, self.theme, self.text_size = Choice(), Choice(), Choice()
        self.on_close = Choice()
        self.follow, self.skip_silence = Switch(), Switch()
        self._look = self.section()
        self._language_row = self.row(self.language)
        self._theme_row = self.row(self.theme)
        self._size_row = self.row(self.text_size)
        self._close_row = self.row(self.on_close)
        self._playing = self.section()
        self.block(self.follow)
        self.block(self.skip_silence)
        self._help = self.section()
        self.tour = QPushButton()
        self.tour.clicked.connect(self.tour_requested)
        self.block(self.tour, left=True)
        for combo in (self.language, self.theme, self.text_size, self.on_close):
            combo.setMinimumWidth(_WIDTH)
            combo.activated.connect(self.on_chosen)
        for switch in (self.follow, self.skip_silence):
            switch.toggled.connect(self.on_chosen)
        self.ready()

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        self._look.setText(self.tr("Window"))
        self._language_row.say(self.tr("Language"))
        self._theme_row.say(self.tr("Appearance"))
        self._size_row.say(self.tr("Text size"))
        self._close_row.say(
            self.tr("Closing the window"),
            self.tr("In the tray your shortcuts go on working. Without a tray, Songshu ends."),
        )
        self._playing.setText(self.tr("Playing"))
        self.follow.setText(self.tr("Keep the line that is playing in view"))
        self.skip_silence.setText(self.tr("Skip silence"))
        self._help.setText(self.tr("Help"))
        self.tour.setText(self.tr("Show the tour again"))
        self._offer(self.store.settings)

    def show_settings(self, settings: Settings) -> None:
        """Show settings."""
        self._offer(settings)
        for switch, on in (
            (self.follow, settings.follow),
            (self.skip_silence, settings.skip_silence),
        ):
            blocked = switch.blockSignals(True)
            switch.setChecked(on)
            switch.blockSignals(blocked)

    @Slot()
    def on_chosen(self) -> None:
        """Put the choice in force."""
        self.store.change(
            replace(
                self.store.settings,
                ui_language=self.language.currentData(),
                theme=self.theme.currentData(),
                text_size=self.text_size.currentData(),
                on_close=self.on_close.currentData(),
                follow=self.follow.isChecked(),
                skip_silence=self.skip_silence.isChecked(),
            )
        )

    def _offer(self, settings: Settings) -> None:
        languages = [
            ("auto", self.tr("As the system")),
            ("en", "English"),  # a language is offered in its own name
            ("zh_CN", "简体中文"),
        ]
        themes = [
            ("system", self.tr("As the system")),
            ("light", self.tr("Light")),
            ("dark", self.tr("Dark")),
        ]
        sizes = [("S", self.tr("Small")), ("M", self.tr("Medium")), ("L", self.tr("Large"))]
        fill_choices(self.language, languages, settings.ui_language)
        fill_choices(self.theme, themes, settings.theme)
        fill_choices(self.text_size, sizes, settings.text_size)
        ways = [
            ("ask", self.tr("Ask me")),
            ("tray", self.tr("Keep Songshu in the tray")),
            ("end", self.tr("Quit")),
        ]
        fill_choices(self.on_close, ways, settings.on_close)
