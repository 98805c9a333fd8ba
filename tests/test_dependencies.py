"""Dependencies point one way: errors, paths <- audio <- engine <- output, store <- cli, gui."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APP_FILES = sorted((ROOT / "app").rglob("*.py"))
GUI = ROOT / "app" / "gui"
GUI_FILES = sorted(GUI.rglob("*.py"))
LAYERS = {  # part of app -> parts it may import, besides itself
    "errors": set(),
    "paths": set(),
    "logs": {"paths"},
    "late": set(),
    "numeric": {"late"},
    "audio": {"errors", "paths", "late", "numeric", "engine.types"},
    # (devices are tested for each version)
    "engine": {"errors", "paths", "numeric", "audio", "__version__"},
    "text": {"errors"},
    "dictation": {"errors", "paths"},
    "output": {"errors", "engine.types", "engine.hypothesis", "text.languages"},
    "store": {"errors", "paths", "engine.types", "engine.hypothesis"},
}
GUI_FLOORS = (  # packages of app/gui from the bottom; "" is what lies in none
    {"threads", "wording", "settings", "system"},
    {"widgets"},
    {"sidebar", "transcript", "player", "recording", "models", "export"},
    {"items", "dictation"},
    {"window", "settings_sheet"},
    {""},
)
ONLY_IN = {  # third-party package -> the only files that may import it
    "docx": {"app/output/word_file.py"},
    "Xlib": {"app/dictation/x11.py", "app/dictation/x11_keys.py", "app/dictation/x11_typing.py"},
    "cn2an": {"app/text/chinese_numbers.py"},
    "text_to_num": {"app/text/english_numbers.py"},
    "onnxruntime": {"app/engine/encoder.py", "app/audio/vad.py"},
    "llama_cpp": {"app/engine/llama.py"},
}
FORBIDDEN = {"models", "torch", "transformers", "onnx", "gguf", "safetensors", "requests"}


def imports(path: Path) -> Iterator[str]:
    """Give the dotted names that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_allowed(name: str, part: str, allowed: set[str]) -> bool:
    inner = name.removeprefix("app.")
    prefixes = {part, *allowed}
    return any(inner == prefix or inner.startswith(prefix + ".") for prefix in prefixes)


@pytest.mark.parametrize("path", APP_FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_one_way(path: Path) -> None:
    relative = path.relative_to(ROOT / "app")
    part = relative.parts[0].removesuffix(".py")
    for name in imports(path):
        top = name.split(".")[0]
        assert top not in FORBIDDEN, f"{relative} imports {name}"
        if top == "app" and part in LAYERS:
            assert is_allowed(name, part, LAYERS[part]), f"{relative} imports {name}"
        if top in ONLY_IN:
            assert str(path.relative_to(ROOT)) in ONLY_IN[top], f"{relative} imports {name}"
        if part != "gui":
            assert top != "PySide6", f"{relative} imports {name}"


@pytest.mark.parametrize("name", ["paths <- engine", "engine <- output"])
def test_rule_catches_a_wrong_direction(name: str) -> None:
    part, other = name.split(" <- ")
    assert not is_allowed(f"app.{other}.x", part, LAYERS[part])


def floor(package: str) -> int:
    """Give the number of the floor that a package of app/gui is on."""
    return next(number for number, packages in enumerate(GUI_FLOORS) if package in packages)


def may_import(package: str, other: str) -> bool:
    return package == other or floor(other) < floor(package)


@pytest.mark.parametrize("path", GUI_FILES, ids=lambda p: str(p.relative_to(GUI)))
def test_packages_of_the_window_import_from_lower_floors_only(path: Path) -> None:
    folders = path.relative_to(GUI).parts[:-1]
    package = folders[0] if folders else ""
    for name in imports(path):
        if name.startswith("app.gui."):
            other = name.split(".")[2]
            other = other if (GUI / other).is_dir() else ""
            assert may_import(package, other), f"{path.relative_to(GUI)} imports {name}"


def test_every_package_of_the_window_has_a_floor() -> None:
    packages = {path.parent.name for path in GUI.glob("*/__init__.py")}
    assert packages == set().union(*GUI_FLOORS) - {""}
    assert sum(map(len, GUI_FLOORS)) == len(packages) + 1


@pytest.mark.parametrize("pair", ["widgets -> window", "player -> transcript", "window -> "])
def test_rule_catches_a_wrong_floor(pair: str) -> None:
    package, other = pair.split(" -> ")
    assert not may_import(package, other)


def test_engine_loads_nothing_heavy_or_foreign() -> None:
    code = (
        "import sys, app.engine.recognizer\n"
        "bad = {'torch', 'transformers', 'PySide6', 'scipy.signal', 'models', 'gguf', 'onnx'}\n"
        "print(sorted(bad & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
