"""The style sheet of lists and tables inside settings and export.

It names colours by their role in the palette, so it is set once and follows the theme by itself.
"""

from __future__ import annotations

SHEET = """
QListWidget#names { background: transparent; border: none; outline: none; }
QListWidget#names::item { padding: 9px 12px; margin: 1px 0; border-radius: 8px;
    color: palette(text); border: 2px solid transparent; }
QListWidget#names::item:hover { background: palette(window); }
QListWidget#names::item:selected { background: palette(base); color: palette(text);
    border: 2px solid palette(mid); }
QListWidget#names::item:selected:focus { border: 2px solid palette(highlight); }
QListWidget#boxed, QTableWidget { background: palette(base); color: palette(text);
    border: 1px solid palette(mid); border-radius: 8px; padding: 4px; outline: none; }
QListWidget#boxed:focus, QTableWidget:focus { border: 2px solid palette(highlight); padding: 3px; }
QListWidget#boxed::item { padding: 4px 8px; border-radius: 6px; }
QListWidget#boxed::item:selected, QTableWidget::item:selected {
    background: palette(alternate-base); color: palette(text); }
QTableWidget::item { padding: 4px 8px; }
QTableWidget QLineEdit { border: none; border-radius: 0; padding: 0 6px;
    background: palette(base); }
QHeaderView { background: transparent; }
QHeaderView::section { background: transparent; color: palette(placeholder-text); border: none;
    border-bottom: 1px solid palette(mid); padding: 4px 8px; }
"""
