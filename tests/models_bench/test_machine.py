from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from app.engine.machine import parse_high_water, peak_memory_bytes
from models.bench.machine import cpu_name, describe_machine
from models.bench.schedule import ROOT

CPUINFO = "processor\t: 0\nmodel name\t: Test CPU 9000\nflags\t\t: fpu avx2 sse avx512f\n"


def test_cpu_name_names_the_instruction_sets_that_matter(tmp_path: Path) -> None:
    file = tmp_path / "cpuinfo"
    file.write_text(CPUINFO, encoding="utf-8")
    assert cpu_name(file) == "Test CPU 9000 (avx2 avx512f)"


def test_cpu_name_without_proc(tmp_path: Path) -> None:
    assert cpu_name(tmp_path / "none")


def test_describe_machine() -> None:
    machine = describe_machine()
    assert machine.n_cores >= 1
    assert machine.memory_bytes > 1 << 20
    assert "=" in machine.llama_features
    assert 0 <= machine.busy_cores <= os.cpu_count()


def test_parse_high_water() -> None:
    assert parse_high_water("Name:\tx\nVmHWM:\t  123 kB\nVmRSS:\t 7 kB\n") == 123 * 1024


def test_peak_memory_begins_anew_in_a_new_process() -> None:
    """getrusage would give the child the peak of its parent, who holds this block."""
    block = np.ones(256 << 20, dtype=np.uint8)
    code = "from app.engine.machine import peak_memory_bytes as p; print(p())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=ROOT)
    assert 1 << 20 < int(done.stdout) < len(block) <= peak_memory_bytes()
