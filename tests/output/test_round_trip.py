"""Every format, read back by a reader that is not ours and shares no code with the writer."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from html.parser import HTMLParser

import pysubs2
import pytest
import webvtt
from docx2python import docx2python
from lxml import etree
from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.output.export import FORMATS, render
from app.output.labels import Labels
from app.output.options import ExportOptions
from tests.output.documents import CREATED_AT, TRICKY, document, line, tricky
from tests.output.samples import CHINESE, ENGLISH

TEXTS = list(TRICKY)
TIMED = ExportOptions(times=True)
MULTILINE = document(line("First line.\n\n  Second line.\r\nThird.", 1, 2))
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


# --- subtitles


def srt_events(content: bytes) -> list[pysubs2.SSAEvent]:
    return list(pysubs2.SSAFile.from_string(content.decode(), format_="srt"))


def srt_text(event: pysubs2.SSAEvent) -> str:
    """Undo the two things SubRip cannot say: an arrow, and what would be a tag."""
    assert not re.search(r"</?[a-z]|\{\\", event.text)
    text = event.text.replace("\\N", "\n")
    return text.replace("\u2060", "").replace("→", "-->")


def test_srt_round_trip() -> None:
    events = srt_events(render(tricky(), "srt"))
    assert [(e.start, e.end) for e in events] == [
        (600_000 * i, 600_000 * i + 5500) for i in range(len(TEXTS))
    ]
    assert [srt_text(event).replace("\n", " ") for event in events] == TEXTS


def test_srt_tags_are_shown_and_not_obeyed() -> None:
    (event,) = srt_events(render(document(line("<i>x</i> {\\b1}{y:i}", 0, 2)), "srt"))
    assert event.text == "<\u2060i>x<\u2060/i> {\u2060\\b1}{\u2060y:i}"


def test_vtt_round_trip() -> None:
    captions = list(webvtt.from_buffer(io.BytesIO(render(tricky(), "vtt"))))
    assert [(c.start_in_seconds, c.end_in_seconds) for c in captions] == [
        (600 * i, 600 * i + 5) for i in range(len(TEXTS))
    ]
    assert captions[9].start == "01:30:00.000"
    shown = [etree.fromstring(f"<c>{c.raw_text}</c>".encode()) for c in captions]  # unescapes
    assert [str(item.text).replace("\n", " ") for item in shown] == TEXTS
    assert all(len(item) == 0 for item in shown)


@pytest.mark.parametrize("text", [ENGLISH, CHINESE])
def test_subtitles_of_long_lines_agree_and_lose_nothing(text: str) -> None:
    long = document(line(text, 3590, 3620))
    srt = srt_events(render(long, "srt"))
    vtt = list(webvtt.from_buffer(io.BytesIO(render(long, "vtt"))))
    assert [e.plaintext for e in srt] == [c.text for c in vtt]
    joined = "".join(event.plaintext for event in srt)
    assert re.sub(r"\s", "", joined) == re.sub(r"\s", "", text)
    assert (srt[0].start, srt[-1].end) == (3_590_000, 3_620_000)


# --- markdown


def inline_text(token: Token) -> str:
    """Give what an inline token shows; fail on anything but text, code and line breaks."""
    shown = ""
    for child in token.children or []:
        assert child.type in ("text", "text_special", "code_inline", "hardbreak"), child.type
        shown += "\n" if child.type == "hardbreak" else child.content
    return shown


def markdown_blocks(content: bytes) -> list[tuple[str, str]]:
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(content.decode())
    return [
        (tokens[index - 1].type, inline_text(token))
        for index, token in enumerate(tokens)
        if token.type == "inline"
    ]


def test_md_round_trip() -> None:
    blocks = markdown_blocks(render(tricky(), "md", ExportOptions(facts=False)))
    assert blocks == [("paragraph_open", text) for text in TEXTS]


def test_md_has_times_and_facts() -> None:
    blocks = markdown_blocks(render(tricky(), "md", TIMED))
    assert blocks[0] == ("heading_open", 'A "<title>" & more # 标题')
    facts = [text for _, text in blocks[1:6]]
    assert facts[0] == "Source: a & b <c>.m4a"
    assert facts[1].startswith("Language: Chinese (中文), English, Arabic (العربية)")
    assert facts[2:] == ["Length: 02:30:05", "Model: starter", "Date: 2026-11-25 14:30"]
    assert blocks[6:] == [
        ("paragraph_open", f"{i // 6:02}:{i % 6}0:00 {text}") for i, text in enumerate(TEXTS)
    ]


LABELLED = ExportOptions(
    labels=Labels(
        code="zh",
        source="来源<1>",
        language="语言",
        length="时长",
        colon="：",
        comma="、",
        languages={"Chinese": "中文", "Arabic": "阿拉伯语"},
    )
)


def test_md_has_its_labels_in_the_readers_language() -> None:
    blocks = markdown_blocks(render(tricky(), "md", LABELLED))
    facts = [text for _, text in blocks[1:6]]
    assert facts[0] == "来源<1>：a & b <c>.m4a"
    assert facts[1].startswith("语言：中文、English、阿拉伯语 (العربية)")
    assert facts[2:4] == ["时长：02:30:05", "Model：starter"]


def test_md_keeps_lines_within_a_line() -> None:
    (block,) = markdown_blocks(render(MULTILINE, "md", ExportOptions(facts=False)))
    assert block == ("paragraph_open", "First line.\nSecond line.\nThird.")


# --- html


class Page(HTMLParser):
    """Collects the text and the attributes of every element, and fails on scripts."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.texts: dict[str, list[str]] = {}
        self.attributes: dict[str, list[dict[str, str | None]]] = {}
        self._open: list[str] = []
        self.feed(content.decode())
        self.close()
        assert self._open == [], "an element is not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in {
            "html", "head", "meta", "title", "style", "body", "header", "h1", "dl", "dt", "dd",
            "main", "p", "time", "br",
        }  # fmt: skip
        self.attributes.setdefault(tag, []).append(dict(attrs))
        if tag == "br":
            self.texts[self._open[-1]][-1] += "\n"
        elif tag != "meta":
            self._open.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and data.strip():
            self.texts[self._open[-1]][-1] += data.strip("\n")


