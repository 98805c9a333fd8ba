"""Write spoken numbers in digits: "三百五十万" becomes "350万", "twenty-three" becomes "23".

In: the text of one line and its language. Out: the text with those numbers in digits that a person
would write so. Chinese, Cantonese and English only; other texts come back as they are. It is a
choice of the user, off by default: what was said is never certain to be meant as a number, so a
doubtful one stays in words.
"""

from __future__ import annotations

from app.text.chinese_numbers import digits_in_chinese
from app.text.english_numbers import digits_in_english

LANGUAGES = frozenset({"Chinese", "Cantonese", "English"})


def normalize_numbers(text: str, language: str) -> str:
    """Return the text with its spoken numbers in digits.

    Args:
        text: one line.
        language: its canonical name; of several joined by commas the first counts.
    """
    name = language.split(",")[0].strip()
    if name in ("Chinese", "Cantonese"):
        return digits_in_chinese(text)
    return digits_in_english(text) if name == "English" else text
