"""Empty libraries in the place of some that others link to and Songshu never needs.

PyAV's wheel carries x264, x265 and SVT-AV1: 29 MB that only encode video, the first two under the
GPL, which does not go with an executable under Apache-2.0. Decoding H.264 and H.265 is FFmpeg's own
and stays. Debian's PortAudio links to JACK, which brings Berkeley DB (Sleepycat licence) and would
have to fit the person's sound server anyway: ALSA, PulseAudio and PipeWire are reached without it.

Neither can be loaded without files of those names, so each is replaced by one whose functions all
return nothing; for PortAudio that means that no JACK server runs. Linux only: elsewhere nothing
changes.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path, PurePath, PurePosixPath

from build_tools.contents import STUBBED, Entry
from build_tools.elf import read_elf

_FUNCTION = "void *{name}(void) {{ return 0; }}\n"


def replace(entries: Iterable[Entry], folder: str) -> list[Entry]:
    """Let the entries of unneeded libraries point to their stubs, where there are some.

    Args:
        entries: PyInstaller's, as (place, source, kind).
        folder: where ``write_stubs`` has put them; "" changes nothing.
    """
    stubs = {file.name: str(file) for file in Path(folder).iterdir()} if folder else {}
    return [
        (place, stubs.get(PurePosixPath(place).name, source) if kind == "BINARY" else source, kind)
        for place, source, kind in entries
    ]


def write_stubs(libraries: Iterable[Path], folder: Path) -> list[Path]:
    """Compile a stub for each library that is not needed.

    Args:
        libraries: those that are not needed, and those that link to them.
        folder: where the stubs go.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if not sys.platform.startswith("linux"):
        return []
    elves = [read_elf(file) for file in libraries]
    asked = {name for elf in elves if not is_stubbed(elf.path) for name in elf.undefined}
    return [
        _compile(elf.path.name, elf.soname, sorted(elf.defined & asked), folder)
        for elf in elves
        if is_stubbed(elf.path)
    ]


def is_stubbed(path: PurePath) -> bool:
    """Whether a library is one of those that are not needed."""
    return re.match(rf"lib({'|'.join(STUBBED)})", path.name) is not None


def _compile(name: str, soname: str, functions: Iterable[str], folder: Path) -> Path:
    source = folder.parent / f"{name}.c"
    source.write_text("".join(_FUNCTION.format(name=function) for function in functions))
    target = folder / name
    command = ["cc", "-shared", "-fPIC", "-s", f"-Wl,-soname,{soname}", "-o", str(target)]
    subprocess.run([*command, str(source)], check=True)
    return target
