"""dev.py: what each command needs, and what it starts."""

from __future__ import annotations

import ast
import inspect
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import dev
from build_tools import environments, steps, system_packages

ROOT = Path(__file__).resolve().parent.parent


def test_uses_the_standard_library_only() -> None:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import dev; print('ok')"
    result = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "ok"


@pytest.mark.parametrize("module", [dev, environments, steps, system_packages])
def test_older_pythons_can_read_it_and_are_told(module: ModuleType) -> None:
    """Their own message would be a syntax error."""
    source = inspect.getsource(module)
    ast.parse(source, feature_version=(3, 8))
    assert "from __future__ import annotations" in source  # hints such as list[str] | None


def test_help_names_every_command() -> None:
    assert dev.__doc__ is not None
    for command in dev.COMMANDS:
        assert f"dev.py {command}" in dev.__doc__


def test_unknown_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        dev.main(["dance"])
    assert caught.value.code == 2
    assert "dance" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("args", "asks"), [([], True), (["a.wav"], True), (["transcribe", "a.wav"], False)]
)
def test_only_the_window_needs_the_desktop(
    monkeypatch: pytest.MonkeyPatch, args: list[str], asks: bool
) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(dev, "need_desktop", lambda: asked.append(True))
    monkeypatch.setattr(dev, "ensure", lambda environment: None)
    monkeypatch.setattr(dev, "call", lambda environment, *args: 0)
    assert dev.run(args) == 0
    assert bool(asked) is asks


@pytest.mark.parametrize(("args", "rest"), [([], []), (["--all", "-x"], ["-m", "", "-x"])])
def test_all_also_builds_and_runs_what_is_slow(
    monkeypatch: pytest.MonkeyPatch, args: list[str], rest: list[str]
) -> None:
    started: list[tuple[str, ...]] = []
    built: list[list[str]] = []

    def start(environment: object, *args: str, output: object = None) -> None:
        started.append(args)

    monkeypatch.setattr(dev, "need_desktop", lambda programs: None)
    monkeypatch.setattr(dev, "need_vulkan", lambda files: None)
    monkeypatch.setattr(dev, "ensure", lambda environment: None)
    monkeypatch.setattr(dev, "build", lambda arguments: built.append(arguments) or 0)
    for module in (dev, environments):  # one starts the tests, the other what is waited for
        monkeypatch.setattr(module, "start", start)
        monkeypatch.setattr(module, "wait", lambda process: 0)
    monkeypatch.setenv("SONGSHU_FROZEN", "")  # put back afterwards
    assert dev.test(args) == 0
    run = ("-m", "pytest", "--durations=10", *rest)
    assert started[-2:] == [(*run, "tests/gui"), (*run, "--ignore=tests/gui")]
    assert len(built) == bool(rest)


def test_all_ends_where_the_executable_cannot_be_built(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[object] = []
    monkeypatch.setattr(dev, "need_desktop", lambda programs: None)
    monkeypatch.setattr(dev, "need_vulkan", lambda files: None)
    monkeypatch.setattr(dev, "ensure", lambda environment: None)
    monkeypatch.setattr(dev, "build", lambda arguments: 3)
    monkeypatch.setattr(dev, "call", lambda *args: called.append(args) or 0)
    monkeypatch.setenv("SONGSHU_FROZEN", "")  # put back afterwards
    assert dev.test(["--all"]) == 1
    assert called == []


def test_every_check_runs_and_those_that_fail_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran: list[str] = []

    def call(_environment: object, *args: str) -> int:
        ran.append(args[1])
        return int(args[1] in ("ruff", "pytest") and "format" not in args)

    monkeypatch.setattr(dev, "need_desktop", lambda programs: None)
    monkeypatch.setattr(dev, "ensure", lambda environment: None)
    monkeypatch.setattr(dev, "call", call)
    assert dev.test(["tests/gui"]) == 1
    assert ran == ["ruff", "ruff", "mypy", "pytest"]
    assert capsys.readouterr().out.endswith("Failed: ruff check, pytest\n")


def test_build_goes_on_without_vulkan(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise dev.SetupError("Please install what Debian calls glslc")

    called: list[str] = []
    monkeypatch.setattr(dev, "need_compiler", lambda: None)
    monkeypatch.setattr(dev, "need_vulkan", fail)
    monkeypatch.setattr(dev, "ensure", lambda environment: None)
    monkeypatch.setattr(dev, "call", lambda environment, *args: called.append(args[1]) or 0)
    assert dev.build([]) == 0
    assert called == ["build_tools.build"]
    assert "will not use graphics cards" in capsys.readouterr().err
    with pytest.raises(dev.SetupError):
        dev.gpu([])


@pytest.mark.parametrize(
    ("platform", "module"),
    [("linux", "linux"), ("win32", "windows"), ("darwin", "macos")],
)
def test_package_calls_the_script_of_the_system(
    monkeypatch: pytest.MonkeyPatch, platform: str, module: str
) -> None:
    called: list[tuple[str, ...]] = []
    monkeypatch.setattr(dev.sys, "platform", platform)
    monkeypatch.setattr(dev, "ensure", lambda environment: None)
    monkeypatch.setattr(dev, "call", lambda environment, *args: called.append(args) or 0)
    assert dev.package(["--help"]) == 0
    assert called == [("-m", f"installer.{module}", "--help")]


def test_licences_are_listed_for_a_window_until_the_requirements_change(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    table, requirements = tmp_path / "build" / "THIRD-PARTY.json", tmp_path / "requirements.txt"
    requirements.touch()
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    called: list[str] = []

    def call(_environment: object, *args: str) -> int:
        called.append(args[1])
        if args[1] == "installer.licences.report":
            table.parent.mkdir(exist_ok=True)
            table.touch()
            os.utime(table, (later := 2_000_000_000, later))
        return 0

    monkeypatch.setattr(dev, "need_desktop", lambda: None)
    monkeypatch.setattr(dev, "ensure", lambda environment: None)
    monkeypatch.setattr(dev, "call", call)
    dev.run(["transcribe", "a.wav"])
    dev.run([])
    dev.run([])
    assert called == ["app", "installer.licences.report", "app", "app"]
    os.utime(requirements, (2_000_000_001, 2_000_000_001))
    dev.run([])
    assert called[4:] == ["installer.licences.report", "app"]


def test_both_halves_of_the_tests_are_shown_and_a_failure_is_told(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    here = environments.Environment(folder=".", files=())
    monkeypatch.setattr(type(here), "python", property(lambda self: sys.executable))
    monkeypatch.setattr(dev, "DEV", here)
    code = "import sys; print('ran', sys.argv[1]); sys.exit(sys.argv[1] == 'tests/gui')"
    assert dev._run_tests(["-c", code], is_whole=True) == ["pytest tests/gui"]
    shown = capfdbinary.readouterr().out.decode().splitlines()
    assert shown == ["ran --ignore=tests/gui", "ran tests/gui"]


def test_chosen_tests_run_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[str, ...]] = []
    monkeypatch.setattr(dev, "need_desktop", lambda programs: None)
    monkeypatch.setattr(dev, "ensure", lambda environment: None)
    monkeypatch.setattr(dev, "call", lambda environment, *args: calls.append(args) or 0)
    assert dev.test(["tests/gui"]) == 0
    assert calls[-1] == ("-m", "pytest", "--durations=10", "tests/gui")
    assert [args for args in calls if "pytest" in args] == calls[-1:]
