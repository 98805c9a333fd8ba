"""How high each line of a transcript is, and its text laid out: a little at a time.

    text, width, font -> QTextLayout (kept for what is seen), height (kept for all)

A list wants all heights at once, and a recording of hours has thousands of lines: to shape and wrap
them all takes up to a second. So each pass measures some thousand characters and estimates the
rest from what was measured; the list comes back until nothing is estimated any more.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QTextLayout, QTextOption

CHARS_AT_ONCE = 8_000  # of one pass: some 10 ms; a screen shows a third of it
_CHARS_OF_A_LINE = 20  # what a line costs besides its characters, in characters
_N_LAYOUTS = 200  # several screens
_LEADING = 1.3  # line height: Chinese and Latin text both need air


class LineLayouts:
    """Layouts and heights for one width and one font at a time.

    Args:
        n_spare: heights that are kept beside those of the lines; live text gives a new one with
            each word.

    Attributes:
        has_estimates: this pass has given heights that are not measured.
    """

    def __init__(self, n_spare: int = 5_000) -> None:
        self.has_estimates = False
        self._n_spare = n_spare
        self._width = 80
        self._font = QFont()
        self._layouts: OrderedDict[str, QTextLayout] = OrderedDict()
        self._heights: dict[str, int] = {}
        self._budget = CHARS_AT_ONCE
        self._px, self._chars = 0, 0  # of all that was measured

    def begin(self, width: int, font: QFont, n_texts: int) -> None:
        """Begin a pass for so many texts of this width in pixels and this font."""
        if (width, font.key()) != (self._width, self._font.key()):
            self._width, self._font = width, QFont(font)
            self._px = self._chars = 0
            self._layouts.clear()
            self._heights.clear()
        elif len(self._heights) > n_texts + self._n_spare:
            self._heights.clear()
        self._budget = CHARS_AT_ONCE
        self.has_estimates = False

    def measure(self, texts: Iterable[str]) -> None:
        """Measure texts, whatever that takes; they should be few."""
        for text in texts:
            if text not in self._heights:
                self._measure(text)

    def height(self, text: str) -> int:
        """Give the height of a text in pixels; it is an estimate once a pass has done its share."""
        known = self._heights.get(text)
        if known is not None:
            return known
        if self._budget > 0:
            return self._measure(text)
        self.has_estimates = True
        return max(1, round(len(text) * self._px / max(1, self._chars)))

    def layout(self, text: str) -> QTextLayout:
        """Give a text laid out."""
        layout = self._layouts.get(text)
        if layout is None:
            layout = self._layouts[text] = _lay_out(text, self._width, self._font)
            if len(self._layouts) > _N_LAYOUTS:
                self._layouts.popitem(last=False)
        return layout

    def _measure(self, text: str) -> int:
        height = int(self.layout(text).boundingRect().height())
        n_chars = max(1, len(text))
        self._heights[text] = height
        self._budget -= n_chars + _CHARS_OF_A_LINE
        self._px, self._chars = self._px + height, self._chars + n_chars
        return height


def _lay_out(text: str, width: int, font: QFont) -> QTextLayout:
    layout = QTextLayout(text or " ", font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.setCacheEnabled(True)
    layout.beginLayout()
    height = 0.0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        line.setPosition(QPointF(0, height))
        height += line.height() * _LEADING
    layout.endLayout()
    return layout
