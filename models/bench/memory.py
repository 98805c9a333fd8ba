"""Peak memory of this process, counted from its own start.

On Linux ``getrusage`` will not do: the kernel lets a new program inherit the peak of the process
that started it, and the benchmark that starts the engines has read whole checkpoints. The high
water mark in /proc begins anew.
"""

from __future__ import annotations

import re
from pathlib import Path

from app.engine.machine import peak_memory_bytes as peak_from_system

_STATUS = Path("/proc/self/status")


def peak_memory_bytes() -> int:
    """Give the most resident memory that this process has held, in bytes."""
    if _STATUS.is_file():
        return parse_high_water(_STATUS.read_text(encoding="utf-8"))
    return peak_from_system()


def parse_high_water(status: str) -> int:
    """Read the line ``VmHWM: 1234 kB`` of /proc/self/status, in bytes."""
    match = re.search(r"^VmHWM:\s*(\d+) kB$", status, re.MULTILINE)
    assert match is not None, "every Linux since 2.6 writes VmHWM"
    return int(match[1]) * 1024
