"""Paints the rows of the sidebar, and turns clicks on their small buttons into requests.

Two lines an item: title, and where it stands; under a running one a thin bar. The buttons pause,
cancel and retry appear under the mouse and on the chosen row; the same actions are in the context
menu, for the keyboard and for screen readers.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QAbstractItemModel, QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.gui.sidebar.model import ROW_ROLE, Index, SidebarModel
from app.gui.sidebar.rows import Entry, Heading, fraction_done, is_being_recorded, status_text
from app.gui.widgets.icons import icon
from app.gui.widgets.style import Colors, colors_of, digits, smaller
from app.store.types import ItemState

_MARGIN = 8
_PADDING = 12
_BUTTON = 24
_BAR = 4


@dataclass(frozen=True, slots=True)
class RowButton:
    """A small button of a row: the action's name and its icon."""

    action: str
    icon: str


BUTTONS = {
    ItemState.RUNNING: (RowButton("pause", "pause"), RowButton("cancel", "cancel")),
    ItemState.WAITING: (RowButton("pause", "pause"), RowButton("cancel", "cancel")),
    ItemState.PAUSED: (RowButton("resume", "play"), RowButton("cancel", "cancel")),
    ItemState.FAILED: (RowButton("retry", "retry"),),
    ItemState.CANCELLED: (RowButton("retry", "retry"),),
    ItemState.DONE: (),
}


