"""What Windows shows under Properties, Details of Songshu.exe, in English and Chinese.

PyInstaller reads the text written here (``EXE(version=…)``); it is a Python expression in its own
vocabulary, so nothing of PyInstaller is imported.
"""

from __future__ import annotations

from pathlib import Path

from installer import product

_ENGLISH, _CHINESE, _UNICODE = 0x0409, 0x0804, 1200


def version_resource() -> str:
    """Return the expression."""
    numbers = product.numbers()
    tables = [
        _table(_ENGLISH, product.SUMMARY),
        _table(_CHINESE, product.SUMMARY_ZH),
    ]
    return f"""\
VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3f, flags=0x0, OS=0x40004,
                    fileType=0x1, subtype=0x0, date=(0, 0)),
  kids=[
    StringFileInfo([{", ".join(tables)}]),
    VarFileInfo([VarStruct('Translation', {[_ENGLISH, _UNICODE, _CHINESE, _UNICODE]})]),
  ])
"""


def write_version_resource(folder: Path) -> Path:
    """Write the expression into a file for ``EXE(version=…)``."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "version-resource.txt"
    path.write_text(version_resource(), encoding="utf-8")
    return path


def _table(language: int, summary: str) -> str:
    strings = {
        "CompanyName": product.PUBLISHER,
        "FileDescription": f"{product.NAME}: {summary}",
        "FileVersion": product.VERSION,
        "InternalName": product.NAME,
        "LegalCopyright": product.COPYRIGHT,
        "OriginalFilename": f"{product.NAME}.exe",
        "ProductName": product.NAME,
        "ProductVersion": product.VERSION,
    }
    listed = ", ".join(f"StringStruct({name!r}, {value!r})" for name, value in strings.items())
    return f"StringTable('{language:04x}{_UNICODE:04x}', [{listed}])"
