"""Every error says what happened and what to do, keeps its facts, and is drawn in the tree."""

from __future__ import annotations

import inspect
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from app import errors


def own_classes() -> list[type[Exception]]:
    return [
        item
        for _, item in inspect.getmembers(errors, inspect.isclass)
        if issubclass(item, errors.SongshuError)
    ]


def test_tree_draws_every_class() -> None:
    assert errors.__doc__ is not None
    for item in own_classes():
        assert item.__name__ in errors.__doc__, f"{item.__name__} is not in the drawing"


def test_every_class_has_a_docstring() -> None:
    assert [item.__name__ for item in own_classes() if not item.__doc__] == []


def test_pack_not_found_lists_where_it_looked() -> None:
    error = errors.PackNotFoundError(Path("x"), [Path("/a"), Path("/b")])
    assert str(Path("/a")) in str(error)
    assert str(Path("/b")) in str(error)


def test_language_error_lists_what_is_known() -> None:
    error = errors.LanguageError("Klingon", ["English", "German"])
    assert error.language == "Klingon"
    assert "English, German" in str(error)


def test_context_too_long_says_both_numbers() -> None:
    message = str(errors.ContextTooLongError(12000, 10000))
    assert "12000" in message
    assert "10000" in message


def test_every_class_of_every_family_is_given_by_the_package() -> None:
    families = [import_module(f"app.errors.{item.name}") for item in iter_modules(errors.__path__)]
    written = {
        name
        for family in families
        for name, item in inspect.getmembers(family, inspect.isclass)
        if item.__module__ == family.__name__
    }
    assert len(families) > 5
    assert written == set(errors.__all__)
