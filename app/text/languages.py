"""The 30 languages of Qwen3-ASR: name in manifests, ISO code, name in the language itself.

The engine and the store know a language by its canonical English name ("Chinese"); web pages, Word
files and people need the code ("zh") and the name that its speakers read ("中文"). A transcript in
several languages has their names joined by commas.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """One language.

    Attributes:
        name: canonical English name, as in manifests.
        code: ISO 639-1, or 639-3 where there is no shorter one; valid as a BCP 47 tag.
        native: its name in the language itself.
        right_to_left: how it is written.
    """

    name: str
    code: str
    native: str
    right_to_left: bool = False


LANGUAGES: tuple[Language, ...] = (  # in the order of the official package
    Language("Chinese", "zh", "中文"),
    Language("English", "en", "English"),
    Language("Cantonese", "yue", "粵語"),
    Language("Arabic", "ar", "العربية", right_to_left=True),
    Language("German", "de", "Deutsch"),
    Language("French", "fr", "Français"),
    Language("Spanish", "es", "Español"),
    Language("Portuguese", "pt", "Português"),
    Language("Indonesian", "id", "Bahasa Indonesia"),
    Language("Italian", "it", "Italiano"),
    Language("Korean", "ko", "한국어"),
    Language("Russian", "ru", "Русский"),
    Language("Thai", "th", "ไทย"),
    Language("Vietnamese", "vi", "Tiếng Việt"),
    Language("Japanese", "ja", "日本語"),
    Language("Turkish", "tr", "Türkçe"),
    Language("Hindi", "hi", "हिन्दी"),
    Language("Malay", "ms", "Bahasa Melayu"),
    Language("Dutch", "nl", "Nederlands"),
    Language("Swedish", "sv", "Svenska"),
    Language("Danish", "da", "Dansk"),
    Language("Finnish", "fi", "Suomi"),
    Language("Polish", "pl", "Polski"),
    Language("Czech", "cs", "Čeština"),
    Language("Filipino", "fil", "Filipino"),
    Language("Persian", "fa", "فارسی", right_to_left=True),
    Language("Greek", "el", "Ελληνικά"),
    Language("Romanian", "ro", "Română"),
    Language("Hungarian", "hu", "Magyar"),
    Language("Macedonian", "mk", "Македонски"),
)
_BY_NAME = {language.name: language for language in LANGUAGES}
UNKNOWN_CODE = "und"  # BCP 47: undetermined


def find_language(names: str) -> Language | None:
    """Return the first language that is named; None if it is unknown or nothing is named.

    Args:
        names: one canonical name, or several joined by commas.
    """
    return _BY_NAME.get(names.split(",")[0].strip())


def language_code(names: str) -> str:
    """Return the code of the first language that is named, "und" if it is not known."""
    language = find_language(names)
    return language.code if language else UNKNOWN_CODE
