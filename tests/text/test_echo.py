"""Echo: what the model only repeats goes, what people say stays."""

from __future__ import annotations

import pytest

from app.text.context import build_context
from app.text.echo import is_echo

WORDS = ("Songshu", "Qwen3-ASR", "骨质疏松症", "New York", "llama.cpp")
CONTEXT = "A weekly meeting of the squirrel project about speech recognition in Berlin."


@pytest.mark.parametrize(
    "text",
    [
        "Songshu, Qwen3-ASR, 骨质疏松症, New York, llama.cpp",
        "Songshu Qwen3-ASR 骨质疏松症 New York llama.cpp.",
        "songshu、qwen3 asr、骨质疏松症。",
        "Qwen3-ASR, 骨质疏松症, New York",
        "llama.cpp, Songshu, New York, Qwen3-ASR",
        "Technical terms: Songshu, Qwen3-ASR, 骨质疏松症, New York, llama.cpp",
        "Technical terms: Songshu.",
        "Technical terms:",
        "Technical terms: Songshu, Qwen3-ASR, 骨质疏",
        "Technical terms: Songshu, Qwen3-A",
        "Songshu, Songshu, Songshu, Songshu, Songshu",
        CONTEXT,
        CONTEXT.upper().rstrip("."),
        build_context(CONTEXT, WORDS),
        "in Berlin. Technical terms: Songshu",
    ],
)
def test_echoes_are_found(text: str) -> None:
    assert is_echo(text, CONTEXT, WORDS)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " … ",
        "Songshu.",
        "Songshu, Songshu!",
        "New York, Songshu",
        "We use Songshu, Qwen3-ASR and llama.cpp in New York.",
        "Songshu, Qwen3-ASR and New York.",
        "患者有骨质疏松症。",
        "The technical terms are Songshu and llama.cpp.",
        "Technical terms: entropy, enthalpy.",
        "Please write down the technical terms: Songshu.",
        "A weekly meeting.",
        "a weekly meeting of the squirrel project",
        "Hello everybody.",
    ],
)
def test_speech_stays(text: str) -> None:
    assert not is_echo(text, CONTEXT, WORDS)


def test_nothing_told_means_nothing_echoed() -> None:
    assert not is_echo("Technical terms: Songshu", "", ())
    assert not is_echo("Songshu, Songshu, Songshu, Songshu", "", ())


def test_one_hot_word_that_is_said_stays() -> None:
    assert not is_echo("Songshu!", "", ("Songshu",))
    assert is_echo("Songshu Songshu Songshu Songshu", "", ("Songshu",))


def test_two_hot_words_are_an_echo_only_together() -> None:
    assert is_echo("Songshu, llama.cpp", "", ("Songshu", "llama.cpp"))
    assert not is_echo("Songshu and llama.cpp", "", ("Songshu", "llama.cpp"))


def test_short_context_that_is_said_stays() -> None:
    assert not is_echo("Team meeting in Berlin", "Team meeting in Berlin", ())
    assert not is_echo("今天开会", "今天开会", ())


def test_chinese_context_is_found() -> None:
    context = "关于明年预算的周会，参加者来自柏林。"
    assert is_echo("关于明年预算的周会，参加者来自柏林", context, ())
    assert not is_echo("关于明年预算的周会", context, ())
    assert not is_echo("我们谈谈关于明年预算的周会，参加者来自柏林。", context, ())
