"""One pack on the models page: what it is, how good and how fast, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Signal, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.engine.manifest import Manifest
from app.engine.pack_library import FoundPack, PackOrigin, measured_quality, weak_languages
from app.gui.widgets.card import Card, Message, data_size, muted_label
from app.gui.widgets.icons import icon
from app.gui.widgets.rows import ConfirmRow, TaskRow
from app.gui.widgets.style import GRID
from app.gui.widgets.toggles import Radio
from app.gui.wording import words
from app.gui.wording.languages import language_name

_NAMED_LANGUAGES = 4  # more than these are only counted
_HOPELESS_WER = 0.9
_COARSE_ENCODER = "int4"


class PackCard(Card):
    """Shows one pack.

    Args:
        pack: what was found.
        speed: measured on this computer, None if it was not.

    Signals:
        chosen(str), verify_requested(str), measure_requested(str), remove_requested(str),
        forget_requested(str): with the path of the pack. Removing was confirmed; forgetting only
            takes a browsed folder off the list.
    """

    chosen = Signal(str)
    verify_requested = Signal(str)
    measure_requested = Signal(str)
    remove_requested = Signal(str)
    forget_requested = Signal(str)

    def __init__(
        self, pack: FoundPack, speed: float | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.pack = pack
        self._speed = speed
        self._busy = self._engine_busy = False
        self.radio = Radio()
        self.origin = muted_label(wrap=False)
        self.facts = muted_label()
        self.quality = muted_label()
        self.problem = Message()
        self.result = Message()
        self.task = TaskRow()
        self.confirm = ConfirmRow()
        self.verify, self.measure = QPushButton(), QPushButton()
        self.remove = QToolButton()
        self.remove.setIcon(icon("trash"))
        self.remove.setIconSize(QSize(18, 18))
        self.radio.clicked.connect(self.on_radio_clicked)
        self.verify.clicked.connect(self.on_verify_clicked)
        self.measure.clicked.connect(self.on_measure_clicked)
        self.remove.clicked.connect(self.on_remove_clicked)
        self.confirm.confirmed.connect(self.on_remove_confirmed)
        self._lay_out()
        self.retranslate()
        self.set_busy(False)

    @property
    def path(self) -> str:
        """Path of the pack."""
        return str(self.pack.path)

    def is_for(self, pack: FoundPack | None) -> bool:
        """Whether it still shows a pack as it is now."""
        return pack is not None and (
            (pack.path, pack.origin, pack.manifest, str(pack.problem))
            == (self.pack.path, self.pack.origin, self.pack.manifest, str(self.pack.problem))
        )

    def set_chosen(self, chosen: bool) -> None:
        """Show whether this pack is used."""
        self.radio.setChecked(chosen)
        self.set_lit(chosen)

    def set_speed(self, speed: float) -> None:
        """Show a measured speed."""
        self._speed = speed
        self.retranslate()

    def set_busy(self, busy: bool, *, engine_busy: bool | None = None) -> None:
        """Take no clicks while something is under way.

        Args:
            busy: the page works on some pack.
            engine_busy: a recording is being recognised, so a speed would come out wrong; None
                leaves it as it is.
        """
        self._busy = busy
        self._engine_busy = self._engine_busy if engine_busy is None else engine_busy
        self.radio.setEnabled(self.pack.is_usable)
        self.verify.setEnabled(self.pack.manifest is not None and not busy)
        self.measure.setEnabled(self.pack.is_usable and not busy and not self._engine_busy)
        self.remove.setEnabled(not busy)

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        name = self.pack.name
        self.radio.setText(name)
        self.radio.setAccessibleName(self.tr("Use the model {name}").format(name=name))
        self.origin.setText(self._origin_words())
        self.facts.setText(self._facts())
        self.quality.setText(self._quality())
        self.problem.tell(*self._problem())
        self.verify.setText(self.tr("Verify"))
        self.verify.setAccessibleName(self.tr("Verify the model {name}").format(name=name))
        self.verify.setToolTip(self.tr("Compare every file with its checksum"))
        self.measure.setText(self.tr("Measure speed"))
        self.measure.setAccessibleName(self.tr("Measure the speed of {name}").format(name=name))
        self.measure.setToolTip(self.tr("Recognise a sample of 5 seconds"))
        removable = self.pack.is_removable
        text = self.tr("Remove {name}") if removable else self.tr("Take {name} off the list")
        self.remove.setToolTip(text.format(name=name))
        self.remove.setAccessibleName(text.format(name=name))
        self.remove.setVisible(removable or self.pack.origin is PackOrigin.OTHER)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    @Slot()
    def on_radio_clicked(self) -> None:
        """Use this pack."""
        self.chosen.emit(self.path)

    @Slot()
    def on_verify_clicked(self) -> None:
        """Ask for a check."""
        self.verify_requested.emit(self.path)

    @Slot()
    def on_measure_clicked(self) -> None:
        """Ask for a measurement."""
        self.measure_requested.emit(self.path)

    @Slot()
    def on_remove_clicked(self) -> None:
        """Ask before anything is deleted; a folder of someone else is only forgotten."""
        if not self.pack.is_removable:
            self.forget_requested.emit(self.path)
            return
        question = self.tr("Remove {name} ({size}) from this computer?")
        question = question.format(name=self.pack.name, size=data_size(self.pack.n_bytes))
        self.confirm.ask(question, self.tr("Remove"), self.tr("Keep"))

    @Slot()
    def on_remove_confirmed(self) -> None:
        """Pass on that it may be deleted."""
        self.remove_requested.emit(self.path)

    def _origin_words(self) -> str:
        names = {
            PackOrigin.BUILT_IN: self.tr("comes with Songshu"),
            PackOrigin.BESIDE: self.tr("beside the program"),
            PackOrigin.USER: self.tr("in your models folder"),
            PackOrigin.OTHER: str(self.pack.path.parent),
        }
        return names[self.pack.origin]

    def _facts(self) -> str:
        manifest = self.pack.manifest
        if manifest is None:
            return str(self.pack.path)
        quantisation = self.tr("encoder {encoder}, decoder {decoder}").format(
            encoder=manifest.encoder.quantization.upper(),
            decoder=manifest.decoder.quantization.upper(),
        )
        return " · ".join((data_size(self.pack.n_bytes), self._languages(manifest), quantisation))

    def _languages(self, manifest: Manifest) -> str:
        names = [language_name(name) for name in manifest.languages]
        if len(names) <= _NAMED_LANGUAGES:
            return ", ".join(names)
        first = ", ".join(names[:2])
        return self.tr("{n} languages ({first} …)").format(n=len(names), first=first)

    def _quality(self) -> str:
        manifest = self.pack.manifest
        if manifest is None:
            return ""
        quality = measured_quality(manifest)
        if quality is None:
            text = self.tr("Quality not measured")
        elif quality.wer >= _HOPELESS_WER:
            text = self.tr("Only for trying the program: it understands hardly a word")
        else:
            right = round(100 * (1 - quality.wer))
            text = self.tr("{right} of 100 words right, measured on {n} clips").format(
                right=right, n=quality.n_clips
            )
        speed = (
            self.tr("{speed} on this computer").format(speed=words.speed(self._speed))
            if self._speed is not None
            else self.tr("speed not measured yet")
        )
        return f"{text} · {speed}"

    def _problem(self) -> tuple[str, str]:
        if self.pack.problem is not None:
            return self.tr("It cannot be used: {problem}").format(problem=self.pack.problem), "bad"
        manifest = self.pack.manifest
        warnings = self._warnings(manifest) if manifest is not None else []
        return "\n".join(warnings), "warning" if warnings else "good"

    def _warnings(self, manifest: Manifest) -> list[str]:
        warnings = []
        if weak := weak_languages(manifest):
            names = ", ".join(language_name(name) for name in weak)
            text = self.tr(
                "Weak in {languages}: every third word or more is wrong. "
                "The larger 1.7B model is better there."
            )
            warnings.append(text.format(languages=names))
        if manifest.encoder.quantization == _COARSE_ENCODER:
            text = self.tr(
                "Made as small as can be, with an encoder of 4 bits: it makes more mistakes, and "
                "may repeat itself in long recordings."
            )
            warnings.append(text)
        return warnings

    def _lay_out(self) -> None:
        font = self.radio.font()
        font.setBold(True)
        self.radio.setFont(font)
        top = QHBoxLayout()
        top.setSpacing(GRID)
        top.addWidget(self.radio)
        top.addWidget(self.origin, 1)
        for button in (self.verify, self.measure, self.remove):
            top.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 12, 2 * GRID, 12)
        layout.setSpacing(6)
        layout.addLayout(top)
        for widget in (self.facts, self.quality, self.problem, self.result, self.task):
            layout.addWidget(widget)
        layout.addWidget(self.confirm)
