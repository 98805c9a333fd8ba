"""Spoken commands: "new line", "new paragraph", "full stop", 换行, 新段落, 句号.

    "Hello new line how are you full stop" -> "Hello\\nhow are you."

The recogniser writes what it hears, with its own commas and stops around it; those that belong to
the command go with it. A phrase that is part of a sentence ("a new line of shoes", "came to a full
stop", 标一个句号) stays. Off unless the person wants it: no rule can be right every time.
"""

from __future__ import annotations

import re

LINE, PARAGRAPH = "\n", "\n\n"
_PAUSE = ",;，、；"  # of the recogniser before a command; goes
_STOP = ".。"  # after a command; goes
# Words after which the phrase is a noun, and what follows a noun.
_NOUN_BEFORE = (
    r"(?<!\ba )(?<!\ban )(?<!\bthe )(?<!\bthis )(?<!\bthat )(?<!\bany )(?<!\beach )(?<!\bevery )"
    r"(?<!\bno )(?<!\bmy )(?<!\bour )(?<!\byour )(?<!\bhis )(?<!\bher )(?<!\btheir )"
    r"(?<!\banother )(?<!\bwhole )(?<!\bentire )(?<!'s )(?<!’s )"
)
_NOUN_AFTER = r"(?!\s+(?:of|in|for|at|character)\b)(?!['’-]\w)"
_CHINESE_NOUN_BEFORE = "(?<![个的条这那])"


def _english(phrase: str) -> str:
    words = phrase.replace(" ", r"\s+")
    return rf"{_NOUN_BEFORE}\b{words}\b{_NOUN_AFTER}"


def _chinese(*phrases: str) -> str:
    return f"{_CHINESE_NOUN_BEFORE}(?:{'|'.join(phrases)})(?![符键的])"


_BREAKS = tuple(
    (re.compile(rf"[ \t{_PAUSE}]*(?:{pattern})[ \t{_PAUSE}{_STOP}]*", re.IGNORECASE), put)
    for pattern, put in (
        (f"{_english('new paragraph')}|{_chinese('新段落', '另起一段', '换段')}", PARAGRAPH),
        (f"{_english('new line')}|{_english('newline')}|{_chinese('换行', '另起一行')}", LINE),
    )
)
_FULL_STOP = re.compile(
    rf"[ \t{_PAUSE}{_STOP}]*{_english('full stop')}[{_PAUSE}{_STOP}]*(\s*)(\w?)", re.IGNORECASE
)
_JUHAO = re.compile(rf"[ \t{_PAUSE}{_STOP}]*{_chinese('句号')}[ \t{_PAUSE}{_STOP}]*")


def apply_commands(text: str) -> str:
    """Put into practice what was spoken as a command.

    Args:
        text: one utterance, as recognised.

    Returns:
        The text; it may begin or end with line breaks, or be nothing but a sign.
    """
    for pattern, put in _BREAKS:
        text = pattern.sub(put, text)
    text = _JUHAO.sub("。", text)
    return _FULL_STOP.sub(_write_stop, text)


def _write_stop(found: re.Match[str]) -> str:
    space, first = found.groups()
    return "." + space + first.upper()
