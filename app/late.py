"""A package that is loaded when it is first used, by whichever thread that is."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any


class Late:
    """Stands for a package.

    Args:
        load: imports it, in its own code, so that PyInstaller sees what is imported.
    """

    def __init__(self, load: Callable[[], ModuleType]) -> None:
        self._load = load

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._load(), name)
        setattr(self, name, found)  # nothing can be imported any more when Python ends
        return found
