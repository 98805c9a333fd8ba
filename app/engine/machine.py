"""What this computer offers, and what this process has taken of it: cores and memory."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import psutil

_STATUS = Path("/proc/self/status")


def default_threads() -> int:
    """Give the physical cores that this process may use.

    Both runtimes are bound by arithmetic, so a second thread on the same core only costs; in a
    container the process may be allowed fewer cores than the machine has.
    """
    physical = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else physical
    return max(1, min(physical, allowed))


def has_memory_for(n_bytes: float) -> bool:
    """Say whether so much memory is free, or can be freed without writing anything to disk."""
    return bool(psutil.virtual_memory().available >= n_bytes)


def peak_memory_bytes() -> int:
    """Give the most memory that this process has held at once (resident set), in bytes.

    On Linux ``getrusage`` will not do: the kernel lets a new program inherit the peak of the
    process that started it. The high water mark in /proc begins anew.
    """
    if _STATUS.is_file():
        return parse_high_water(_STATUS.read_text(encoding="utf-8"))
    if sys.platform == "win32":
        return int(psutil.Process().memory_info().peak_wset)
    import resource

    return int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)  # in bytes on macOS


def parse_high_water(status: str) -> int:
    """Read the line ``VmHWM: 1234 kB`` of /proc/self/status, in bytes."""
    match = re.search(r"^VmHWM:\s*(\d+) kB$", status, re.MULTILINE)
    assert match is not None, "every Linux since 2.6 writes VmHWM"
    return int(match[1]) * 1024
