"""Read the JSON files of a checkpoint, and collect what is wrong with a part of one.

A file flows in, plain values of the expected kind flow out. Whatever is not as it should be is
noted and reported together, so that a person does not mend one entry after another.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeVar

from models.errors import ConfigError, MissingFileError

T = TypeVar("T")


def read_json(path: Path, needed_for: str) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        MissingFileError: there is no such file.
        ConfigError: it is not a JSON object.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as exc:
        raise MissingFileError(path, needed_for) from exc
    except ValueError as exc:
        raise ConfigError(path, [f"not valid JSON ({exc})"]) from exc
    if not isinstance(data, dict):
        raise ConfigError(path, ["not a JSON object"])
    return data


class Section:
    """An object of a JSON file that collects what is wrong instead of stopping at the first entry.

    Args:
        name: how messages call it; "" for the whole file.
        data: the object.

    Attributes:
        problems: one line for each entry that is not as it should be.
    """

    def __init__(self, name: str, data: dict[str, Any]) -> None:
        self.name = name
        self.data = data
        self.problems: list[str] = []

    def size(self, key: str, default: int | None = None) -> int:
        """Return a positive number; without a default it has to be there."""
        value = self.data.get(key)
        if value is None and default is not None:
            return default
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
        self._note(key, value, "a positive number")
        return 1

    def real(self, key: str, default: float | None = None) -> float:
        """Return a positive number that may have a fraction, like ``size``."""
        value = self.data.get(key)
        if value is None and default is not None:
            return default
        if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
            return float(value)
        self._note(key, value, "a positive number")
        return 1.0

    def table(self, key: str) -> dict[str, Any]:
        """Return an object, empty if it is not there."""
        value = self.data.get(key) or {}
        if isinstance(value, dict):
            return value
        self._note(key, value, "an object")
        return {}

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, empty if it is not there."""
        return self._items(key, str, "a list of texts")

    def indices(self, key: str) -> tuple[int, ...]:
        """Return a list of whole numbers, empty if it is not there."""
        return self._items(key, int, "a list of whole numbers")

    def _items(self, key: str, kind: type[T], wanted: str) -> tuple[T, ...]:
        value = self.data.get(key) or []
        if isinstance(value, list) and all(type(item) is kind for item in value):
            return tuple(value)
        self._note(key, value, wanted)
        return ()

    def _note(self, key: str, value: object, wanted: str) -> None:
        place = f"{self.name}.{key}" if self.name else key
        self.problems.append(f"{place} is {value!r}, not {wanted}")
