"""One engine, one process: load, a first pass, warm passes, and the result as JSON.

    python -m models.bench.worker TASK.json RESULT.json

Runs in the environment of its engine, so it imports nothing but the standard library, NumPy and
that engine's module.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from app.engine.machine import peak_memory_bytes
from models.bench.figures import Pass, Result, Task, middle_pass

MODULES = {
    "ours": "models.bench.engines.ours",
    "llama": "models.bench.engines.llama",
    "mtmd": "models.bench.engines.mtmd",
    "official-fp32": "models.bench.engines.official",
    "official-bf16": "models.bench.engines.official",
}


class Engine(Protocol):
    """A loaded model."""

    versions: dict[str, str]

    def run(self, waveform: npt.NDArray[np.float32], n_tokens: int) -> Pass:
        """Recognise float32 [n_samples] at 16 kHz and generate exactly n_tokens tokens."""
        ...


def measure(task: Task) -> Result:
    """Load the engine of a task and run its passes."""
    module = importlib.import_module(MODULES[task.engine])  # imports are not part of load_s
    waveform = np.load(task.waveform_file)
    started = time.perf_counter()
    engine: Engine = module.load(task)
    load_s = time.perf_counter() - started
    first = engine.run(waveform, task.n_tokens)
    warm = [engine.run(waveform, task.n_tokens) for _ in range(task.n_warm_passes)]
    return Result(
        engine=task.engine,
        load_s=load_s,
        first=first,
        warm=middle_pass(warm),
        peak_memory_bytes=peak_memory_bytes(),
        versions=engine.versions,
    )


def main(arguments: list[str]) -> int:
    """Do the task in the first file and write the result to the second."""
    task_file, result_file = (Path(argument) for argument in arguments)
    task = Task(**json.loads(task_file.read_text(encoding="utf-8")))
    result = measure(task)
    result_file.write_text(json.dumps(result.to_json()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
