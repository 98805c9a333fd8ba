"""File names: a template with fields in, a name out that every system takes.

A name made here can be written on Linux, macOS and Windows alike, since files travel: no character
that one of them forbids, none of the names that Windows keeps for devices, no dot or space at the
end, and short enough in bytes also in Chinese, with room for the " (2)" of ``files``.
"""

from __future__ import annotations

import re
import string
import unicodedata
from datetime import datetime
from pathlib import Path

from app.errors import NameTemplateError
from app.output.document import Document
from app.text.languages import find_language

DEFAULT_TEMPLATE = "{name}"
FIELDS = ("name", "date", "time", "language", "model", "ext")
MAX_NAME_BYTES = 255  # of one name: ext4, APFS; NTFS counts UTF-16 units, which are never more
NUMBER_BYTES = len(" (9999)")  # what ``files`` may add
FALLBACK = "transcript"
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
# Controls, and the marks that turn the direction of text: "gpj.exe" must not look like "exe.jpg".
_INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_DEVICES = re.compile(r"(CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(COM|LPT)[0-9¹²³])(?=\s*(\.|$))", re.I)
_JOINER = "\u200d"  # glues emoji together


def file_name(template: str, document: Document, extension: str) -> str:
    """Return the name that a document gets.

    Args:
        template: may hold {name} {date} {time} {language} {model} {ext}; "{{" is a brace. Without
            {ext} the extension is put at the end.
        extension: without its dot.

    Raises:
        NameTemplateError: it holds an unknown field, or its braces do not match.
    """
    values = _field_values(document, extension)
    filled = _fill(template, values)
    return safe_name(filled.removesuffix(f".{extension}"), extension)


def check_template(template: str) -> None:
    """Find out whether a template can be used, as it is typed.

    Raises:
        NameTemplateError: it cannot.
    """
    _fill(template, dict.fromkeys(FIELDS, ""))


def safe_name(stem: str, extension: str) -> str:
    """Return ``stem.extension`` as every system takes it."""
    stem = _INVISIBLE.sub("", " ".join(stem.split()))
    stem = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", stem)).strip(". ")
    stem = _DEVICES.sub(r"\1_", stem) if _DEVICES.match(stem) else stem
    room = MAX_NAME_BYTES - NUMBER_BYTES - len(f".{extension}".encode())
    return f"{_shorten(stem, room) or FALLBACK}.{extension}"


def _fill(template: str, values: dict[str, str]) -> str:
    try:
        pieces = list(string.Formatter().parse(template))
    except ValueError as exc:
        raise NameTemplateError(template, "its braces do not match", FIELDS) from exc
    filled = ""
    for literal, field, specification, conversion in pieces:
        filled += literal
        if field is None:
            continue
        if field not in values or specification or conversion:
            wrong = f"{field}{'!' + conversion if conversion else ''}" + (
                f":{specification}" if specification else ""
            )
            raise NameTemplateError(template, f"there is no {{{wrong}}}", FIELDS)
        filled += values[field]
    return filled


def _field_values(document: Document, extension: str) -> dict[str, str]:
    created = document.created_at or datetime.now().astimezone()
    local = created.astimezone() if created.tzinfo else created
    language = find_language(document.language)
    return {
        "name": _title(document) or FALLBACK,
        "date": local.strftime("%Y-%m-%d"),
        "time": local.strftime("%H-%M"),  # a colon is not allowed in names
        "language": language.code if language else "und",
        "model": document.model or "model",
        "ext": extension,
    }


def _title(document: Document) -> str:
    """Return the title; of one that is just the recording's file name, what stands before .wav."""
    source = Path(document.source)
    return source.stem if document.title in ("", source.name) else document.title


def _shorten(stem: str, n_bytes: int) -> str:
    """Cut a stem to so many bytes of UTF-8, never between a letter and its marks."""
    if len(stem.encode()) <= n_bytes:
        return stem
    end = len(stem.encode()[:n_bytes].decode("utf-8", "ignore"))
    while end and (_belongs_to_the_left(stem[end]) or stem[end - 1] == _JOINER):
        end -= 1
    return stem[:end].rstrip(". ")


def _belongs_to_the_left(character: str) -> bool:
    is_skin_tone = "\U0001f3fb" <= character <= "\U0001f3ff"
    is_mark = unicodedata.category(character) in ("Mn", "Mc", "Me")
    return is_mark or is_skin_tone or character == _JOINER
