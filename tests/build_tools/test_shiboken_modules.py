"""PySide6 takes the compiled modules that lie beside it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import shiboken6

from build_tools import shiboken_modules

SHOW = """
import sys
import PySide6.QtCore
from shibokensupport.signature import loader
print(loader.__file__)
try:
    PySide6.QtCore.QPoint("?")
except TypeError as exc:
    print("Supported signatures" in str(exc))  # what the modules are for
"""


def beside_compiled_modules(folder: Path) -> Path:
    """Make a folder with our own shiboken6, which has the compiled modules beside it."""
    package = folder / "site" / "shiboken6"
    package.mkdir(parents=True)
    for file in Path(shiboken6.__file__).parent.iterdir():
        if file.suffix == ".py":
            shutil.copyfile(file, package / file.name)  # a link would lead back to the real place
        else:
            (package / file.name).symlink_to(file)  # the same library must not be loaded twice
    for place, source, _kind in shiboken_modules.compiled_modules(folder / "compiled"):
        target = folder / "site" / place
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    return package.parent


def test_pyside_uses_the_compiled_modules(tmp_path: Path) -> None:
    site = beside_compiled_modules(tmp_path)
    result = subprocess.run(
        [sys.executable, "-c", SHOW],
        env={"PYTHONPATH": str(site), "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=True,
    )
    file, has_signatures = result.stdout.splitlines()
    assert file == str(site / "shiboken6/files.dir/shibokensupport/signature/loader.pyc")
    assert has_signatures == "True"


def test_a_pyside_without_its_archive_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["shibokensupport"], "__loader__", None)
    with pytest.raises(RuntimeError, match=r"shiboken_modules\.py"):
        shiboken_modules.compiled_modules(tmp_path)


def test_the_same_bytes_come_out_anywhere(tmp_path: Path) -> None:
    one = shiboken_modules.compiled_modules(tmp_path / "one")
    two = shiboken_modules.compiled_modules(tmp_path / "another")
    assert [Path(s).read_bytes() for _, s, _ in one] == [Path(s).read_bytes() for _, s, _ in two]
    assert len(one) > 8
