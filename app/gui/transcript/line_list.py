"""The list of lines: scrolls along with new text until somebody scrolls away, and finds its places.

worker events -> LinesModel -> view;  click -> play from there;  Enter, F2, double click -> edit

Live text changes 20 times a second and a list may hold thousands of lines: all of it is laid out
anew only where a height has changed, and what stands at the top stays there meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QCursor,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QListView, QPushButton, QWidget

from app.gui.transcript.lines_delegate import LinesDelegate
from app.gui.transcript.lines_model import Index, LinesModel

_CHOOSING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
_BOTTOM_PX = 12  # so near to the end counts as the end
_NEAR_ROWS = 25  # rows around a place that is gone to: more than a screen shows


class LineList(QListView):
    """Shows a ``LinesModel``.

    Args:
        model: the lines.

    Signals:
        played(int, int): somebody clicked on the line in this row, at this character.
    """

    played = Signal(int, int)

    def __init__(self, model: LinesModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._follows = True
        self._scrolling = False
        self._goes_on = False  # more text may come
        self._is_layout_due = False
        self._measuring = QTimer(self)
        self._measuring.setSingleShot(True)
        self._measuring.setInterval(0)
        self._measuring.timeout.connect(self.on_measuring_due)
        self.lines = model
        self.delegate = LinesDelegate(model.text_at, self)
        self.setModel(model)
        self.setItemDelegate(self.delegate)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.latest = QPushButton(self)
        self.latest.clicked.connect(self.follow)
        self.latest.hide()
        self._enter = QAction(self)
        self._enter.setShortcuts([QKeySequence(Qt.Key.Key_Return), QKeySequence(Qt.Key.Key_Enter)])
        self._enter.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self._enter.triggered.connect(self.edit_current)
        self.addAction(self._enter)
        self.clicked.connect(self.on_clicked)
        self.verticalScrollBar().valueChanged.connect(self.on_scrolled)
        model.rowsInserted.connect(self.on_rows_changed)
        model.rowsRemoved.connect(self.on_rows_changed)
        model.dataChanged.connect(self.on_rows_changed)
        self.retranslate()

    @property
    def follows(self) -> bool:
        """Whether it scrolls along with new text."""
        return self._follows

    @Slot()
    def follow(self) -> None:
        """Go to the newest text and scroll along again."""
        self._follows = True
        self._to_bottom()

    def begin(self, *, follow: bool) -> None:
        """Show other lines: from their end and scrolling along, or from their beginning."""
        self._follows = self._goes_on = follow
        if follow:
            self._to_bottom()
            return
        self._scrolling = True
        self.scrollToTop()
        self._scrolling = False
        self._show_latest()

    def show_row(self, row: int) -> None:
        """Bring a row into view and choose it."""
        index = self.lines.index(row)
        near = range(max(0, row - _NEAR_ROWS), row + _NEAR_ROWS)
        self.delegate.layouts.measure(self.lines.text_at(other) for other in near)
        self.setCurrentIndex(index)
        self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)

    def set_playing(self, row: int | None, *, scroll: bool = False) -> None:
        """Mark the line that is heard."""
        if (row if row is not None else -1) == self.delegate.playing_row:
            return
        self.delegate.playing_row = -1 if row is None else row
        self.viewport().update()
        if scroll and row is not None:
            self._scrolling = True
            self.scrollTo(self.lines.index(row))
            self._scrolling = False

    def chosen_rows(self) -> list[int]:
        """Give the rows of the chosen lines, in order."""
        return sorted(index.row() for index in self.selectedIndexes())

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        self.setAccessibleName(self.tr("Lines of the transcript"))
        self.latest.setText(self.tr("↓ Latest"))
        self.latest.setAccessibleName(self.tr("Go to the newest text"))
        self._place_latest()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language, and lay the lines out anew in another text size."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        if event.type() == QEvent.Type.FontChange:
            self.scheduleDelayedItemsLayout()
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Leave keys to the window that the list would only swallow."""
        if event.key() == Qt.Key.Key_Space:  # play and pause
            event.ignore()
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:  # noqa: N802
        """Do nothing: typing must not jump about in a transcript."""

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Wrap the lines anew in another width."""
        super().resizeEvent(event)
        self._place_latest()
        if event.size().width() != event.oldSize().width():
            self.scheduleDelayedItemsLayout()

    def dataChanged(  # noqa: N802
        self, first: Index, last: Index, roles: Sequence[int] = ()
    ) -> None:
        """Lay everything out anew only if the height of a line has changed."""
        rows = range(first.row(), last.row() + 1)
        if not self._is_layout_due and all(map(self._has_its_height, rows)):
            QAbstractItemView.dataChanged(self, first, last, list(roles))
            return
        self._is_layout_due = True
        super().dataChanged(first, last, list(roles))

    def doItemsLayout(self) -> None:  # noqa: N802
        """Lay all lines out; the end stays in view while following, else the line at the top."""
        top = self.indexAt(QPoint(0, 0))
        before = self.visualRect(top).top() if top.isValid() else 0
        self.delegate.heights = self._measure()
        self._is_layout_due = False
        super().doItemsLayout()
        bar, was_scrolling = self.verticalScrollBar(), self._scrolling
        self._scrolling = True
        if self._follows and self._goes_on:
            bar.setValue(bar.maximum())
        elif top.isValid() and bar.value():
            bar.setValue(bar.value() + self.visualRect(top).top() - before)
        self._scrolling = was_scrolling
        if self.delegate.layouts.has_estimates:
            self._measuring.start()

    @Slot()
    def edit_current(self) -> None:
        """Correct the chosen line."""
        if self.currentIndex().isValid():
            self.edit(self.currentIndex())

    @Slot(QModelIndex)
    def on_clicked(self, index: QModelIndex) -> None:
        """Play from the line that was clicked; with Ctrl or Shift it is only chosen."""
        if QGuiApplication.keyboardModifiers() & _CHOOSING:
            return
        line = self.lines.line(index.row())
        if line is not None:
            where = self.viewport().mapFromGlobal(QCursor.pos())
            rect = self.visualRect(index)
            self.played.emit(
                index.row(), self.delegate.character_at(line.text, rect, self.font(), where)
            )

    @Slot()
    def on_measuring_due(self) -> None:
        """Measure more of the lines whose height is an estimate; at the end lay out what is so."""
        self._measure()
        if self.delegate.layouts.has_estimates:
            self._measuring.start()
        else:
            self.scheduleDelayedItemsLayout()

    @Slot()
    def on_rows_changed(self) -> None:
        """Scroll along."""
        if self._follows and self.lines.live is not None:
            self._to_bottom()
        self._show_latest()

    @Slot(int)
    def on_scrolled(self, value: int) -> None:
        """Stop scrolling along when somebody scrolls up; begin again at the end."""
        if self._scrolling:
            return
        self._follows = value >= self.verticalScrollBar().maximum() - _BOTTOM_PX
        self._show_latest()

    def _has_its_height(self, row: int) -> bool:
        heights = self.delegate.heights
        return row < len(heights) and heights[row] == self.delegate.row_height(row)

    def _measure(self) -> list[int]:
        width, n_rows = self.viewport().width(), self.lines.rowCount()
        return self.delegate.measure(width, self.font(), n_rows)

    def _to_bottom(self) -> None:
        self._scrolling = True
        self.scrollToBottom()  # lays out first, if that is due
        self._scrolling = False
        self._show_latest()

    def _show_latest(self) -> None:
        self.latest.setVisible(self.lines.live is not None and not self._follows)
        self._place_latest()

    def _place_latest(self) -> None:
        size = self.latest.sizeHint()
        x = (self.viewport().width() - size.width()) // 2
        self.latest.setGeometry(x, self.height() - size.height() - 16, size.width(), size.height())
