"""How a recording, or some of its lines, are to be recognised again: model, language, words.

    the item's own options -> form -> chosen(JobOptions)

What is not on the sheet (replacements, threads) stays as the item has it. Nothing happens to the
text before the new one is there, so nothing is asked twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QSize, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.engine.pack_library import FoundPack
from app.gui.widgets.card import Message, fill_choices, muted_label
from app.gui.widgets.fields import Choice
from app.gui.widgets.fitting import fit
from app.gui.widgets.style import GRID, larger
from app.gui.widgets.texts import HotWords, PausingText
from app.gui.widgets.toggles import Switch
from app.gui.wording.languages import favourites_first, language_name
from app.store.types import JobOptions

_SIZE, _LEAST_SIZE = QSize(560, 600), QSize(420, 0)


class AgainSheet(QDialog):
    """The sheet; make it once, ``show_for`` shows it.

    Signals:
        chosen(JobOptions): recognise it again like this.
        model_requested(): there is no model; show the models.
    """

    chosen = Signal(object)
    model_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._options = JobOptions()
        self._packs: list[FoundPack] = []
        self._favourites: tuple[str, ...] = ()
        self._n_lines = self._n_new = 0
        self._name = ""
        self._is_lost = False  # the model of before
        self._title = QLabel()
        self._title.setObjectName("title")
        self._title.setWordWrap(True)
        self._hint = muted_label()
        self.model, self.language = Choice(), Choice()
        self.context, self.hot_words = PausingText(2), HotWords()
        self.numbers, self.gate = Switch(), Switch()
        self.message = Message()
        self.start, self.close_button = QPushButton(), QPushButton()
        self.start.setObjectName("primary")
        self.start.setDefault(True)
        self.close_button.setAutoDefault(False)
        self._labels = {
            field: QLabel() for field in (self.model, self.language, self.context, self.hot_words)
        }
        for field, label in self._labels.items():
            label.setBuddy(field)
        self.model.activated.connect(self.on_model_chosen)
        self.start.clicked.connect(self.on_start)
        self.close_button.clicked.connect(self.reject)
        self._lay_out()
        self.retranslate()

    def show_for(
        self,
        name: str,
        options: JobOptions,
        packs: Sequence[FoundPack],
        *,
        preferred: str | None,
        favourites: Sequence[str] = (),
        n_lines: int = 0,
        n_new: int = 0,
    ) -> None:
        """Show the sheet.

        Args:
            name: of the item.
            options: with which it was recognised; they are what the form shows.
            packs: that can be used.
            preferred: path of the pack to offer if that of the item is gone.
            favourites: languages that stand first.
            n_lines: how many of its lines are meant; 0 means all of it.
            n_new: it, and as many as this in all, were only just added.
        """
        self._name, self._n_lines, self._options = name, n_lines, options
        self._n_new = n_new
        self._packs, self._favourites = list(packs), tuple(favourites)
        own = next((p for p in packs if options.pack in (str(p.path), p.name)), None)
        self._is_lost = own is None and options.pack is not None
        chosen = str(own.path) if own is not None else preferred
        fill_choices(self.model, [(str(p.path), _pack_name(p, packs)) for p in packs], chosen)
        self._offer_languages(options.language)
        self.context.show_text(options.context)
        self.hot_words.show_words(options.hot_words)
        self.numbers.setChecked(options.normalize_numbers)
        self.gate.setChecked(options.use_gate)
        self.retranslate()
        self.show()
        self.activateWindow()
        self.model.setFocus()

    @property
    def options(self) -> JobOptions:
        """The options as the form shows them."""
        return replace(
            self._options,
            pack=self.model.currentData(),
            language=self.language.currentData(),
            context=self.context.toPlainText().strip(),
            hot_words=self.hot_words.words,
            normalize_numbers=self.numbers.isChecked(),
            use_gate=self.gate.isChecked(),
        )

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        self.setWindowTitle(self.tr("Recognise") if self._n_new else self.tr("Recognise again"))
        self._title.setText(self._title_words())
        kept = self.tr("Your text stays as it is until the new one is there.")
        back = self.tr("You can take it back.")
        begin = self.tr("Recognition begins anew with what you choose here.")
        self._hint.setText(begin if self._n_new else f"{kept} {back}")
        for field, text in (
            (self.model, self.tr("Model")),
            (self.language, self.tr("Language")),
            (self.context, self.tr("What it is about")),
            (self.hot_words, self.tr("Names and terms, one in each line")),
        ):
            self._labels[field].setText(text)
            field.setAccessibleName(text)
        self.numbers.setText(self.tr("Write spoken numbers in digits"))
        self.gate.setText(self.tr("Write nothing where nobody speaks"))
        self.language.setItemText(0, self.tr("Automatic"))
        go_on = self.tr("Recognise") if self._n_new else self.tr("Recognise again")
        self.start.setText(go_on if self._packs else self.tr("Models…"))
        self.close_button.setText(self.tr("Cancel"))
        if not self._packs:
            self.message.tell(self.tr("There is no model that can be used."), "bad")
        elif self._is_lost:
            gone = self.tr("The model of before is not here any more; choose another one.")
            self.message.tell(gone, "warning")
        else:
            self.message.tell("")

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language and the text size."""
        if event.type() == QEvent.Type.LanguageChange:
            self._offer_languages(self.language.currentData())
            self.retranslate()
        if event.type() == QEvent.Type.FontChange:
            self._title.setFont(larger(self.font(), 1.2))
        super().changeEvent(event)

    @Slot()
    def on_model_chosen(self) -> None:
        """Offer the languages of another model; the chosen one stays if it knows it."""
        self._offer_languages(self.language.currentData())

    @Slot()
    def on_start(self) -> None:
        """Tell what was chosen; without a model, ask for one."""
        self.accept()
        if self._packs:
            self.chosen.emit(self.options)
        else:
            self.model_requested.emit()

    def _title_words(self) -> str:
        n = self._n_lines
        if self._n_new > 1:
            return self.tr("Recognise {n} files like this").format(n=self._n_new)
        if self._n_new:
            return self.tr("Recognise “{name}” like this").format(name=self._name)
        if n > 1:
            return self.tr("Recognise {n} lines again").format(n=n)
        title = self.tr("Recognise a line again") if n else self.tr("Recognise “{name}” again")
        return title.format(name=self._name)

    def _offer_languages(self, wanted: str | None) -> None:
        pack = next((p for p in self._packs if str(p.path) == self.model.currentData()), None)
        known = pack.manifest.languages if pack is not None and pack.manifest is not None else ()
        names = favourites_first(known, self._favourites)
        choices: list[tuple[object, str]] = [(None, self.tr("Automatic"))]
        choices += [(name, language_name(name)) for name in names]
        fill_choices(self.language, choices, wanted)

    def _lay_out(self) -> None:
        self._title.setFont(larger(self.font(), 1.2))
        form = QGridLayout()
        form.setHorizontalSpacing(2 * GRID)
        form.setVerticalSpacing(GRID)
        form.setColumnStretch(1, 1)
        for row, field in enumerate((self.model, self.language)):
            form.addWidget(self._labels[field], row, 0)
            form.addWidget(field, row, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addStretch()
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.start)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(GRID)
        layout.addWidget(self._title)
        layout.addWidget(self._hint)
        layout.addSpacing(GRID)
        layout.addLayout(form)
        for text in (self.context, self.hot_words):
            layout.addWidget(self._labels[text])
            layout.addWidget(text)
        layout.addWidget(self.numbers)
        layout.addWidget(self.gate)
        layout.addStretch()
        layout.addWidget(self.message)
        layout.addLayout(buttons)
        fit(self, _SIZE, _LEAST_SIZE)


def _pack_name(pack: FoundPack, packs: Sequence[FoundPack]) -> str:
    """Give the name of a pack, with its folder where two have the same."""
    same = sum(other.name == pack.name for other in packs) > 1
    return f"{pack.name} ({pack.path.parent})" if same else pack.name
