"""Make one executable: compile the launcher, then put pack and payload behind it.

    launcher | pack at a page boundary | payload at a page boundary

The launcher comes first because systems start a file by its first bytes; the pack second, so that
its place does not depend on how well the program is packed; what follows the payload (a signature)
is never read. The launcher holds the places of both, so that nothing is searched for at a start.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
from pathlib import Path

from build_tools.payload import DIGEST_BYTES, digest

ALIGNMENT_BYTES = 4096  # page size; Windows maps whole files, so its 64 KB do not matter
SOURCES = Path(__file__).parent / "launcher"
_MAGIC = b"SONGSHU-LAYOUT-1-------\0"
_LAYOUT = struct.Struct(f"<{len(_MAGIC)}s4Q{DIGEST_BYTES}s")
_COMMON = ("main.c", "package.c", "lz4.c", "blake2b.c")
_COPY_BYTES = 4 << 20
_MAX_LAUNCHER_BYTES = 4 << 20
# Windows 11 24H2: a double click opens no console; older ones show it for a moment.
_NO_CONSOLE = """\
  <consoleAllocationPolicy xmlns="http://schemas.microsoft.com/SMI/2024/WindowsSettings">\
detached</consoleAllocationPolicy>
    </windowsSettings>"""


class JoinError(Exception):
    """The launcher cannot be compiled, or is not what this module expects."""


def compile_launcher(target: Path, *, windows: bool = sys.platform == "win32") -> None:
    """Compile the launcher with the C compiler that also makes llama.cpp.

    Raises:
        JoinError: the compiler refuses; its message is above.
    """
    names = [*_COMMON, "system_windows.c" if windows else "system_posix.c"]
    sources = [str(SOURCES / name) for name in names]
    try:
        subprocess.run(_compiler(target, sources, windows=windows), check=True)
    except (OSError, subprocess.CalledProcessError) as exc:
        raise JoinError(f"the launcher cannot be compiled: {exc}") from exc


def _compiler(target: Path, sources: list[str], *, windows: bool) -> list[str]:
    if windows and shutil.which("cl"):
        folder = f"/Fo{target.parent}\\"
        return ["cl", "/nologo", "/O2", "/std:c11", "/utf-8", *sources, folder, f"/Fe{target}"]
    compiler = "x86_64-w64-mingw32-gcc" if windows and sys.platform != "win32" else "cc"
    extra = ["-static"] if windows else []
    return [
        compiler,
        "-std=c11",
        "-O3",
        "-s",
        "-Wall",
        "-Wextra",
        *extra,
        "-o",
        str(target),
        *sources,
    ]


def add_resources(launcher: Path, options: dict[str, str]) -> None:
    """Give the launcher what Windows shows of a program: icon, version, manifest.

    Args:
        launcher: as compiled.
        options: as for PyInstaller's EXE, which does the same with its own.
    """
    from PyInstaller.utils.win32 import icon, versioninfo, winmanifest

    if "icon" in options:
        icon.CopyIcons(str(launcher), [options["icon"]])
    if "version" in options:
        info = versioninfo.load_version_info_from_text_file(options["version"])
        versioninfo.write_version_info_to_executable(str(launcher), info)
    if "manifest" in options:
        manifest = options["manifest"].replace("</windowsSettings>", _NO_CONSOLE)
        winmanifest.write_manifest_to_executable(str(launcher), manifest.encode())


def join(launcher: Path, pack: Path | None, payload: bytes, target: Path) -> None:
    """Write the executable.

    Args:
        launcher: as compiled.
        pack: a pack file whose members are aligned (models.packfile), or None.
        payload: the program.
        target: the executable; replaced if it is there.

    Raises:
        JoinError: the launcher has no place for the layout.
    """
    program = launcher.read_bytes()
    place = program.find(_MAGIC)
    if place < 0 or program.find(_MAGIC, place + 1) >= 0:
        raise JoinError(f"{launcher} must hold {_MAGIC!r} once")
    pack_offset = _aligned(len(program))
    pack_bytes = pack.stat().st_size if pack else 0
    payload_offset = _aligned(pack_offset + pack_bytes)
    layout = _LAYOUT.pack(
        _MAGIC, pack_offset, pack_bytes, payload_offset, len(payload), digest(payload)
    )
    aside = target.with_name(f".{target.name}.partial")
    with aside.open("wb") as file:
        file.write(program[:place] + layout + program[place + _LAYOUT.size :])
        file.seek(pack_offset)
        if pack:
            with pack.open("rb") as source:
                shutil.copyfileobj(source, file, _COPY_BYTES)
        file.seek(payload_offset)
        file.write(payload)
    aside.chmod(0o755)
    aside.replace(target)


def _aligned(offset: int) -> int:
    return offset + -offset % ALIGNMENT_BYTES


def read_layout(executable: Path) -> tuple[int, int, int, int]:
    """Give offset and bytes of the pack, then of the program, as ``join`` wrote them.

    Raises:
        JoinError: it is no executable of ours.
    """
    with executable.open("rb") as file:
        start = file.read(_MAX_LAUNCHER_BYTES)
    place = start.find(_MAGIC)
    if place < 0:
        raise JoinError(f"{executable} was not made by dev.py build")
    _magic, *numbers, _digest = _LAYOUT.unpack_from(start, place)
    return numbers[0], numbers[1], numbers[2], numbers[3]