def test_html_round_trip() -> None:
    page = Page(render(tricky(), "html", TIMED))
    assert page.texts["p"] == TEXTS
    assert page.texts["time"] == [f"{i // 6:02}:{i % 6}0:00" for i in range(len(TEXTS))]
    assert page.attributes["time"][1] == {"datetime": "PT600S"}
    assert page.texts["title"] == page.texts["h1"] == ['A "<title>" & more # 标题']
    assert page.texts["dd"][0] == "a & b <c>.m4a"


def test_html_has_its_labels_in_the_readers_language() -> None:
    page = Page(render(tricky(), "html", LABELLED))
    assert page.texts["dt"][:3] == ["来源<1>", "语言", "时长"]
    assert page.texts["dd"][1].startswith("中文、English、")
    assert page.attributes["dl"] == [{"lang": "zh"}]


def test_html_says_languages_and_directions() -> None:
    page = Page(render(tricky(), "html"))
    assert page.attributes["html"] == [{"lang": "zh"}]
    assert [item["lang"] for item in page.attributes["p"][:3]] == ["zh", "en", "ar"]
    assert {item["dir"] for item in page.attributes["p"]} == {"auto"}


def test_html_is_self_contained_and_follows_the_system() -> None:
    content = render(tricky(), "html").decode()
    assert "http://" not in content
    assert "https://" not in content
    assert "default-src 'none'" in content
    assert "prefers-color-scheme: dark" in content


def test_html_keeps_lines_within_a_line() -> None:
    assert Page(render(MULTILINE, "html")).texts["p"] == ["First line.\nSecond line.\nThird."]


# --- csv and json


def rows(content: bytes, encoding: str = "utf-8-sig") -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(encoding), newline="")))


def test_csv_round_trip() -> None:
    header, *body = rows(render(tricky(), "csv", ExportOptions(times=True, csv_safe=False)))
    assert header == ["start", "end", "language", "text"]
    assert [row[3] for row in body] == TEXTS
    assert body[7][:3] == ["01:10:00.000", "01:10:05.500", "English"]


def test_csv_without_times_has_no_columns_for_them() -> None:
    assert rows(render(tricky(), "csv"))[:2] == [["language", "text"], ["Chinese", TEXTS[0]]]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "＝1+1", "\t=1", "\n=1", "-"]
)
def test_csv_cells_are_never_formulas(text: str) -> None:
    cell = rows(render(document(line(text, 0, 1)), "csv"))[1][1]
    assert cell == f"'{text}"


def test_csv_keeps_lines_within_a_cell() -> None:
    assert rows(render(MULTILINE, "csv"))[1][1] == "First line.\n\n  Second line.\nThird."


def test_csv_byte_order_mark_is_a_choice() -> None:
    assert render(tricky(), "csv").startswith(b"\xef\xbb\xbf")
    assert render(tricky(), "csv", ExportOptions(csv_bom=False)).startswith(b"language")


