"""Package the executable for Windows: an installer (NSIS) and the portable file, with sha256 sums.

    python3 dev.py package                  after python3 dev.py build
    python3 -m installer.windows --help     the same, by hand; it runs wherever makensis does

The installer is for one person and needs no administrator. It holds the one file, whose launcher
knows when a console is wanted; the program of --onedir always opens one. NSIS cannot hold more than
2 GB: with a larger pack the program lies beside the installer, and both are published together.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from installer import command_line, icons, product
from installer import payload as payloads
from installer.errors import (
    MissingToolError,
    PayloadTooLargeError,
    ToolFailedError,
)
from installer.payload import Payload
from installer.windows.script import generated_script

SUFFIX = ".exe"
LIMIT_BYTES = 1_900_000_000  # NSIS counts with 31 bits; its own parts and the icons need some
_HERE = Path(__file__).resolve().parent
_HOW = "Debian: apt-get install nsis. Windows: winget install NSIS.NSIS, then put it into PATH."
_WINDOWS_MAKENSIS = Path("C:/Program Files (x86)/NSIS/makensis.exe")  # not in PATH after its setup


def package(
    executable: Path,
    output: Path,
    *,
    fast: bool = False,
    sign: str = "",
    limit_bytes: int = LIMIT_BYTES,
) -> list[Path]:
    """Write the installer, and the portable file if the program is one file.

    Args:
        executable: the file, or the folder of ``--onedir``.
        output: the folder to write into.
        fast: compress quickly instead of well.
        sign: command that signs a file, with %1 for its name.
        limit_bytes: what is larger lies beside the installer.

    Returns:
        What was written, without the sums.

    Raises:
        MissingExecutableError: it was not built.
        MissingToolError: there is no makensis.
        PayloadTooLargeError: a folder is too large for NSIS.
        ToolFailedError: makensis found a fault.
    """
    payload = payloads.find_payload(executable, SUFFIX)
    external = payload.n_bytes > limit_bytes
    if external and not executable.is_file():
        raise PayloadTooLargeError(payload.n_bytes, limit_bytes)
    output.mkdir(parents=True, exist_ok=True)
    written = [output / f"{product.NAME}-{product.VERSION}-windows-setup.exe"]
    if executable.is_file():
        written.append(output / f"{product.NAME}-{product.VERSION}-windows.exe")
        shutil.copyfile(executable, written[1])
    with TemporaryDirectory() as folder:
        defines = _defines(payload, written, Path(folder), external=external)
        defines |= ({"FAST": "1"} if fast else {}) | ({"SIGN": sign} if sign else {})
        _compile(defines)
    product.write_sums(written)
    return written


def _defines(
    payload: Payload, written: Sequence[Path], folder: Path, *, external: bool
) -> dict[str, str]:
    """Write what the script includes, and return what it must be told."""
    generated = folder / "generated.nsh"
    generated.write_text(generated_script(payload, external=external), encoding="utf-8-sig")
    return {
        "VERSION": product.VERSION,
        "VERSION_NUMBERS": ".".join(map(str, product.numbers())),
        "PUBLISHER": product.PUBLISHER,
        "OUTPUT": str(written[0].resolve()),
        "GENERATED": str(generated),
        "ICON": str(icons.write_icon(folder, "win32")),
        "EXTERNAL": written[1].name if external else "",
        "EXTERNAL_BYTES": str(payload.n_bytes),
    }


def _compile(defines: dict[str, str]) -> None:
    """Run makensis; a warning is a fault."""
    makensis = shutil.which("makensis") or str(_WINDOWS_MAKENSIS)
    command = [makensis, "-V2", "-WX", "-INPUTCHARSET", "UTF8"]
    command += [f"-D{name}={value}" for name, value in defines.items()]
    command.append(str(_HERE / "songshu.nsi"))
    try:
        done = subprocess.run(command, capture_output=True, check=False, cwd=_HERE)
    except FileNotFoundError as exc:
        raise MissingToolError("makensis", _HOW) from exc
    if done.returncode != 0:
        said = (done.stdout + done.stderr).decode("utf-8", "replace")
        raise ToolFailedError(command, done.returncode, said)


def main(arguments: Sequence[str] | None = None) -> int:
    """Package from the command line."""
    parser = command_line.make_parser("windows", __doc__)
    add = parser.add_argument
    default = payloads.default_executable(SUFFIX)
    add("--executable", type=Path, default=default, help="the one file, or a folder of --onedir")
    add("--fast", action="store_true", help="compress quickly instead of well")
    add("--sign", default="", metavar="COMMAND", help="signs installer and uninstaller; %%1 = file")
    options = parser.parse_args(arguments)
    executable, output = options.executable, options.output
    return command_line.run(
        lambda: package(executable, output, fast=options.fast, sign=options.sign)
    )


if __name__ == "__main__":
    sys.exit(main())
