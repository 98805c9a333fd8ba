from __future__ import annotations

from pathlib import Path

import pytest

from models.bench import schedule
from models.bench.errors import EnvironmentMissingError, WorkerFailedError
from models.bench.figures import Task
from models.bench.schedule import alternate, engines_for, environment, python_for, run_task


def test_engines_for_always_has_ours_and_llama_alone() -> None:
    assert engines_for([]) == ("ours", "llama")
    assert engines_for(["mtmd", "official"]) == (
        "ours", "llama", "mtmd", "official-fp32", "official-bf16",
    )  # fmt: skip


def test_alternate_turns_round_every_round() -> None:
    assert list(alternate(["a", "b", "c"], 3)) == [
        (0, "a"), (0, "b"), (0, "c"),
        (1, "c"), (1, "b"), (1, "a"),
        (2, "a"), (2, "b"), (2, "c"),
    ]  # fmt: skip


def test_environment_sets_threads_and_drops_wait_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_WAIT_POLICY", "passive")
    monkeypatch.setenv("SONGSHU_TEST", "kept")
    found = environment(2)
    assert "OMP_WAIT_POLICY" not in found
    assert found["OMP_NUM_THREADS"] == found["MKL_NUM_THREADS"] == "2"
    assert found["SONGSHU_TEST"] == "kept"


def test_python_for_official_without_its_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(schedule, "OFFICIAL_PYTHON", tmp_path / "python")
    with pytest.raises(EnvironmentMissingError, match=r"dev\.py bench") as caught:
        python_for("official-bf16")
    assert caught.value.python == tmp_path / "python"


def test_run_task_that_fails_gives_its_last_words(tmp_path: Path) -> None:
    task = Task(
        engine="ours", waveform_file=str(tmp_path / "none.npy"), pack="p", n_tokens=1, n_threads=1
    )
    with pytest.raises(WorkerFailedError, match="FileNotFoundError") as caught:
        run_task(task)
    assert (caught.value.engine, caught.value.exit_code) == ("ours", 1)


def test_worker_failed_error_names_the_signal() -> None:
    assert "SIGSEGV" in str(WorkerFailedError("mtmd", -11, ""))
