"""Spaces between utterances, and spoken commands, in English and Chinese."""

from __future__ import annotations

import pytest

from app.dictation.rules import Ending, after_last, between
from app.dictation.spoken import apply_commands


@pytest.mark.parametrize(
    ("before", "after", "put"),
    [
        ("", "Hello", ""),
        ("Hello", "", ""),
        ("Hello.", "How", " "),
        ("你好。", "再见", ""),
        ("你好", "Songshu", ""),
        ("Songshu", "你好", ""),
        ("Hello", ", and", ""),
        ("Hello", "。", ""),
        ("(", "see", ""),
        ("Hello\n", "How", ""),
        ("Hello", "\nHow", ""),
        ("안녕하세요.", "반갑습니다", " "),
        ("สวัสดี", "ครับ", ""),
        ("สวัสดี่", "ครับ", ""),  # ends with a mark
        ("𠮷", "野", ""),
        ("Привет.", "Как", " "),
        ("42", "is", " "),
    ],
)
def test_between(before: str, after: str, put: str) -> None:
    assert between(before, after) == put


@pytest.mark.parametrize(
    ("text", "ending", "put"),
    [
        ("Hello.", Ending.SPACE, " "),
        ("你好。", Ending.SPACE, ""),
        ("Hello\n", Ending.SPACE, ""),
        ("Hello.", Ending.NOTHING, ""),
        ("Hello.", Ending.LINE, "\n"),
        ("Hello.\n", Ending.LINE, ""),
        ("", Ending.LINE, ""),
    ],
)
def test_after_last(text: str, ending: Ending, put: str) -> None:
    assert after_last(text, ending) == put


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("hello new line how are you", "hello\nhow are you"),
        ("Hello. New line. How are you?", "Hello.\nHow are you?"),
        ("Hello, new line, how are you?", "Hello\nhow are you?"),
        ("Hello newline.", "Hello\n"),
        ("New line.", "\n"),
        ("One. New paragraph. Two.", "One.\n\nTwo."),
        ("One NEW PARAGRAPH two", "One\n\ntwo"),
        ("I am here full stop", "I am here."),
        ("I am here, full stop. and you", "I am here. And you"),
        ("I am here. Full stop.", "I am here."),
        ("we sell a new line of shoes", "we sell a new line of shoes"),
        ("The new line is good.", "The new line is good."),
        ("new lines are good", "new lines are good"),
        ("it came to a full stop", "it came to a full stop"),
        ("a new paragraph", "a new paragraph"),
        ("你好换行再见", "你好\n再见"),
        ("你好，换行，再见。", "你好\n再见。"),
        ("第一段。另起一段。第二段", "第一段。\n\n第二段"),
        ("新段落你好", "\n\n你好"),
        ("我来了句号", "我来了。"),
        ("我来了，句号。", "我来了。"),
        ("这是一个句号", "这是一个句号"),
        ("输入换行符", "输入换行符"),
        ("", ""),
        ("nothing special", "nothing special"),
    ],
)
def test_apply_commands(heard: str, written: str) -> None:
    assert apply_commands(heard) == written
