"""Export one or several transcripts: choose at the left, see at the right what will be written.

    items -> form -> plan and preview (at once) -> Export -> BackgroundTask -> exported

Before anything is written the sheet shows the name that each file will get, also the number that it
gets because the name is taken. Nothing is ever overwritten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QSize, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.errors import NameTemplateError
from app.gui.export.form import ExportForm
from app.gui.export.plan import (
    RENDERED,
    Exportable,
    ExportChoice,
    ExportOutcome,
    ExportPlan,
    export_work,
    make_plan,
    make_preview,
)
from app.gui.settings.store import SettingsStore
from app.gui.threads.background import BackgroundTask
from app.gui.widgets.card import Message, muted_label
from app.gui.widgets.fitting import fit
from app.gui.widgets.rows import TaskRow
from app.gui.widgets.sheet import SHEET
from app.gui.widgets.style import GRID, larger
from app.gui.wording.trouble import describe_trouble

_SIZE, _LEAST_SIZE = QSize(960, 660), QSize(840, 520)
_SHOWN_ERRORS = 3


class ExportDialog(QDialog):
    """The export sheet; make it once, ``show_items`` shows it.

    Call ``close_tasks`` before the program ends.

    Args:
        store: remembers the last choice.

    Signals:
        exported(tuple): the paths (``Path``) that were written.
    """

    exported = Signal(object)

    def __init__(self, store: SettingsStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._items: list[Exportable] = []
        self._plan: ExportPlan | None = None
        self._task = BackgroundTask(self)
        self._task.progressed.connect(self.on_progressed)
        self._task.finished.connect(self.on_finished)
        self._task.failed.connect(self.on_failed)
        self._task.cancelled.connect(self.on_cancelled)
        self._title = QLabel()
        self._title.setObjectName("title")
        self.form = ExportForm()
        self.form.changed.connect(self.on_changed)
        self.target = Message()
        self.preview = QTextEdit()
        self.preview.setReadOnly(True)
        self.preview.setTabChangesFocus(True)
        self._preview_title = muted_label(wrap=False)
        self.task, self.message = TaskRow(), Message()
        self.task.cancel_requested.connect(self._task.cancel)
        self.export_button, self.close_button = QPushButton(), QPushButton()
        self.export_button.setObjectName("primary")
        self.export_button.setDefault(True)
        self.form.browse.setAutoDefault(False)
        self.close_button.setAutoDefault(False)
        self.export_button.clicked.connect(self.on_export)
        self.close_button.clicked.connect(self.reject)
        self.setStyleSheet(SHEET)
        self._lay_out()
        self.retranslate()

    def show_items(self, items: Sequence[Exportable]) -> None:
        """Show the sheet for these transcripts, with the last choice.

        Args:
            items: at least one; the preview shows the first.
        """
        self._items = list(items)
        self.message.tell("")
        self.form.show_settings(self._store.settings)
        self.retranslate()
        self.on_changed()
        self.show()
        self.activateWindow()
        self.form.format.setFocus()

    def close_tasks(self) -> None:
        """Stop an export that is under way; call it before the program ends."""
        self._task.close()

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        self.setWindowTitle(self.tr("Export"))
        n = len(self._items)
        one = self._items[0].document.title if n == 1 else ""
        several = self.tr("Export {n} transcripts").format(n=n)
        self._title.setText(self.tr("Export “{title}”").format(title=one) if n == 1 else several)
        self._preview_title.setText(self.tr("Preview"))
        self.preview.setAccessibleName(self.tr("Preview of the file"))
        self.export_button.setText(self.tr("Export"))
        self.close_button.setText(self.tr("Close"))
        self._show_plan()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language and the text size."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
            self.on_changed()  # the labels in the preview
        if event.type() == QEvent.Type.FontChange:
            self._title.setFont(larger(self.font(), 1.2))
        super().changeEvent(event)

    def reject(self) -> None:
        """Close; an export that is under way is stopped, what is written stays."""
        self._task.cancel()
        super().reject()

    @Slot()
    def on_changed(self) -> None:
        """Work out again what would be written."""
        if not self._items:
            return
        choice = self.form.choice
        self._show_preview(choice)
        try:
            self._plan = make_plan(self._items, choice)
        except NameTemplateError as exc:
            self._plan = None
            text = self.tr("This file name cannot be used: {reason}.").format(reason=exc.reason)
            self.target.tell(text, "bad")
        self._show_plan()

    @Slot()
    def on_export(self) -> None:
        """Write, and remember the choice."""
        if self._plan is None or self._task.is_running:
            return
        self._remember()
        self.message.tell("")
        self.export_button.setEnabled(False)
        self.task.begin(self.tr("Writing…"))
        self._task.start(export_work(self._items, self.form.choice))

    @Slot(float)
    def on_progressed(self, share: float) -> None:
        """Move the bar."""
        self.task.set_share(share)

    @Slot(object)
    def on_finished(self, outcome: ExportOutcome) -> None:
        """Close if all is well; otherwise say what failed and what was written."""
        self.task.hide()
        if outcome.paths:
            self.exported.emit(outcome.paths)
        if not outcome.errors and len(outcome.paths) == len(self._items):
            self.accept()
        elif outcome.errors:
            self.message.tell(self._problem(outcome), "bad")
        else:
            text = self.tr("Stopped. {n} files were written.").format(n=len(outcome.paths))
            self.message.tell(text, "warning")
        self.on_changed()

    @Slot(object)
    def on_failed(self, error: Exception) -> None:
        """Say what went wrong."""
        self.task.hide()
        self.message.tell(self.tr("It did not work: {reason}").format(reason=error), "bad")
        self.on_changed()

    @Slot()
    def on_cancelled(self) -> None:
        """Nothing was begun."""
        self.task.hide()
        self.message.tell(self.tr("Stopped. Nothing was written."), "warning")
        self.on_changed()

    def _show_preview(self, choice: ExportChoice) -> None:
        text = make_preview(self._items[0].whole(), choice)
        if choice.fmt in RENDERED:
            self.preview.setMarkdown(text)
        else:
            self.preview.setPlainText(text)

    def _show_plan(self) -> None:
        plan = self._plan
        self.export_button.setEnabled(plan is not None and not self._task.is_running)
        if plan is None or not plan.paths:
            return
        first = plan.paths[0]
        if len(plan.paths) == 1:
            text = self.tr("Will be written as {name} in {folder}.").format(
                name=first.name, folder=first.parent
            )
            taken = self.tr("The name is taken, so it gets a number.")
        else:
            text = self.tr("{n} files will be written; the first is {name}.").format(
                n=len(plan.paths), name=first.name
            )
            taken = self.tr("{n} names are taken and get a number.").format(n=plan.n_numbered)
        kind = "warning" if plan.n_numbered else "good"
        self.target.tell(f"{text} {taken}" if plan.n_numbered else text, kind)

    def _problem(self, outcome: ExportOutcome) -> str:
        reasons = "\n".join(describe_trouble(error) for error in outcome.errors[:_SHOWN_ERRORS])
        if len(self._items) == 1:
            return reasons
        text = self.tr("{written} files were written, {failed} were not.").format(
            written=len(outcome.paths), failed=len(outcome.errors)
        )
        return f"{text}\n{reasons}"

    def _remember(self) -> None:
        choice = self.form.choice
        self._store.change(
            replace(
                self._store.settings,
                export_format=choice.fmt,
                export_folder=str(choice.folder or ""),
                export_template=choice.template,
                export_times=choice.options.times,
                export_facts=choice.options.facts,
                csv_for_excel=choice.options.csv_bom,
                cues=choice.options.cues,
            )
        )

    def _lay_out(self) -> None:
        self._title.setFont(larger(self.font(), 1.2))
        shown = QVBoxLayout()
        shown.setSpacing(6)
        shown.addWidget(self._preview_title)
        shown.addWidget(self.preview, 1)
        middle = QHBoxLayout()
        middle.setSpacing(2 * GRID)
        middle.addWidget(self.form, 1)
        middle.addLayout(shown, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addWidget(self.task, 1)
        buttons.addStretch()
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.export_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        layout.addWidget(self._title)
        layout.addLayout(middle, 1)
        layout.addWidget(self.target)
        layout.addWidget(self.message)
        layout.addLayout(buttons)
        fit(self, _SIZE, _LEAST_SIZE)
