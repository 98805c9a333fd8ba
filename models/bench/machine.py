"""What the measurement ran on: processor, cores, memory, system, and how busy it was."""

from __future__ import annotations

import os
import platform
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from app.engine.llama import system_info

WATCH_S = 1.0  # how long the processors are watched before the measurement
BUSY_CORES = 0.2  # cores in use by others: above it figures are not comparable


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Facts about the computer.

    Attributes:
        busy_cores: how many cores others kept busy in the second before. Not the load average,
            which remembers for minutes what has ended.
        llama_features: what llama.cpp was compiled with.
    """

    cpu: str
    n_cores: int
    memory_bytes: int
    system: str
    python: str
    busy_cores: float
    llama_features: str

    @property
    def is_busy(self) -> bool:
        """Whether something else was running."""
        return self.busy_cores > BUSY_CORES

    def to_json(self) -> dict[str, object]:
        """Give a JSON object."""
        return asdict(self)


def describe_machine() -> Machine:
    """Look at this computer, for a second."""
    return Machine(
        cpu=cpu_name(),
        n_cores=psutil.cpu_count(logical=False) or os.cpu_count() or 1,
        memory_bytes=psutil.virtual_memory().total,
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        python=platform.python_version(),
        busy_cores=psutil.cpu_percent(WATCH_S) / 100 * (psutil.cpu_count() or 1),
        llama_features=system_info(),
    )


def cpu_name(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """Give the processor's name, with what matters of its instruction sets on Linux."""
    if not cpuinfo.is_file():
        return platform.processor() or platform.machine()
    facts: dict[str, str] = {}
    for line in cpuinfo.read_text(encoding="utf-8").splitlines():
        name, colon, value = line.partition(":")
        if colon:
            facts[name.strip()] = value.strip()
    wanted = ("avx2", "avx_vnni", "avx512f", "avx512_vnni", "avx512_bf16", "amx_int8", "asimddp")
    flags = (facts.get("flags") or facts.get("Features") or "").split()
    features = " ".join(flag for flag in wanted if flag in flags)
    processor = facts.get("model name", platform.machine())
    return f"{processor} ({features})" if features else processor
