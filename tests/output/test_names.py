"""Names: filled from the template, and taken by Linux, macOS and Windows."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from app.errors import NameTemplateError
from app.output.document import Document
from app.output.names import FIELDS, check_template, file_name, safe_name

TALK = Document(
    title="Talk", source="talk.wav", language="Chinese,English", duration_s=1,
    created_at=datetime(2026, 11, 25, 9, 5), model="starter", lines=(),
)  # fmt: skip
FAMILY = "👨‍👩‍👧‍👦"


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("{name}", "Talk.txt"),
        ("{date} {time} {name} ({language}, {model})", "2026-11-25 09-05 Talk (zh, starter).txt"),
        ("{name}.{ext}", "Talk.txt"),
        ("{{{name}}}", "{Talk}.txt"),
        ("notes", "notes.txt"),
        ("{ext}-{name}", "txt-Talk.txt"),
        ("", "transcript.txt"),
    ],
)
def test_template_is_filled(template: str, name: str) -> None:
    assert file_name(template, TALK, "txt") == name


@pytest.mark.parametrize(
    ("title", "name"), [("talk.wav", "talk.txt"), ("v1.5", "v1.5.txt"), ("", "talk.txt")]
)
def test_title_that_is_the_file_name_loses_its_ending(title: str, name: str) -> None:
    assert file_name("{name}", replace(TALK, title=title), "txt") == name


@pytest.mark.parametrize(
    "template", ["{speaker}", "{}", "{0}", "{name.real}", "{name!r}", "{name:>99}", "{name", "}"]
)
def test_wrong_template_is_explained(template: str) -> None:
    with pytest.raises(NameTemplateError) as caught:
        check_template(template)
    assert template in str(caught.value)
    assert "{name}, {date}" in str(caught.value)
    assert caught.value.fields == FIELDS


def test_document_without_facts_still_has_a_name() -> None:
    bare = Document(
        title="", source="", language="", duration_s=0, created_at=None, model="", lines=()
    )
    assert file_name("{name} {language} {model}", bare, "md") == "transcript und model.md"
    assert file_name("{date}", bare, "md").startswith("20")


@pytest.mark.parametrize(
    ("stem", "safe"),
    [
        ('a<b>c:d"e/f\\g|h?i*j', "a_b_c_d_e_f_g_h_i_j"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("name. . .", "name"),
        ("  spaces \t and\nlines ", "spaces and lines"),
        ("CON", "CON_"), ("con.backup", "con_.backup"), ("Nul ", "Nul_"), ("COM¹", "COM¹_"),
        ("lpt9.a.b", "lpt9_.a.b"), ("CONSOLE", "CONSOLE"), ("COM10", "COM10"),
        ("", "transcript"), ("...", "transcript"), ("\x00\x1f", "transcript"),
        ("gpj\u202eexe", "gpjexe"),
        ("e\u0301", "é"),
        ("会议 🎙", "会议 🎙"),
        ("a\udcffb", "ab"),
    ],
)  # fmt: skip
def test_name_is_safe_everywhere(stem: str, safe: str) -> None:
    assert safe_name(stem, "txt") == f"{safe}.txt"


@pytest.mark.parametrize("text", ["a", "é", "会", "🎙", FAMILY, "नि", "👋🏽"])
@pytest.mark.parametrize("shift", range(5))
def test_name_is_never_too_long(text: str, shift: int) -> None:
    name = safe_name("x" * shift + text * 300, "docx")
    stem = name.removesuffix(".docx")
    assert len(name.encode()) <= 255 - len(" (9999)")
    assert stem == stem.rstrip(". ")
    assert set(stem.removeprefix("x" * shift).split(text)) <= {""}, "cut inside a character"


def test_long_name_keeps_its_length() -> None:
    assert len(safe_name("会" * 300, "txt").encode()) > 240
