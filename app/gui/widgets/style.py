"""How the window looks: one set of colours for light, one for dark, and the style sheet of both.

Widgets that paint themselves ask ``colors_of(widget)``, which tells light from dark by the palette
of the application; a widget's own will not do: a style sheet that makes a ground transparent
changes it. Sizes follow an 8-pixel grid; text sizes are relative to the system's font.

The accent is the russet of a squirrel (松鼠). All text colours have a contrast of at least 4.5 on
all grounds they are used on; a test computes it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from string import Template

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

_RESOURCES = Path(__file__).parent.parent / "resources"
GRID = 8  # px
TEXT_SCALES = {"S": 0.9, "M": 1.0, "L": 1.25}
_SIZES = {"heading_size": 1.4, "page_title_size": 1.15, "small_size": 0.88}  # of the text
_BASE_POINTS = 10.5  # for systems whose default is smaller than people read with ease


@dataclass(frozen=True, slots=True, kw_only=True)
class Colors:
    """Colours by what they are for, as "#rrggbb"."""

    window: str
    side: str
    surface: str
    hover: str
    selected: str
    mark: str
    border: str
    text: str
    muted: str
    accent: str
    accent_hover: str
    on_accent: str
    danger: str
    success: str
    toast: str
    on_toast: str
    toast_link: str


LIGHT = Colors(
    window="#faf9f7",
    side="#f1efeb",
    surface="#ffffff",
    hover="#e9e6e0",
    selected="#f3e2d6",
    mark="#ffe38f",
    border="#dcd8d0",
    text="#24211d",
    muted="#67625a",
    accent="#a84b14",
    accent_hover="#8f3f10",
    on_accent="#ffffff",
    danger="#b3261e",
    success="#2c6e3f",
    toast="#2f2b27",
    on_toast="#f5f1ec",
    toast_link="#f2a56c",
)
DARK = Colors(
    window="#1e1c1a",
    side="#181614",
    surface="#272421",
    hover="#322e2a",
    selected="#46301f",
    mark="#665016",
    border="#3d3934",
    text="#ece7e1",
    muted="#aaa298",
    accent="#ef9a5d",
    accent_hover="#f6b283",
    on_accent="#23150a",
    danger="#ff8a80",
    success="#86c997",
    toast="#3a3632",
    on_toast="#f5f1ec",
    toast_link="#f2a56c",
)


def is_dark(palette: QPalette) -> bool:
    """Whether a palette is a dark one."""
    return palette.color(QPalette.ColorRole.Window).lightness() < 128


def colors_of(widget: QWidget) -> Colors:
    """Give the colours for a widget that paints itself."""
    return DARK if is_dark(QApplication.palette()) else LIGHT


def apply_style(app: QApplication, *, dark: bool, text_size: str = "M") -> None:
    """Give the whole application our colours and a text size.

    Args:
        app: the application; its style becomes Fusion, which looks the same everywhere.
        dark: light or dark.
        text_size: "S", "M" or "L".
    """
    colors = DARK if dark else LIGHT
    app.setStyle("Fusion")
    font = _font(text_size)
    app.setFont(font)
    app.setPalette(make_palette(colors))
    arrow = _RESOURCES / f"arrow-{'dark' if dark else 'light'}.svg"
    sizes = {name: f"{font.pointSizeF() * factor:.2f}pt" for name, factor in _SIZES.items()}
    app.setStyleSheet(_SHEET.substitute(asdict(colors), **sizes, arrow=arrow.as_posix()))


def system_is_dark(app: QApplication) -> bool:
    """Whether the system asks for dark; where it does not say, light."""
    return app.styleHints().colorScheme() == Qt.ColorScheme.Dark


def make_palette(colors: Colors) -> QPalette:
    """Turn our colours into a palette, for whatever the style sheet does not reach."""
    role = QPalette.ColorRole
    palette = QPalette(QColor(colors.surface), QColor(colors.window))
    for name, value in (
        (role.Window, colors.window),
        (role.WindowText, colors.text),
        (role.Base, colors.surface),
        (role.AlternateBase, colors.side),
        (role.Text, colors.text),
        (role.PlaceholderText, colors.muted),
        (role.Button, colors.surface),
        (role.ButtonText, colors.text),
        (role.ToolTipBase, colors.toast),
        (role.ToolTipText, colors.on_toast),
        (role.Highlight, colors.accent),
        (role.HighlightedText, colors.on_accent),
        (role.Accent, colors.accent),
        (role.Link, colors.accent),
        (role.BrightText, colors.danger),
        (role.Mid, colors.border),
        (role.Light, colors.surface),
        (role.Dark, colors.border),
    ):
        palette.setColor(name, QColor(value))
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(colors.muted))
    return palette


def smaller(font: QFont, factor: float = 0.88) -> QFont:
    """Return a smaller copy of a font, for secondary text."""
    return _scaled(font, factor)


def larger(font: QFont, factor: float = 1.5) -> QFont:
    """Return a larger copy of a font, for titles."""
    return _scaled(font, factor)


def digits(font: QFont) -> QFont:
    """Return a copy of a font whose digits are equally wide, for times that change."""
    copy = QFont(font)
    copy.setFeature(QFont.Tag("tnum"), 1)
    return copy


def _scaled(font: QFont, factor: float) -> QFont:
    copy = QFont(font)
    copy.setPointSizeF(font.pointSizeF() * factor)
    return copy


def _font(text_size: str) -> QFont:
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    points = max(_BASE_POINTS, font.pointSizeF())
    font.setPointSizeF(points * TEXT_SCALES[text_size])
    return font


_SHEET = Template(
    """
