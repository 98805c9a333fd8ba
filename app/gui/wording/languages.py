"""Names of the languages that Qwen3-ASR knows, in the language of the window."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate  # by this name lupdate finds what stands in it


def language_name(canonical: str) -> str:
    """Give the name of a language for people; one that we do not know stays as it is."""
    names = {
        "Chinese": translate("languages", "Chinese"),
        "English": translate("languages", "English"),
        "Cantonese": translate("languages", "Cantonese"),
        "Arabic": translate("languages", "Arabic"),
        "German": translate("languages", "German"),
        "French": translate("languages", "French"),
        "Spanish": translate("languages", "Spanish"),
        "Portuguese": translate("languages", "Portuguese"),
        "Indonesian": translate("languages", "Indonesian"),
        "Italian": translate("languages", "Italian"),
        "Korean": translate("languages", "Korean"),
        "Russian": translate("languages", "Russian"),
        "Thai": translate("languages", "Thai"),
        "Vietnamese": translate("languages", "Vietnamese"),
        "Japanese": translate("languages", "Japanese"),
        "Turkish": translate("languages", "Turkish"),
        "Hindi": translate("languages", "Hindi"),
        "Malay": translate("languages", "Malay"),
        "Dutch": translate("languages", "Dutch"),
        "Swedish": translate("languages", "Swedish"),
        "Danish": translate("languages", "Danish"),
        "Finnish": translate("languages", "Finnish"),
        "Polish": translate("languages", "Polish"),
        "Czech": translate("languages", "Czech"),
        "Filipino": translate("languages", "Filipino"),
        "Persian": translate("languages", "Persian"),
        "Greek": translate("languages", "Greek"),
        "Hungarian": translate("languages", "Hungarian"),
        "Macedonian": translate("languages", "Macedonian"),
        "Romanian": translate("languages", "Romanian"),
    }
    return names.get(canonical, canonical)


def language_names(joined: str) -> str:
    """Give the names of several languages, which the engine joins with commas."""
    return ", ".join(language_name(name.strip()) for name in joined.split(",") if name.strip())


def favourites_first(languages: Sequence[str], favourites: Sequence[str]) -> list[str]:
    """Put a person's favourites before the others."""
    first = [name for name in favourites if name in languages]
    return first + [name for name in languages if name not in first]