def test_json_round_trip() -> None:
    content = render(tricky(), "json")
    facts = json.loads(content)
    assert [item["text"] for item in facts["segments"]] == TEXTS
    assert facts["segments"][9] == {
        "start_s": 5400, "end_s": 5405.5, "text": "2026", "language": "English",
    }  # fmt: skip
    assert facts["title"], facts["file"] == ('A "<title>" & more # 标题', "a & b <c>.m4a")
    assert (facts["pack"], facts["created_at"]) == ("starter", CREATED_AT.isoformat())
    assert content.count(b"\n") == 1


# --- docx


def docx_paragraphs(content: bytes) -> list[str]:
    with docx2python(io.BytesIO(content), html=False) as read:
        return [text for text in read.text.split("\n\n") if text.strip()]


def test_docx_round_trip() -> None:
    content = render(tricky(), "docx", ExportOptions(facts=False))
    assert docx_paragraphs(content) == TEXTS


def test_docx_has_times_and_facts() -> None:
    paragraphs = docx_paragraphs(render(tricky(), "docx", TIMED))
    assert paragraphs[0] == 'A "<title>" & more # 标题'
    assert "Source: a & b <c>.m4a" in paragraphs[1]
    assert paragraphs[6:] == [f"{i // 6:02}:{i % 6}0:00\t{text}" for i, text in enumerate(TEXTS)]


def test_docx_has_its_labels_in_the_readers_language() -> None:
    paragraphs = docx_paragraphs(render(tricky(), "docx", LABELLED))
    assert paragraphs[1] == "来源<1>：a & b <c>.m4a"
    assert paragraphs[3] == "时长：02:30:05"


def docx_part(content: bytes, name: str) -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return etree.fromstring(archive.read(name))


def test_docx_says_languages_and_directions() -> None:
    body = docx_part(render(tricky(), "docx", ExportOptions(facts=False)), "word/document.xml")
    chinese, english, arabic = list(body.iter(f"{WORD}p"))[:3]
    languages = [p.find(f".//{WORD}lang").attrib for p in (chinese, english, arabic)]
    assert languages == [{f"{WORD}eastAsia": "zh"}, {f"{WORD}val": "en"}, {f"{WORD}bidi": "ar"}]
    assert arabic.find(f"{WORD}pPr/{WORD}bidi") is not None
    assert arabic.find(f".//{WORD}rPr/{WORD}rtl") is not None
    assert english.find(f".//{WORD}rtl") is None


def test_docx_keeps_lines_within_a_paragraph() -> None:
    body = docx_part(render(MULTILINE, "docx", ExportOptions(facts=False)), "word/document.xml")
    (paragraph,) = body.iter(f"{WORD}p")
    assert len(paragraph.findall(f".//{WORD}br")) == 2


def test_docx_says_nothing_of_its_template() -> None:
    properties = etree.tostring(docx_part(render(tricky(), "docx"), "docProps/core.xml")).decode()
    assert "python-docx" not in properties
    assert "2026-11-25T14:30:05Z" in properties


# --- txt, and all of them


def test_txt_round_trip() -> None:
    assert render(tricky(), "txt", TIMED).decode().splitlines() == [
        f"[{i // 6:02}:{i % 6}0:00] {text}" for i, text in enumerate(TEXTS)
    ]
    assert render(document(line("One.", 0, 1), line("Two.", 1, 2)), "txt") == b"One. Two.\n"
    assert render(MULTILINE, "txt", TIMED) == b"[00:00:01] First line. Second line. Third.\n"


@pytest.mark.parametrize("fmt", FORMATS)
def test_no_lines_give_a_valid_file(fmt: str) -> None:
    content = render(document(), fmt, ExportOptions(facts=False, csv_bom=False))
    if fmt == "docx":
        assert docx_paragraphs(content) == []
    elif fmt == "html":
        assert "p" not in Page(content).texts
    elif fmt == "json":
        assert json.loads(content)["segments"] == []
    else:
        expected = {"vtt": b"WEBVTT\n\n", "csv": b"language,text\r\n"}
        assert content == expected.get(fmt, b"")


@pytest.mark.parametrize("fmt", FORMATS)
def test_control_characters_break_nothing(fmt: str) -> None:
    hostile = document(line("a\x00b\x0bc\x1bd\ufffee\udcfff", 0, 1), title="t\x00\x07")
    content = render(hostile, fmt, TIMED)
    if fmt == "docx":
        assert docx_paragraphs(content)[-1].startswith("00:00:00\ta")
    elif fmt == "json":
        assert json.loads(content)["segments"][0]["text"].startswith("a\x00b")
    elif fmt != "txt":
        text = content.decode()
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe]", text)
