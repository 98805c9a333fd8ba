"""Programs that tests start."""

from __future__ import annotations

import shutil

import pytest


def need(*names: str) -> None:
    """Fail with a sentence where a program is missing: a test that cannot run has not passed."""
    missing = [name for name in names if not shutil.which(name)]
    if missing:
        pytest.fail(
            f"Not installed: {', '.join(missing)}. python3 dev.py test installs what tests need.",
            pytrace=False,
        )
