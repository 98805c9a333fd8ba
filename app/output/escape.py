"""Make text harmless for each format, so that what was said can never be taken for markup.

Each function takes what people said and returns what a format shows as exactly that. Nothing is
lost but control characters, which no format can show and XML forbids.
"""

from __future__ import annotations

import re

WORD_JOINER = "\u2060"  # invisible, has no width, and makes a tag no tag
# Not allowed in XML 1.0, or of no meaning in a text; tab, newline and return stay.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_SRT_TAG = re.compile(r"<(?=/?\s*[A-Za-z])|\{(?=\\|[A-Za-z]:)")  # HTML, ASS and MicroDVD
_MD_INLINE = re.compile(r"[\\`*_\[\]<>&~|$]")
_MD_LINE_START = re.compile(r"^([#+\-=:])|^(\d{1,9})([.)])(?=\s|$)")
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")


def printable(text: str) -> str:
    """Drop control characters, and let every line end with "\\n"."""
    text = _CONTROLS.sub("", _LINE_ENDS.sub("\n", text))
    return _SURROGATES.sub("\ufffd", text)


def text_lines(text: str) -> list[str]:
    """Return the lines of a text that hold something, without space around them."""
    return [line.strip() for line in printable(text).split("\n") if line.strip()]


def clock(time_s: float, decimal: str) -> str:
    """Return hours:minutes:seconds and milliseconds as subtitles write them."""
    ms = round(max(0.0, time_s) * 1000)
    return (
        f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}{decimal}{ms % 1000:03}"
    )


def short_clock(time_s: float) -> str:
    """Return hours:minutes:seconds, for people; a part of a second is cut off."""
    return clock(time_s, ".")[:-4]


def escape_srt(text: str) -> str:
    """Keep a line of a cue from being read as a tag or as the time of the next cue.

    SubRip has no escapes, so an arrow becomes "→", and an invisible word joiner parts what would be
    a tag: players then show it instead of obeying it.
    """
    return _SRT_TAG.sub(rf"\g<0>{WORD_JOINER}", text.replace("-->", "→"))


def escape_vtt(text: str) -> str:
    """Escape what WebVTT would take for markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escape_markdown(line: str) -> str:
    """Escape what CommonMark would take for markup in one line of a paragraph."""
    escaped = _MD_INLINE.sub(r"\\\g<0>", line.strip())
    return _MD_LINE_START.sub(
        lambda match: f"\\{match[1]}" if match[1] else f"{match[2]}\\{match[3]}", escaped
    )


def safe_cell(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula."""
    return f"'{text}" if _FORMULA.match(text) else text
