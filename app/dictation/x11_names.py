"""Our names of keys as keysym names: of X11, and of the portal's triggers."""

from __future__ import annotations

from app.dictation.chord import SIGNS

_SIGN_NAMES = "minus equal bracketleft bracketright semicolon apostrophe grave comma period slash"
KEYSYMS = {
    "Space": "space",
    "Esc": "Escape",
    "Backspace": "BackSpace",
    "PageUp": "Prior",
    "PageDown": "Next",
    "ScrollLock": "Scroll_Lock",
    **dict(zip(SIGNS, [*_SIGN_NAMES.split(), "backslash"], strict=True)),
}
