"""Remembers how the test of a device ended, in the user's data folder, until something changes.

    key of a device + facts (card, driver, model, version) -> outcome, or nothing if a fact differs

One small JSON file. What is damaged or cannot be written only costs a test more.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app import paths
from app.engine.outcome import Outcome

_log = logging.getLogger(__name__)
FILE_NAME = "devices.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a test ended.

    Attributes:
        detail: what the device wrote, or why it failed.
    """

    outcome: Outcome
    detail: str = ""


class DeviceMemory:
    """The verdicts of this person's computer.

    Args:
        file: by default in the user's data folder.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file or paths.user_data_folder() / FILE_NAME

    def recall(self, device: str, facts: Mapping[str, str]) -> Verdict | None:
        """Give the verdict on a device; None if there is none that holds.

        Args:
            device: its key.
            facts: those that must be as they were; a part of them asks less.
        """
        record: Any = self._read().get(device)
        try:
            known = record["facts"]
            if any(known.get(name) != value for name, value in facts.items()):
                return None
            return Verdict(outcome=Outcome(record["outcome"]), detail=str(record["detail"]))
        except (TypeError, KeyError, ValueError, AttributeError):
            return None

    def remember(self, device: str, facts: Mapping[str, str], verdict: Verdict) -> None:
        """Keep a verdict."""
        record = {
            "facts": dict(facts),
            "outcome": verdict.outcome.value,
            "detail": verdict.detail,
        }
        self._write({**self._read(), device: record})

    def forget(self, device: str | None = None) -> None:
        """Forget the verdict on one device, or on all: they are tested at their next use."""
        verdicts = self._read()
        kept = {key: record for key, record in verdicts.items() if device not in (None, key)}
        if kept != verdicts:
            self._write(kept)

    def _read(self) -> dict[str, Any]:
        try:
            verdicts = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return verdicts if isinstance(verdicts, dict) else {}

    def _write(self, verdicts: Mapping[str, Any]) -> None:
        part = self._file.with_suffix(f".{os.getpid()}.part")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(verdicts, ensure_ascii=False, indent=1), encoding="utf-8")
            part.replace(self._file)
        except OSError as exc:
            _log.warning("the tests of devices are not remembered: %s", exc)
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
