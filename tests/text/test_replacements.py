"""Replacements: the same every time, each place once, and no rule that can break a text."""

from __future__ import annotations

import pytest

from app.errors import ReplacementError
from app.text.replacements import (
    MAX_RULES,
    Replacer,
    format_replacements,
    parse_replacements,
    replace_all,
)


@pytest.mark.parametrize(
    ("find", "put", "text", "expected"),
    [
        ("a bc", "x", "A  bc and a BC, not abc or a bcd", "x and x, not abc or a bcd"),
        ("cat", "dog", "cat, Cat! concat cats cat's", "dog, dog! concat cats dog's"),
        ("c++", "C++", "I know c++, c++11 too.", "I know C++, C++11 too."),
        (".net", ".NET", "use .net here", "use .NET here"),
        ("松树", "松鼠", "我爱松树软件和大松树", "我爱松鼠软件和大松鼠"),
        ("qwen", "Qwen", "用qwen识别，qwen2不是", "用Qwen识别，qwen2不是"),
        ("서울", "Seoul", "서울에서", "Seoul에서"),
        ('"sql"', "SQL", "mysql sql SQL", "mySQL SQL SQL"),
        ("um", "", "um I think um, so um.", "I think, so."),
        ("嗯", "", "嗯我觉得嗯可以", "我觉得可以"),
        ('"um"', "", "um, an umbrella", ", an brella"),
        ("/colou?r/", "hue", "color colour Color", "hue hue Color"),
        ("/(\\d+) degrees/i", "\\1 °C", "20 Degrees", "20 °C"),
        ("a.b", "x", "a.b acb", "x acb"),
        ("back", "a\\1\\g<0>", "back", "a\\1\\g<0>"),
        ("/", "slash", "a / b", "a slash b"),
    ],
)  # fmt: skip
def test_rule_replaces(find: str, put: str, text: str, expected: str) -> None:
    assert replace_all(text, [(find, put)]) == expected


def test_longest_goes_first_whatever_the_order() -> None:
    pairs = [("new", "old"), ("new york", "NYC"), ("new york city", "the city")]
    assert replace_all("new york city, new york, new", pairs) == "the city, NYC, old"


def test_longest_is_deleted_first_whatever_stands_behind_it() -> None:
    pairs = [("you", ""), ("you know", ""), ("you know what", "")]
    assert replace_all("you know, I hope you know what you say", pairs) == ", I hope say"


def test_what_was_put_is_not_replaced_again() -> None:
    assert replace_all("a b", [("a", "b"), ("b", "a")]) == "b a"


def test_first_of_two_equal_rules_wins() -> None:
    assert replace_all("x", [("x", "1"), ("X", "2")]) == "1"


def test_regular_expressions_work_in_their_place() -> None:
    assert replace_all("one", [("one", "two"), ("/two/", "three"), ("three", "four")]) == "four"
    assert replace_all("one", [("/two/", "three"), ("one", "two")]) == "two"


def test_replacer_is_used_again_and_again() -> None:
    replacer = Replacer([("a", "b")])
    assert [replacer.apply(text) for text in ("a", "", "a a")] == ["b", "", "b b"]
    assert Replacer([]).apply("text") == "text"


@pytest.mark.parametrize(
    ("find", "put", "reason"),
    [
        ("/(/", "", "unterminated"),
        ("/a/", "\\1", "group"),
        ("/a/", "\\g<name>", "group"),
        ("/(a+)+b/", "", "for ever"),
        ("/(?:a*b?)*/i", "", "for ever"),
        ("/a*/", "b", "nothing"),
        ("/(?=a)|b/", "c", None),
        ("  ", "x", "nothing"),
        ("a\nb", "x", "line"),
    ],
)
def test_bad_rule_is_explained(find: str, put: str, reason: str | None) -> None:
    if reason is None:
        assert replace_all("ab", [(find, put)])
        return
    with pytest.raises(ReplacementError, match=reason) as caught:
        Replacer([(find, put)])
    assert caught.value.rule == find


def test_too_many_rules_are_refused() -> None:
    with pytest.raises(ReplacementError, match="2000"):
        Replacer([(str(i), "") for i in range(MAX_RULES + 1)])


def test_many_rules_fit() -> None:
    finds = [(f"word{i}", f"松{i}松", f'"=w{i}"', f"um{i}")[i % 4] for i in range(MAX_RULES)]
    replacer = Replacer([(find, "" if "um" in find else f"<{find}>") for find in finds])
    text = "Word0 word4 wordy um3 x=w2s 松1松 word1996 word1 um1999."
    assert replacer.apply(text) == '<word0> <word4> wordy x<"=w2">s <松1松> <word1996> word1.'


def test_list_is_parsed() -> None:
    text = "\ufeff# names\n\nsong shu -> Songshu\r\n /a->b/ => c\num ->\n松树 → 松鼠\nx\ty z\n"
    assert parse_replacements(text) == (
        ("song shu", "Songshu"), ("/a->b/", "c"), ("um", ""), ("松树", "松鼠"), ("x", "y z"),
    )  # fmt: skip


@pytest.mark.parametrize("bad", ["no arrow", "-> b", "/(/ -> x"])
def test_bad_line_is_named(bad: str) -> None:
    with pytest.raises(ReplacementError, match="line 2") as caught:
        parse_replacements(f"a -> b\n{bad}")
    assert caught.value.line == 2


def test_list_round_trips() -> None:
    pairs = (("a", "b"), ("um", ""), ("/(x) -> y/", "\\1"), ('"Q -> R"', "松鼠"))
    assert parse_replacements(format_replacements(pairs)) == pairs
