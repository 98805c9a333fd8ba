"""The recipe of the two models as one command: its steps exist, run in order, and only once."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from models.starter import recipe

MODULES = Path(recipe.__file__).parent


@pytest.mark.parametrize("model", ["starter", "tiny"])
def test_every_step_is_a_module_that_knows_its_options(model: str) -> None:
    for group in recipe.steps(model, "10:00"):
        for step in group:
            text = (MODULES / f"{step.module}.py").read_text(encoding="utf-8")
            assert "def main()" in text, step
            options = [item for item in step.arguments if item.startswith("--")]
            assert all(f'"{option}"' in text for option in options), step


def test_steps_are_those_of_the_readme() -> None:
    text = (MODULES / "README.md").read_text(encoding="utf-8")
    for model in recipe.FOLDERS:
        for group in recipe.steps(model, "10:00"):
            assert all(f"-m models.starter.{step.module}" in text for step in group)
    for voice, hours in recipe.HOURS_OF_SPEECH.items():
        assert f"{voice}:{hours}" in text


@pytest.fixture
def train(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SONGSHU_TRAIN", str(tmp_path))
    monkeypatch.setattr(recipe, "ENVIRONMENTS", dict.fromkeys(recipe.ENVIRONMENTS, tmp_path / "py"))
    python = tmp_path / "py"
    python.write_text(
        f"#!{sys.executable}\n"
        "import pathlib, sys\n"
        f"with open({str(tmp_path / 'ran')!r}, 'a') as log:\n"
        "    print(sys.argv[2].split('.')[-1], file=log)\n"
        f"sys.exit(3 if pathlib.Path({str(tmp_path)!r}, 'fail-' + sys.argv[2]).exists() else 0)\n"
    )
    python.chmod(0o755)
    return tmp_path


def ran(train: Path) -> list[str]:
    return (train / "ran").read_text().split()


def test_all_steps_run_in_order_and_what_is_made_is_left_out(train: Path) -> None:
    (train / "text").mkdir()
    (train / "text" / "train.txt").touch()
    assert recipe.run("tiny", "10:00") == 0
    assert ran(train) == ["tokenizer", "tiny_speech", "train_tiny", "export_checkpoints"]


def test_a_step_that_fails_ends_the_recipe(train: Path) -> None:
    (train / "fail-models.starter.features").touch()
    assert recipe.run("starter", "10:00") == 3
    assert ran(train)[-2:] == ["features", "features"]


def test_what_is_missing_is_told_before_anything_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = dict.fromkeys(recipe.ENVIRONMENTS, tmp_path / "nowhere")
    monkeypatch.setattr(recipe, "ENVIRONMENTS", nowhere)
    monkeypatch.setenv("SONGSHU_TRAIN", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert recipe.main(["tiny"]) == 1
    told = capsys.readouterr().err
    assert str(tmp_path / "nowhere") in told
    assert "no flite" in told
    assert "models/starter/README.md" in told


def test_commands_can_be_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SONGSHU_TRAIN", str(tmp_path))
    assert recipe.main(["starter", "--show"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("-m models.starter.texts")
    assert "-m models.starter.export_checkpoints starter" in lines[-1]


@pytest.mark.parametrize("hours", ["0", "24", "nan"])
def test_hours_that_the_clock_does_not_know_are_refused(hours: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        recipe.main(["tiny", "--hours", hours])
