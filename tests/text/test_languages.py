"""Languages: the ones of the model, with codes and names."""

from __future__ import annotations

import pytest

from app.text.languages import LANGUAGES, find_language, language_code
from models.manifest import QWEN_LANGUAGES


def test_table_has_the_languages_of_the_model() -> None:
    assert tuple(language.name for language in LANGUAGES) == QWEN_LANGUAGES


def test_codes_and_native_names_are_unique() -> None:
    assert len({language.code for language in LANGUAGES}) == len(LANGUAGES) == 30
    assert len({language.native for language in LANGUAGES}) == 30
    assert all(2 <= len(language.code) <= 3 for language in LANGUAGES)


def test_right_to_left() -> None:
    assert [item.name for item in LANGUAGES if item.right_to_left] == ["Arabic", "Persian"]


@pytest.mark.parametrize(
    ("names", "code"),
    [("Chinese", "zh"), ("Cantonese", "yue"), ("English,Chinese", "en"), (" German ", "de"),
     ("", "und"), ("Klingon", "und"), ("english", "und")],
)  # fmt: skip
def test_code_of_the_first_language(names: str, code: str) -> None:
    assert language_code(names) == code


def test_unknown_language_is_none() -> None:
    assert find_language("Klingon") is None
    japanese = find_language("Japanese")
    assert japanese is not None
    assert japanese.native == "日本語"
