"""Rules for subtitles with a preview that follows every change; settings and export share it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QDoubleSpinBox,
    QGridLayout,
    QLabel,
    QPlainTextEdit,
    QSpinBox,
    QWidget,
)

from app.gui.widgets.card import muted_label
from app.gui.widgets.fields import Stepper
from app.gui.widgets.style import GRID
from app.gui.widgets.toggles import Switch
from app.gui.wording.words import clock
from app.output.cues import MAX_LINES, STANDARD_CUES, CueOptions, make_cues

_LATIN, _CJK, _LONGEST_S = (8, 200), (4, 100), 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sample:
    """Text with times, as ``make_cues`` wants it."""

    start_s: float
    end_s: float
    text: str


# A person sees at once what a rule does to both kinds of script, so both are always shown.
SAMPLES = (
    _Sample(
        start_s=0.0,
        end_s=9.6,
        text="Red squirrels hide thousands of seeds each autumn, and they forget many of them. "
        "Those that are never found again grow into new trees.",
    ),
    _Sample(
        start_s=10.0,
        end_s=18.4,
        text="松鼠在秋天会把成千上万颗种子藏起来，其中许多它们自己也忘了。"
        "那些再也没有被找到的种子，后来长成了新的树木。",
    ),
)


class CueEditor(QWidget):
    """Edits ``CueOptions``.

    Args:
        with_preview: show the sample below the rules.

    Signals:
        changed(CueOptions): a rule was changed by the person.
    """

    changed = Signal(object)

    def __init__(self, *, with_preview: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._options = STANDARD_CUES
        self.latin, self.cjk, self.lines = QSpinBox(), QSpinBox(), QSpinBox()
        self.shortest, self.longest = QDoubleSpinBox(), QDoubleSpinBox()
        self.punctuation = Switch()
        self.latin.setRange(*_LATIN)
        self.cjk.setRange(*_CJK)
        self.lines.setRange(1, MAX_LINES)
        self._seconds(self.shortest, 0.0)
        self._seconds(self.longest, 0.5)
        self._labels = [QLabel() for _ in range(5)]
        self._preview_label = muted_label()
        self.preview = QPlainTextEdit()
        self.preview.setReadOnly(True)
        self.preview.setTabChangesFocus(True)
        self.preview.setMinimumHeight(180)
        self.preview.setVisible(with_preview)
        self._preview_label.setVisible(with_preview)
        self._lay_out()
        for spin in self._spins:
            spin.valueChanged.connect(self.on_edited)
        self.punctuation.toggled.connect(self.on_edited)
        self.retranslate()
        self.show_options(self._options)

    @property
    def options(self) -> CueOptions:
        """The rules as they stand there."""
        return self._options

    def show_options(self, options: CueOptions) -> None:
        """Show rules that come from elsewhere."""
        self._options = options
        blockers = [QSignalBlocker(control) for control in (*self._spins, self.punctuation)]
        self.latin.setValue(options.latin_chars)
        self.cjk.setValue(options.cjk_chars)
        self.lines.setValue(options.n_lines)
        self.shortest.setValue(options.min_s)
        self.longest.setValue(options.max_s)
        self.punctuation.setChecked(options.break_at_punctuation)
        del blockers
        self._show_preview()

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        texts = (
            self.tr("Latin letters in a line"),
            self.tr("Chinese characters in a line"),
            self.tr("Lines at once"),
            self.tr("Shown at least"),
            self.tr("Shown at most"),
        )
        for label, spin, text in zip(self._labels, self._spins, texts, strict=True):
            label.setText(text)
            spin.setAccessibleName(text)
        for spin in (self.shortest, self.longest):
            spin.setSuffix(self.tr(" s"))
        self.punctuation.setText(self.tr("Break where a sentence or a clause ends"))
        self._preview_label.setText(self.tr("Preview"))
        self.preview.setAccessibleName(self.tr("Preview of the subtitles"))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    @Slot()
    def on_edited(self) -> None:
        """Take the rules over; the longest time is never shorter than the shortest."""
        if self.shortest.value() > self.longest.value():
            follower = self.longest if self.sender() is self.shortest else self.shortest
            blocker = QSignalBlocker(follower)
            follower.setValue(self.sender().value())  # type: ignore[attr-defined]
            del blocker
        self._options = replace(
            self._options,
            latin_chars=self.latin.value(),
            cjk_chars=self.cjk.value(),
            n_lines=self.lines.value(),
            min_s=self.shortest.value(),
            max_s=self.longest.value(),
            break_at_punctuation=self.punctuation.isChecked(),
        )
        self._show_preview()
        self.changed.emit(self._options)

    @property
    def _spins(self) -> tuple[QSpinBox | QDoubleSpinBox, ...]:
        return (self.latin, self.cjk, self.lines, self.shortest, self.longest)

    def _seconds(self, spin: QDoubleSpinBox, lowest: float) -> None:
        spin.setRange(lowest, _LONGEST_S)
        spin.setDecimals(1)
        spin.setSingleStep(0.5)
        spin.setStepType(QAbstractSpinBox.StepType.DefaultStepType)

    def _show_preview(self) -> None:
        cues = make_cues(SAMPLES, self._options)
        text = "\n\n".join(
            f"{clock(cue.start_s)}  ({cue.end_s - cue.start_s:.1f} s)\n" + "\n".join(cue.lines)
            for cue in cues
        )
        self.preview.setPlainText(text)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * GRID)
        grid.setVerticalSpacing(GRID)
        for row, (label, spin) in enumerate(zip(self._labels, self._spins, strict=True)):
            label.setBuddy(spin)
            grid.addWidget(label, row, 0)
            grid.addWidget(Stepper(spin), row, 1)
        n_rows = len(self._spins)
        grid.addWidget(self.punctuation, n_rows, 0, 1, 2)
        grid.addWidget(self._preview_label, n_rows + 1, 0, 1, 2)
        grid.addWidget(self.preview, n_rows + 2, 0, 1, 2)
        grid.setColumnStretch(1, 1)
