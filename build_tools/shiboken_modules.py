"""PySide6's own Python modules, compiled before instead of at every start.

shiboken6 carries its package ``shibokensupport`` as source text inside its library, and Python
compiles it whenever PySide6 is imported. A folder ``files.dir`` beside the library comes first (it
is what ``SBK_EMBED=0`` writes): here with compiled modules alone. 62 ms -> 41 ms of each start.
"""

from __future__ import annotations

import importlib
import py_compile
import zipfile
from pathlib import Path

from build_tools.contents import Entry

_PLACE = "shiboken6/files.dir"
_PACKAGE = "shibokensupport"


def compiled_modules(folder: Path) -> list[Entry]:
    """Compile the modules into a folder.

    Args:
        folder: where the compiled files go.

    Returns:
        What PyInstaller is to collect.

    Raises:
        RuntimeError: this PySide6 carries its modules otherwise.
    """
    importlib.import_module("PySide6.QtCore")
    loader = importlib.import_module(_PACKAGE).__loader__
    archive = getattr(loader, "zfile", None)
    if not isinstance(archive, zipfile.ZipFile):
        raise RuntimeError(f"{_PACKAGE} comes from {loader}: see build_tools/shiboken_modules.py")
    return [
        _compile(name, archive.read(name), folder)
        for name in sorted(archive.namelist())
        if name.startswith(f"{_PACKAGE}/") and name.endswith(".py")
    ]


def _compile(name: str, text: bytes, folder: Path) -> Entry:
    source = folder / name
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_bytes(text)
    compiled = source.with_suffix(".pyc")
    py_compile.compile(
        str(source),
        cfile=str(compiled),
        dfile=name,  # the same bytes wherever it is built
        doraise=True,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
    return f"{_PLACE}/{name}c", str(compiled), "DATA"