class SidebarDelegate(QStyledItemDelegate):
    """Paints one row.

    Args:
        view: the list.
        model: its rows.

    Signals:
        action_clicked(str, int): "pause", "resume", "cancel" or "retry", and the item's id.
    """

    action_clicked = Signal(str, int)

    def __init__(self, view: QListView, model: SidebarModel) -> None:
        super().__init__(view)
        self._model = model
        self._sizes: tuple[QSize, QSize] | None = None  # of a heading, of an item

    def forget_sizes(self) -> None:
        """Measure the rows anew, because the font is another one."""
        self._sizes = None

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a heading or an item."""
        row = index.data(ROW_ROLE)
        view = _view(option)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(row, Heading):
            self._paint_heading(painter, view, option.rect, row)
        elif isinstance(row, Entry):
            self._paint_entry(painter, view, option, row)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        """Give the height of a row; the width is the view's."""
        if self._sizes is None:
            font = _view(option).font()
            small = QFontMetrics(smaller(font)).height()
            entry = QFontMetrics(font).height() + small + 2 * _PADDING
            self._sizes = QSize(0, small + 24), QSize(0, entry)
        # asked for every row whenever one comes or goes: 5,000 of them must take a few ms
        heading, entry_size = self._sizes
        return heading if self._model.is_heading(index.row()) else entry_size

    def editorEvent(  # noqa: N802
        self,
        event: QEvent,
        model: QAbstractItemModel,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        """Press a button of the row."""
        row = index.data(ROW_ROLE)
        if isinstance(event, QMouseEvent) and isinstance(row, Entry):
            for rect, button in _button_rects(option.rect, row):
                if rect.contains(event.position().toPoint()):
                    if event.type() == QEvent.Type.MouseButtonRelease:
                        self.action_clicked.emit(button.action, row.item.id)
                    return True
        return super().editorEvent(event, model, option, index)

    def createEditor(  # noqa: N802
        self, parent: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> QWidget:
        """Make the field in which a title is changed."""
        editor = QLineEdit(parent)
        editor.setAccessibleName(self.tr("New title"))
        return editor

    def updateEditorGeometry(  # noqa: N802
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Put the field over the row."""
        editor.setGeometry(option.rect.adjusted(_MARGIN, 4, -_MARGIN, -4))

    def _paint_heading(
        self, painter: QPainter, view: QListView, rect: QRect, heading: Heading
    ) -> None:
        font = smaller(view.font(), 0.82)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(colors_of(view).muted))
        place = rect.adjusted(_MARGIN + _PADDING, 0, -_MARGIN, -6)
        flags = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft
        painter.drawText(place, flags, heading.text)

    def _paint_entry(
        self, painter: QPainter, view: QListView, option: QStyleOptionViewItem, entry: Entry
    ) -> None:
        rect, colors = option.rect, colors_of(view)
        state = QStyle.StateFlag
        chosen = bool(option.state & state.State_Selected)
        hovered = bool(option.state & state.State_MouseOver)
        card = QRectF(rect.adjusted(_MARGIN, 1, -_MARGIN, -1))
        if chosen or hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.selected if chosen else colors.hover))
            painter.drawRoundedRect(card, 8, 8)
        if chosen and view.hasFocus():
            painter.setPen(QColor(colors.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(card.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        buttons = list(_button_rects(rect, entry)) if chosen or hovered else []
        right = buttons[0][0].left() - 4 if buttons else rect.right() - _MARGIN - _PADDING
        left = rect.left() + _MARGIN + _PADDING
        self._paint_texts(
            painter, view, QRect(left, rect.top(), right - left, rect.height()), entry
        )
        is_underway = entry.item.state in (ItemState.RUNNING, ItemState.PAUSED)
        if is_underway and not is_being_recorded(entry.item):
            bar_right = rect.right() - _MARGIN - _PADDING
            bar = QRectF(left, rect.bottom() - 8, bar_right - left, _BAR)
            _paint_bar(painter, bar, fraction_done(entry), colors, entry.item.state)
        for place, button in buttons:
            icon(button.icon).paint(painter, place.adjusted(4, 4, -4, -4))

    def _paint_texts(self, painter: QPainter, view: QListView, rect: QRect, entry: Entry) -> None:
        colors, failed = colors_of(view), entry.item.state is ItemState.FAILED
        font, small = view.font(), digits(smaller(view.font()))
        metrics, small_metrics = QFontMetrics(font), QFontMetrics(small)
        elide = Qt.TextElideMode.ElideMiddle
        top = rect.top() + _PADDING - 3
        title = metrics.elidedText(entry.item.title, elide, rect.width())
        painter.setFont(font)
        painter.setPen(QColor(colors.text))
        painter.drawText(rect.left(), top + metrics.ascent(), title)
        left, base = rect.left(), top + metrics.height() + 2 + small_metrics.ascent()
        if failed:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.danger))
            painter.drawEllipse(QRectF(left, base - small_metrics.ascent() / 2 - 2, 7, 7))
            left += 14
        status = entry.snippet.replace("\n", " ") or status_text(entry)
        room = rect.right() - left
        painter.setFont(small)
        painter.setPen(QColor(colors.danger if failed else colors.muted))
        end = Qt.TextElideMode.ElideRight
        painter.drawText(left, base, small_metrics.elidedText(status, end, room))


def _paint_bar(
    painter: QPainter, rect: QRectF, done: float | None, colors: Colors, state: ItemState
) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colors.border))
    painter.drawRoundedRect(rect, 2, 2)
    if done:
        painter.setBrush(QColor(colors.accent if state is ItemState.RUNNING else colors.muted))
        filled = QRectF(rect)
        filled.setWidth(max(rect.height(), rect.width() * done))
        painter.drawRoundedRect(filled, 2, 2)


def _button_rects(rect: QRect, entry: Entry) -> list[tuple[QRect, RowButton]]:
    buttons = BUTTONS[entry.item.state]
    left = rect.right() - _MARGIN - 4 - _BUTTON * len(buttons)
    top = rect.top() + _PADDING - 6
    return [
        (QRect(left + number * _BUTTON, top, _BUTTON, _BUTTON), button)
        for number, button in enumerate(buttons)
    ]


def _view(option: QStyleOptionViewItem) -> QListView:
    widget = option.widget
    assert isinstance(widget, QListView)
    return widget
