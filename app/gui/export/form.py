"""The left half of the export sheet: format, folder, file name, and what the format offers."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.gui.export.cue_editor import CueEditor
from app.gui.export.labels import export_labels
from app.gui.export.plan import ExportChoice
from app.gui.settings.store import Settings
from app.gui.widgets.card import fill_choices, muted_label
from app.gui.widgets.fields import Choice
from app.gui.widgets.style import GRID
from app.gui.widgets.toggles import Switch
from app.output.export import FORMATS
from app.output.names import DEFAULT_TEMPLATE
from app.output.options import ExportOptions

_SUBTITLES = ("srt", "vtt")
_WITH_TIMES = ("txt", "md", "csv", "html", "docx")
_WITH_FACTS = ("md", "html", "docx")


class ExportForm(QScrollArea):
    """Edits an ``ExportChoice``.

    Signals:
        changed(): something is different; ask for ``choice``.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.format = Choice()
        self.folder, self.template = QLineEdit(), QLineEdit()
        self.browse = QPushButton()
        self.times, self.facts, self.excel = Switch(), Switch(), Switch()
        self.cues = CueEditor(with_preview=False)
        self.fields = muted_label()
        self._labels = [QLabel() for _ in range(3)]
        self._lay_out()
        self.format.activated.connect(self.on_format)
        for field in (self.folder, self.template):
            field.textChanged.connect(self.changed)
        for switch in (self.times, self.facts, self.excel):
            switch.toggled.connect(self.changed)
        self.cues.changed.connect(self.changed)
        self.browse.clicked.connect(self.on_browse)
        self.retranslate()
        self.on_format()

    @property
    def choice(self) -> ExportChoice:
        """What is chosen now."""
        folder = self.folder.text().strip()
        return ExportChoice(
            fmt=self.format.currentData(),
            folder=Path(folder).expanduser() if folder else None,
            template=self.template.text().strip() or DEFAULT_TEMPLATE,
            options=ExportOptions(
                times=self.times.isChecked(),
                facts=self.facts.isChecked(),
                cues=self.cues.options,
                csv_bom=self.excel.isChecked(),
                labels=export_labels(),
            ),
        )

    def show_settings(self, settings: Settings) -> None:
        """Show the last choice."""
        controls = (self.folder, self.template, self.times, self.facts, self.excel)
        blockers = [QSignalBlocker(control) for control in controls]
        self.format.setCurrentIndex(max(0, self.format.findData(settings.export_format)))
        self.folder.setText(settings.export_folder)
        self.template.setText(settings.export_template)
        self.times.setChecked(settings.export_times)
        self.facts.setChecked(settings.export_facts)
        self.excel.setChecked(settings.csv_for_excel)
        self.cues.show_options(settings.cues)
        del blockers
        self.on_format()

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        current = self.format.currentData()
        fill_choices(self.format, [(fmt, self._name_of(fmt)) for fmt in FORMATS], current)
        texts = (self.tr("Format"), self.tr("Folder"), self.tr("File name"))
        for label, control, text in zip(self._labels, self._controls, texts, strict=True):
            label.setText(text)
            control.setAccessibleName(text)
        self.folder.setPlaceholderText(self.tr("Beside each recording"))
        self.template.setPlaceholderText(DEFAULT_TEMPLATE)
        self.browse.setText(self.tr("Browse…"))
        self.browse.setAccessibleName(self.tr("Choose the folder"))
        fields = "{name} {date} {time} {language} {model}"
        self.fields.setText(self.tr("You may use {fields}").format(fields=fields))
        self.times.setText(self.tr("Write the time before each line"))
        self.facts.setText(self.tr("Begin with title, language, length and date"))
        self.excel.setText(self.tr("Made for Excel"))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    @Slot()
    def on_format(self) -> None:
        """Show what the format offers."""
        fmt = self.format.currentData()
        self.times.setVisible(fmt in _WITH_TIMES)
        self.facts.setVisible(fmt in _WITH_FACTS)
        self.excel.setVisible(fmt == "csv")
        self.cues.setVisible(fmt in _SUBTITLES)
        self.changed.emit()

    @Slot()
    def on_browse(self) -> None:
        """Ask for a folder."""
        start = self.folder.text()
        if name := QFileDialog.getExistingDirectory(self, self.tr("Export into"), start):
            self.folder.setText(name)

    @property
    def _controls(self) -> tuple[QWidget, ...]:
        return (self.format, self.folder, self.template)

    def _name_of(self, fmt: str) -> str:
        names = {
            "txt": self.tr("Text (.txt)"),
            "md": self.tr("Markdown (.md)"),
            "srt": self.tr("Subtitles (.srt)"),
            "vtt": self.tr("Web subtitles (.vtt)"),
            "json": self.tr("JSON, for programs (.json)"),
            "csv": self.tr("Table (.csv)"),
            "html": self.tr("Web page (.html)"),
            "docx": self.tr("Word (.docx)"),
        }
        return names[fmt]

    def _lay_out(self) -> None:
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(0, 0, 2 * GRID, 0)
        layout.setSpacing(6)
        place = QHBoxLayout()
        place.setSpacing(GRID)
        place.addWidget(self.folder, 1)
        place.addWidget(self.browse)
        for label, control in zip(self._labels, self._controls, strict=True):
            label.setBuddy(control)
            layout.addWidget(label)
            if control is self.folder:
                layout.addLayout(place)
            else:
                layout.addWidget(control)
            layout.addSpacing(4 if control is self.template else GRID)
        layout.addWidget(self.fields)
        layout.addSpacing(GRID)
        for widget in (self.times, self.facts, self.excel, self.cues):
            layout.addWidget(widget)
        layout.addStretch()
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumWidth(430)
