"""Paints a line: its time at the left, its text wrapped at the right; and edits it in place.

The height of a line depends on the width of the view; ``line_layouts`` keeps what was laid out.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QTextCharFormat,
    QTextCursor,
    QTextLayout,
    QTextLine,
)
from PySide6.QtWidgets import (
    QListView,
    QPlainTextEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.gui.threads.events import LiveText
from app.gui.transcript.finding import find_all
from app.gui.transcript.line_layouts import LineLayouts
from app.gui.transcript.lines_model import LINE_ROLE, Index
from app.gui.widgets.style import Colors, colors_of, digits, smaller
from app.gui.wording import words
from app.store.types import Line

_MARGIN_X = 24
_GAP = 16
_PADDING_Y = 8
MAX_TEXT_WIDTH = 760  # px at text size M; longer lines tire the eye


class LineEditor(QPlainTextEdit):
    """The field in which a line is corrected. Enter keeps, Escape drops, Ctrl+Enter splits.

    Signals:
        split_requested(int): cut the line at this character.
    """

    split_requested = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Split; everything else is the delegate's or the field's."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.split_requested.emit(self.textCursor().position())
            return
        super().keyPressEvent(event)


class LinesDelegate(QStyledItemDelegate):
    """Paints and edits one line.

    Args:
        text_at: gives the text of a row; quicker than to ask an index for its data.

    Attributes:
        layouts: what was measured.
        heights: of the rows, as they are laid out now.

    Signals:
        split_requested(int, str, int): line id, the text as it is typed, the character.
    """

    split_requested = Signal(int, str, int)

    def __init__(self, text_at: Callable[[int], str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._text_at = text_at
        self.layouts = LineLayouts()
        self.heights: list[int] = []
        self.show_times = True
        self.playing_row = -1
        self.needle = ""
        self.found: tuple[int, int] | None = None  # (line id, character)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a line, or the live text lighter."""
        line = index.data(LINE_ROLE)
        view = option.widget
        assert isinstance(view, QListView)
        colors = colors_of(view)
        live = isinstance(line, LiveText)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, option, index, colors)
        text_rect = self._text_rect(option.rect, view.font())
        painter.setClipRect(option.rect)  # a height may be an estimate for a moment
        layout = self.layouts.layout(line.text)
        if self.show_times:
            base = text_rect.top() + round(layout.lineAt(0).ascent())
            _paint_time(
                painter, view.font(), QPoint(option.rect.left(), base), line.start_s, colors
            )
        painter.setPen(QColor(colors.muted if live else colors.text))
        marks = _settled(line, colors) if live else self._marks(line, colors)
        layout.draw(painter, QPointF(text_rect.topLeft()), marks)
        if isinstance(line, Line) and line.edited:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.accent))
            dot = QRectF(option.rect.left() + 10, text_rect.top() + 6, 5, 5)
            painter.drawEllipse(dot)
        painter.restore()

    def measure(self, view_width: int, font: QFont, n_rows: int) -> list[int]:
        """Give the heights of all rows; some may be estimates, see ``layouts``."""
        width = self._text_rect(QRect(0, 0, view_width, 0), font).width()
        self.layouts.begin(width, font, n_rows)
        return [self.row_height(row) for row in range(n_rows)]

    def row_height(self, row: int) -> int:
        """Give the height of a row."""
        return self.layouts.height(self._text_at(row)) + 2 * _PADDING_Y

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        """Give the height of a line; the width is the view's. Thousands are asked for at once."""
        row = index.row()
        return QSize(0, self.heights[row] if row < len(self.heights) else self.row_height(row))

    def createEditor(  # noqa: N802
        self, parent: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> QWidget:
        """Make the field."""
        line = index.data(LINE_ROLE)
        editor = LineEditor(parent)
        editor.setAccessibleName(self.tr("Text of the line"))
        editor.setTabChangesFocus(True)
        editor.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        editor.setProperty("lineId", line.id)
        editor.split_requested.connect(self.on_editor_split)
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:  # noqa: N802
        """Put the text into the field, once."""
        assert isinstance(editor, LineEditor)
        if not editor.document().isUndoAvailable():
            editor.setPlainText(index.data(Qt.ItemDataRole.EditRole))
            editor.moveCursor(QTextCursor.MoveOperation.End)

    def setModelData(self, editor: QWidget, model: QObject, index: Index) -> None:  # noqa: N802
        """Give the typed text to the model."""
        assert isinstance(editor, LineEditor)
        index.model().setData(index, editor.toPlainText())

    def updateEditorGeometry(  # noqa: N802
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Put the field over the text."""
        view = option.widget
        font = view.font() if view is not None else editor.font()
        rect = self._text_rect(option.rect, font).adjusted(-12, -6, 12, 6)
        rect.setHeight(max(rect.height(), QFontMetrics(font).height() * 2 + 12))
        editor.setGeometry(rect)

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:  # noqa: N802
        """Let Enter keep the text instead of breaking the line."""
        if isinstance(editor, LineEditor) and isinstance(event, QKeyEvent):
            plain = event.modifiers() in (
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.KeypadModifier,
            )
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if event.type() == QEvent.Type.KeyPress and enter and plain:
                self.commitData.emit(editor)
                self.closeEditor.emit(editor)
                return True
        return super().eventFilter(editor, event)

    def on_editor_split(self, at_char: int) -> None:
        """Pass the wish of a field on, with the line it edits."""
        editor = self.sender()
        assert isinstance(editor, LineEditor)
        text = editor.toPlainText()
        self.closeEditor.emit(editor)
        self.split_requested.emit(int(editor.property("lineId")), text, at_char)

    def character_at(self, text: str, rect: QRect, font: QFont, where: QPoint) -> int:
        """Find the character of a line under the mouse; 0 beside the text.

        Args:
            text: of the line.
            rect: where the line stands in the view.
            font: of the view.
            where: the mouse, in the view.
        """
        place = self._text_rect(rect, font)
        if not place.contains(where):
            return 0
        layout = self.layouts.layout(text)
        point = where - place.topLeft()
        for number in range(layout.lineCount()):
            line = layout.lineAt(number)
            if point.y() < line.y() + line.height():
                return int(line.xToCursor(point.x(), QTextLine.CursorPosition.CursorOnCharacter))
        return 0

    def _paint_ground(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index, colors: Colors
    ) -> None:
        state = option.state
        rect = QRectF(option.rect).adjusted(4, 1, -4, -1)
        color = None
        if state & QStyle.StateFlag.State_Selected:
            color = colors.selected
        elif state & QStyle.StateFlag.State_MouseOver:
            color = colors.hover
        painter.setPen(Qt.PenStyle.NoPen)
        if color is not None:
            painter.setBrush(QColor(color))
            painter.drawRoundedRect(rect, 8, 8)
        if index.row() == self.playing_row:
            painter.setBrush(QColor(colors.accent))
            painter.drawRoundedRect(QRectF(rect.left(), rect.top() + 4, 3, rect.height() - 8), 1, 1)

    def _marks(self, line: Line, colors: Colors) -> list[QTextLayout.FormatRange]:
        """Mark where the searched text stands."""
        marks = []
        for start, end in find_all(line.text, self.needle):
            mark = QTextLayout.FormatRange()
            mark.start, mark.length = start, end - start
            form = QTextCharFormat()
            chosen = self.found == (line.id, start)
            form.setBackground(QColor(colors.accent if chosen else colors.mark))
            form.setForeground(QColor(colors.on_accent if chosen else colors.text))
            mark.format = form
            marks.append(mark)
        return marks

    def _text_rect(self, rect: QRect, font: QFont) -> QRect:
        left = _MARGIN_X
        if self.show_times:
            left += QFontMetrics(digits(smaller(font))).horizontalAdvance("0:00:00") + _GAP
        widest = int(MAX_TEXT_WIDTH * max(1.0, font.pointSizeF() / 10.5))
        width = max(80, min(widest, rect.width() - left - _MARGIN_X))
        return QRect(
            rect.left() + left, rect.top() + _PADDING_Y, width, rect.height() - 2 * _PADDING_Y
        )


def _settled(live: LiveText, colors: Colors) -> list[QTextLayout.FormatRange]:
    """Give the words of the live text that stay the colour of finished lines."""
    if not live.n_settled:
        return []
    mark = QTextLayout.FormatRange()
    mark.start, mark.length = 0, live.n_settled
    form = QTextCharFormat()
    form.setForeground(QColor(colors.text))
    mark.format = form
    return [mark]


def _paint_time(
    painter: QPainter, font: QFont, base: QPoint, seconds: float, colors: Colors
) -> None:
    """Paint the time of a line, on the base line of its text."""
    small = digits(smaller(font))
    width = QFontMetrics(small).horizontalAdvance("0:00:00")
    painter.setFont(small)
    painter.setPen(QColor(colors.muted))
    text = words.clock(seconds)
    left = base.x() + _MARGIN_X + width - QFontMetrics(small).horizontalAdvance(text)
    painter.drawText(left, base.y(), text)
