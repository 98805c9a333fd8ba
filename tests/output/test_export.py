"""Export: documents from both sources, files that are whole, and names of the template."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.cli.main import FORMATS as CLI_FORMATS
from app.errors import NameTemplateError, OutputWriteError
from app.output.document import Document
from app.output.export import FORMATS, TEXT_FORMATS, export, render, render_text
from app.output.writers import WRITERS
from tests.output.documents import CREATED_AT, document, line
from tests.output.samples import segment, transcript

ONE = document(line("Hello.", 0, 1))


@dataclass(frozen=True)
class StoredLine:
    """As the store has it, edits included."""

    text: str
    start_s: float = 1.5
    end_s: float = 3.0
    language: str = "Chinese"
    id: int = 7
    original_text: str = "before"


def test_document_of_a_transcript() -> None:
    made = Document.from_transcript(
        transcript(segment("Hello.", 0, 2), segment("", 2, 3)), "/a/talk.wav", created_at=CREATED_AT
    )
    assert (made.title, made.source, made.model) == ("talk", "/a/talk.wav", "tiny")
    assert (made.language, made.duration_s, made.created_at) == ("English", 3, CREATED_AT)
    assert [item.text for item in made.lines] == ["Hello."]


def test_document_of_edited_lines() -> None:
    made = Document.from_lines(
        [StoredLine("改过。"), StoredLine(" \n"), StoredLine("也改过。")],
        title="t", source="s", duration_s=9,
    )  # fmt: skip
    assert made.text == "改过。也改过。"
    assert (made.lines[0].start_s, made.lines[0].language) == (1.5, "Chinese")
    assert len(made.lines) == 2


@pytest.mark.parametrize("fmt", FORMATS)
def test_export_writes_what_render_returns(tmp_path: Path, fmt: str) -> None:
    path = export(ONE, fmt, tmp_path / "new")
    assert path == tmp_path / "new" / f"Meeting.{fmt}"
    if fmt in TEXT_FORMATS:
        assert path.read_bytes() == render(ONE, fmt) == render_text(ONE, fmt).encode()
    assert [item.name for item in path.parent.iterdir()] == [path.name]


def test_export_numbers_names_that_exist(tmp_path: Path) -> None:
    names = [export(ONE, "txt", tmp_path, template="a {date}").name for _ in range(2)]
    assert names == ["a 2026-11-25.txt", "a 2026-11-25 (2).txt"]
    assert export(ONE, "txt", tmp_path, template="a {date}", overwrite=True).name == names[0]


def test_export_of_the_longest_name_can_be_numbered(tmp_path: Path) -> None:
    long = document(line("Hello.", 0, 1), title="会议👨‍👩‍👧‍👦" * 100)
    names = [export(long, "docx", tmp_path).name for _ in range(2)]
    assert names[1] == f"{names[0].removesuffix('.docx')} (2).docx"


def test_export_into_a_file_fails(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputWriteError, match=r"Meeting\.md"):
        export(ONE, "md", tmp_path / "file")


def test_export_with_a_wrong_template_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(NameTemplateError, match="speaker"):
        export(ONE, "md", tmp_path / "new", template="{speaker}")
    assert not (tmp_path / "new").exists()


def test_command_line_has_every_format() -> None:
    assert set(CLI_FORMATS) == set(FORMATS) == set(WRITERS)


def test_word_library_is_loaded_only_for_word_files() -> None:
    code = (
        "import sys; from app.output.export import render\n"
        "from app.output.document import Document\n"
        "made = Document(title='t', source='s', language='', duration_s=1, created_at=None,"
        " model='', lines=())\n"
        "render(made, 'html'); print('docx' in sys.modules or 'lxml' in sys.modules)\n"
        "render(made, 'docx'); print('docx' in sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.split() == ["False", "True"]
