"""Who runs when, and one process per engine and round.

The order turns round after every round (A B C, C B A, A B C): what heats the machine or fills its
caches falls on all alike. Thread counts go into the environment as well, for the runtimes read it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from models.bench.errors import EnvironmentMissingError, WorkerFailedError
from models.bench.figures import Result, Task

ROOT = Path(__file__).resolve().parent.parent.parent
OFFICIAL_PYTHON = (
    ROOT / ".venv-official" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
)
ENGINES: dict[str, tuple[str, ...]] = {  # what --against names -> engines
    "ours": ("ours", "llama"),
    "mtmd": ("mtmd",),
    "official": ("official-fp32", "official-bf16"),
}
LAST_LINES = 15  # of a failed process, for the message


def engines_for(against: Sequence[str]) -> tuple[str, ...]:
    """Name the engines of a measurement: ours, llama.cpp alone, then what was asked for."""
    return tuple(engine for group in ("ours", *against) for engine in ENGINES[group])


def alternate(engines: Sequence[str], n_rounds: int) -> Iterator[tuple[int, str]]:
    """Yield (round, engine); every second round goes backwards."""
    for index in range(n_rounds):
        for engine in engines if index % 2 == 0 else reversed(engines):
            yield index, engine


def python_for(engine: str) -> Path:
    """Give the interpreter that has an engine's runtime.

    Raises:
        EnvironmentMissingError: it has not been set up.
    """
    python = OFFICIAL_PYTHON if engine.startswith("official") else Path(sys.executable)
    if not python.is_file():
        raise EnvironmentMissingError(engine, python)
    return python


def run_task(task: Task) -> Result:
    """Run a task in a process of its own.

    Raises:
        EnvironmentMissingError: the engine's environment has not been set up.
        WorkerFailedError: the process ended without a result.
    """
    python = python_for(task.engine)
    with tempfile.TemporaryDirectory(prefix="songshu-bench-") as folder:
        task_file, result_file = Path(folder) / "task.json", Path(folder) / "result.json"
        task_file.write_text(json.dumps(asdict(task)), encoding="utf-8")
        command = [str(python), "-m", "models.bench.worker", str(task_file), str(result_file)]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=environment(task.n_threads),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
        )
        if done.returncode != 0:
            last = "\n".join(done.stderr.splitlines()[-LAST_LINES:])
            raise WorkerFailedError(task.engine, done.returncode, last)
        return Result.from_json(json.loads(result_file.read_text(encoding="utf-8")))


def environment(n_threads: int) -> dict[str, str]:
    """Give the environment of a worker: our own, with the number of threads for every runtime.

    OMP_WAIT_POLICY is taken out: "passive" makes llama.cpp's generation take 1.7 times as long.
    """
    kept = {key: value for key, value in os.environ.items() if key != "OMP_WAIT_POLICY"}
    names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    return kept | dict.fromkeys(names, str(n_threads)) | {"TOKENIZERS_PARALLELISM": "false"}
