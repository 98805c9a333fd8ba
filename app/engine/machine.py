"""What this computer offers: cores and memory."""

from __future__ import annotations

import os
import sys

import psutil


def default_threads() -> int:
    """Give the physical cores that this process may use.

    Both runtimes are bound by arithmetic, so a second thread on the same core only costs; in a
    container the process may be allowed fewer cores than the machine has.
    """
    physical = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else physical
    return max(1, min(physical, allowed))


def peak_memory_bytes() -> int:
    """Give the most memory that this process has held at once (resident set), in bytes."""
    if sys.platform == "win32":
        return int(psutil.Process().memory_info().peak_wset)
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak if sys.platform == "darwin" else peak * 1024)  # bytes on macOS, else KiB
