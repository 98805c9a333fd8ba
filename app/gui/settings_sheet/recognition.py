"""Recognition: languages, words that the model should know, replacements, threads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPushButton, QSpinBox, QWidget

from app.engine.machine import default_threads
from app.gui.settings.store import Settings, SettingsStore
from app.gui.settings.values import MAX_THREADS
from app.gui.settings_sheet.devices import DeviceChoice
from app.gui.settings_sheet.favourites import Favourites
from app.gui.settings_sheet.page import SettingsPage
from app.gui.settings_sheet.replacements import Replacements
from app.gui.widgets.card import fill_choices
from app.gui.widgets.fields import Choice, Stepper
from app.gui.widgets.texts import HotWords, PausingText
from app.gui.widgets.toggles import Switch
from app.gui.wording.languages import favourites_first, language_name

_WIDTH = 240


class RecognitionPage(SettingsPage):
    """The page Recognition.

    Args:
        store: the settings.
        languages: canonical names that the model knows.

    Signals:
        devices_forgotten(): devices that failed their test may be tried again.
    """

    devices_forgotten = Signal()

    def __init__(
        self, store: SettingsStore, languages: Sequence[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(store, parent)
        self._languages = list(languages)
        self._takes_context = True
        self.language = Choice()
        self.language.setMinimumWidth(_WIDTH)
        self.favourites = Favourites(languages)
        self.favourites.setMinimumWidth(_WIDTH + 60)
        self.context, self.hot_words = PausingText(3), HotWords()
        self.replacements = Replacements()
        self.numbers, self.gate = Switch(), Switch()
        self.threads, self.device = QSpinBox(), DeviceChoice()
        self.threads.setRange(0, min(MAX_THREADS, max(default_threads() * 2, 8)))
        self.device.setMinimumWidth(_WIDTH)
        self.test_again = QPushButton()
        self.test_again.hide()
        self._arrange()
        self._connect()
        self.ready()

    def set_languages(self, languages: Sequence[str]) -> None:
        """Offer the languages of another model."""
        self._languages = list(languages)
        self.favourites.set_languages(languages)
        self._offer(self.store.settings)

    def set_takes_context(self, takes_context: bool) -> None:
        """Say whether the model reads a context; names and terms it always takes."""
        self._takes_context = takes_context
        self._describe_context()

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        self._titles_of[0].setText(self.tr("Language"))
        self._titles_of[1].setText(self.tr("Words"))
        self._titles_of[2].setText(self.tr("Text"))
        self._titles_of[3].setText(self.tr("Computer"))
        self._language_row.say(self.tr("Recordings are in"))
        self._favourites_row.say(self.tr("Favourites"), self.tr("They stand first in every list."))
        self._describe_context()
        self._hot_words_row.say(
            self.tr("Names and terms"), self.tr("One in each line. The model listens for them.")
        )
        self._replacements_row.say(
            self.tr("Replacements"), self.tr("Always applied to the finished text.")
        )
        self.numbers.setText(self.tr("Write spoken numbers in digits"))
        self.gate.setText(self.tr("Write nothing where nobody speaks"))
        self._threads_row.say(
            self.tr("Threads"), self.tr("Automatic is {n} here.").format(n=default_threads())
        )
        self.threads.setSpecialValueText(self.tr("Automatic"))
        self._device_row.say(self.tr("Runs on"), self.device.reasons)
        self.test_again.setText(self.tr("Test devices again"))
        self._offer(self.store.settings)

    def show_settings(self, settings: Settings) -> None:
        """Show settings."""
        self._offer(settings)
        self.favourites.show_chosen(settings.favourites)
        self.context.show_text(settings.context)
        self.hot_words.show_words(settings.hot_words)
        self.replacements.show_rules(settings.replacements)
        for control in (self.numbers, self.gate, self.threads):
            control.blockSignals(True)
        self.numbers.setChecked(settings.normalize_numbers)
        self.gate.setChecked(settings.use_gate)
        self.threads.setValue(settings.n_threads or 0)
        for control in (self.numbers, self.gate, self.threads):
            control.blockSignals(False)

    @Slot()
    def on_chosen(self) -> None:
        """Put a choice in force."""
        self.store.change(
            replace(
                self.store.settings,
                language=self.language.currentData(),
                normalize_numbers=self.numbers.isChecked(),
                use_gate=self.gate.isChecked(),
                n_threads=self.threads.value() or None,
                device=self.device.currentData(),
            )
        )

    @Slot(str)
    def on_devices_explained(self, reasons: str) -> None:
        """Say why a device cannot be chosen."""
        self._device_row.say(self.tr("Runs on"), reasons)
        self.test_again.setVisible(self.device.has_refused)

    @Slot()
    def on_test_again(self) -> None:
        """Let devices that failed be chosen; their next use tests them."""
        self.device.forget_tests()
        self.devices_forgotten.emit()

    def close_tasks(self) -> None:
        """End what runs in the background; call it before the program ends."""
        self.device.close_tasks()

    @Slot(object)
    def on_favourites(self, favourites: tuple[str, ...]) -> None:
        """Put other favourites in force."""
        self.store.change(replace(self.store.settings, favourites=favourites))

    @Slot(str)
    def on_context(self, context: str) -> None:
        """Put another context in force."""
        self.store.change(replace(self.store.settings, context=context.strip()))

    @Slot(object)
    def on_hot_words(self, words: tuple[str, ...]) -> None:
        """Put other words in force."""
        self.store.change(replace(self.store.settings, hot_words=words))

    @Slot(object)
    def on_replacements(self, pairs: tuple[tuple[str, str], ...]) -> None:
        """Put other replacements in force."""
        self.store.change(replace(self.store.settings, replacements=pairs))

    def _describe_context(self) -> None:
        helps = self.tr("A sentence or two help the model to understand names and topics.")
        ignored = self.tr("The present model does not read this. Names and terms below help it.")
        hint = helps if self._takes_context else ignored
        self._context_row.say(self.tr("What it is about"), hint)

    def _offer(self, settings: Settings) -> None:
        names = favourites_first(self._languages, settings.favourites)
        if settings.language is not None and settings.language not in names:
            names.insert(0, settings.language)  # of another model; never dropped in silence
        choices: list[tuple[object, str]] = [(None, self.tr("Automatic"))]
        choices += [(name, language_name(name)) for name in names]
        fill_choices(self.language, choices, settings.language)
        self.device.show_chosen(settings.device)

    def _connect(self) -> None:
        for combo in (self.language, self.device):
            combo.activated.connect(self.on_chosen)
        self.device.explained.connect(self.on_devices_explained)
        self.test_again.clicked.connect(self.on_test_again)
        for switch in (self.numbers, self.gate):
            switch.toggled.connect(self.on_chosen)
        self.threads.valueChanged.connect(self.on_chosen)
        self.favourites.changed.connect(self.on_favourites)
        self.context.edited.connect(self.on_context)
        self.hot_words.changed.connect(self.on_hot_words)
        self.replacements.changed.connect(self.on_replacements)

    def _arrange(self) -> None:
        self._titles_of = [self.section()]
        self._language_row = self.row(self.language)
        self._favourites_row = self.row(self.favourites)
        self._titles_of.append(self.section())
        self._context_row = self.row(self.context, wide=True)
        self._hot_words_row = self.row(self.hot_words, wide=True)
        self._titles_of.append(self.section())
        self._replacements_row = self.row(self.replacements, wide=True)
        self.block(self.numbers)
        self.block(self.gate)
        self._titles_of.append(self.section())
        self._threads_row = self.row(Stepper(self.threads))
        self._device_row = self.row(self.device)
        self.block(self.test_again, left=True)
