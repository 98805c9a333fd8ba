"""The workflows of continuous integration: they can be read, and what they call exists here.

actionlint has no Linux package that is small and pinned; it was run by hand (installer/README.md).
"""

from __future__ import annotations

import importlib.util
import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

import dev
from installer import product

FOLDER = product.ROOT / ".github" / "workflows"
PATH, NIGHTLY_PATH = FOLDER / "build.yml", FOLDER / "nightly.yml"
TEXTS = [path.read_text(encoding="utf-8") for path in (PATH, NIGHTLY_PATH)]
WORKFLOW: dict[Any, Any] = yaml.safe_load(TEXTS[0])
NIGHTLY: dict[Any, Any] = yaml.safe_load(TEXTS[1])
JOBS: dict[str, Any] = WORKFLOW["jobs"]
ALL_JOBS = [job for workflow in (WORKFLOW, NIGHTLY) for job in workflow["jobs"].values()]
STEPS = [step for job in ALL_JOBS for step in job["steps"]]
SCRIPTS = [step["run"] for step in STEPS if "run" in step]


def commands() -> Iterator[str]:
    for script in SCRIPTS:
        yield from (line.strip() for line in script.splitlines() if line.strip())


def test_three_systems_are_built_and_all_must_pass_before_a_release() -> None:
    include = JOBS["package"]["strategy"]["matrix"]["include"]
    assert {entry["system"] for entry in include} == {"linux", "windows", "macos"}
    assert JOBS["publish"]["needs"] == ["check", "package"]
    assert JOBS["publish"]["if"] == "github.ref_type == 'tag'"


def test_only_publishing_may_write() -> None:
    assert WORKFLOW["permissions"] == NIGHTLY["permissions"] == {"contents": "read"}
    assert [job for job in ALL_JOBS if "permissions" in job] == [JOBS["publish"]]


def test_every_job_ends_some_day() -> None:
    assert all(job["timeout-minutes"] <= 120 for job in JOBS.values())
    assert all(job["timeout-minutes"] <= 300 for job in NIGHTLY["jobs"].values())


@pytest.mark.parametrize("step", [step for step in STEPS if "uses" in step], ids=str)
def test_actions_are_githubs_own_and_pinned_to_a_version(step: dict[str, Any]) -> None:
    assert re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"])


def test_every_step_does_exactly_one_thing() -> None:
    assert [step for step in STEPS if ("uses" in step) == ("run" in step)] == []


def test_conditions_name_systems_that_exist() -> None:
    named = re.findall(r"matrix\.system [!=]= '(\w+)'", TEXTS[0])
    assert set(named) == {"linux", "windows", "macos"}


def test_every_expression_is_closed_and_known() -> None:
    text = "".join(TEXTS)
    found = re.findall(r"\$\{\{ (.+?) \}\}", text)
    assert len(found) == text.count("${{")
    roots = {re.split(r"\W", expression)[0] for expression in found}
    assert roots <= {"github", "matrix", "env", "runner", "hashFiles"}


def test_nothing_from_outside_is_put_into_a_script() -> None:
    assert [script for script in SCRIPTS if "${{" in script] == []  # $GITHUB_REF_NAME instead


def test_commands_of_dev_py_exist() -> None:
    called = set(re.findall(r"^python3? dev\.py (\w+)", "\n".join(commands()), re.MULTILINE))
    assert called == {"test", "build", "package", "bench"}
    assert called <= dev.COMMANDS.keys()


def test_modules_that_are_called_exist() -> None:
    called = set(re.findall(r"-m (installer\.[\w.]+)", "\n".join(commands())))
    assert called == {"installer.product", "installer.windows.check"}
    assert all(importlib.util.find_spec(name) for name in called)


@pytest.mark.parametrize("script", [s["run"] for s in STEPS if s.get("shell") == "bash"])
def test_shell_scripts_have_no_syntax_error(script: str) -> None:
    subprocess.run(["bash", "-n"], input=script, text=True, check=True)


def test_tests_of_the_executable_that_are_named_exist() -> None:
    (line,) = [line for line in commands() if "SONGSHU_FROZEN" in line]
    found = re.fullmatch(r".* tests/frozen/test_\{(.+)\}\.py", line)
    assert found is not None
    files = [product.ROOT / "tests" / "frozen" / f"test_{name}.py" for name in found[1].split(",")]
    assert [file.name for file in files if not file.is_file()] == []


def test_everything_is_run_every_night() -> None:
    (job,) = NIGHTLY["jobs"].values()
    assert "python3 dev.py test --all" in [step.get("run") for step in job["steps"]]
    assert set(NIGHTLY[True]) == {"schedule", "workflow_dispatch"}
    (when,) = NIGHTLY[True]["schedule"]
    assert re.fullmatch(r"\d+ \d+ \* \* \*", when["cron"])


def test_what_is_published_is_published_with_sums() -> None:
    script = next(step["run"] for step in JOBS["publish"]["steps"] if "sha256sum" in str(step))
    assert "--join-sums release" in script
    assert script.index("--join-sums") < script.index("sha256sum --check SHA256SUMS")


def test_lists_of_packages_come_from_dev_py() -> None:
    (code,) = {
        found[1]
        for line in commands()
        if "SCREEN_PROGRAMS" in line and (found := re.search(r"-c '(.+)' >", line))
    }
    done = subprocess.run(
        ["python3", "-c", code], cwd=product.ROOT, capture_output=True, text=True, check=True
    )
    assert {"libegl1", "xvfb", "nsis", "lintian"} <= set(done.stdout.split())


def test_packaged_names_are_those_that_are_looked_for() -> None:
    text = "\n".join(commands())
    assert f"dist/release/{product.PACKAGE}_*.deb" in text
    assert "dist/release/*-setup.exe" in text
    assert f"dist/release/{product.NAME}-*.dmg" in text


def test_everything_built_is_tested_before_it_is_kept() -> None:
    names = [step.get("name", step.get("uses", "")) for step in JOBS["package"]["steps"]]
    kept = names.index("actions/upload-artifact@v6")
    for system in ("Linux", "Windows", "macOS"):
        tests = [at for at, name in enumerate(names) if f"({system})" in name and "est" in name]
        assert len(tests) >= 2  # as it was built, and as it is installed
        assert max(tests) < kept


def test_file_is_where_github_looks() -> None:
    assert sorted(FOLDER.iterdir()) == [PATH, NIGHTLY_PATH]
    assert set(WORKFLOW[True]) == {"push", "pull_request", "workflow_dispatch"}  # "on" is true