QMainWindow, QDialog { background: $window; }
QToolTip { background: $toast; color: $on_toast; border: none; padding: 4px 8px; }
QWidget#sidebar { background: $side; border-right: 1px solid $border; }
QWidget#sidebar QListView { background: transparent; }
QListView { background: transparent; border: none; outline: none; }
QListView:focus { border: none; }
QLabel#title { font-weight: 600; }
QLabel#muted { color: $muted; }
QLabel#warning { color: $danger; }
QLabel#heading { font-weight: 600; font-size: $heading_size; }
QLabel#pageTitle { font-weight: 600; font-size: $page_title_size; }
QLabel#small { color: $muted; font-size: $small_size; }
QWidget#toolbar { background: $window; border-bottom: 1px solid $border; }
QWidget#findBar { background: $side; border-bottom: 1px solid $border; }
QStatusBar { background: $side; color: $muted; border-top: 1px solid $border; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: $muted; padding: 0 8px; }

QPushButton, QToolButton {
    background: $surface; color: $text; border: 1px solid $border; border-radius: 8px;
    padding: 6px 14px; min-height: 20px;
}
QToolButton { padding: 6px 10px; }
QPushButton:hover, QToolButton:hover { background: $hover; }
QPushButton:pressed, QToolButton:pressed, QToolButton:checked { background: $selected; }
QPushButton:focus, QToolButton:focus { border: 2px solid $accent; padding: 5px 13px; }
QToolButton:focus { padding: 5px 9px; }
QPushButton:disabled, QToolButton:disabled { color: $muted; background: $window; }
QPushButton#primary { background: $accent; color: $on_accent; border-color: $accent;
    font-weight: 600; }
QPushButton#primary:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton#primary:focus { border: 2px solid $text; }
QPushButton#primary:disabled { background: $hover; color: $muted; border-color: $border; }
QPushButton#link { background: transparent; border: none; color: $accent; padding: 6px 8px; }
QPushButton#link:hover { text-decoration: underline; }
QPushButton#link:focus { border: 2px solid $accent; padding: 4px 6px; }
QToolButton#flat, QPushButton#flat { background: transparent; border: 1px solid transparent; }
QPushButton#flat { text-align: left; }
QToolButton#flat:hover, QPushButton#flat:hover { background: $hover; }
QToolButton#flat:focus, QPushButton#flat:focus { border: 2px solid $accent; }
QToolButton#flat:checked { background: $selected; }
QToolButton::menu-indicator { image: none; width: 0; }

QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox {
    background: $surface; color: $text; border: 1px solid $border; border-radius: 8px;
    padding: 5px 10px; selection-background-color: $accent; selection-color: $on_accent;
    placeholder-text-color: $muted;
}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus {
    border: 2px solid $accent; padding: 4px 9px;
}
QLineEdit QToolButton, QLineEdit QToolButton:hover, QLineEdit QToolButton:focus {
    background: transparent; border: none; padding: 0; min-height: 0; margin: 0;
}
QComboBox { background: $surface; color: $text; border: 1px solid $border; border-radius: 8px;
    padding: 5px 10px; min-height: 20px; }
QComboBox:hover { background: $hover; }
QComboBox:focus { border: 2px solid $accent; padding: 4px 9px; }
QComboBox::drop-down { border: none; width: 28px; }
QComboBox::down-arrow { image: url("$arrow"); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $surface; color: $text; border: 1px solid $border;
    selection-background-color: $selected; selection-color: $text; outline: none; }
QMenu { background: $surface; color: $text; border: 1px solid $border; padding: 6px; }
QMenu::item { padding: 6px 28px 6px 14px; border-radius: 6px; }
QMenu::item:selected { background: $selected; }
QMenu::item:disabled { color: $muted; }
QMenu::separator { height: 1px; background: $border; margin: 6px 8px; }
QMenu::icon { padding-left: 8px; }

QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar::handle:vertical { background: $border; border-radius: 4px; min-height: 32px;
    margin: 2px; }
QScrollBar::handle:vertical:hover { background: $muted; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle:horizontal { background: $border; border-radius: 4px; min-width: 32px;
    margin: 2px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: $border; }

QFrame#toast { background: $toast; border-radius: 10px; }
QFrame#toast QLabel { color: $on_toast; background: transparent; }
QFrame#toast QPushButton { background: transparent; border: none; color: $toast_link;
    font-weight: 600; padding: 6px 10px; }
QFrame#toast QPushButton:hover { text-decoration: underline; }
QFrame#toast QPushButton:focus { border: 2px solid $toast_link; padding: 4px 8px; }
QFrame#errorPanel { background: $surface; border: 1px solid $danger; border-radius: 10px; }
QFrame#errorPanel QLabel { background: transparent; }
QProgressBar { background: $hover; border: none; border-radius: 3px; max-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
"""
)
