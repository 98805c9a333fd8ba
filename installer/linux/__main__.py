"""Package the executable for Linux: a .deb and the single file, each with its sha256.

    python3 dev.py package                  after python3 dev.py build
    python3 -m installer.linux --help       the same, by hand

The single file is the executable itself under a telling name: mark it executable and start it.
``./Songshu-… integrate`` puts it into the menu. An AppImage would wrap it once more, in a file
system that FUSE must mount, without adding anything: everything is inside already.
"""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from installer import command_line, product
from installer import payload as payloads
from installer.linux import content
from installer.linux.deb import write_deb


def package(
    executable: Path,
    output: Path,
    *,
    folder: Path | None = None,
    glibc: str | None = None,
    xz: bool = True,
) -> list[Path]:
    """Write the packages.

    Args:
        executable: the one file.
        output: the folder to write into.
        folder: of ``--onedir``; the .deb holds it instead of the one file, which would have to
            unpack itself for every person.
        glibc: oldest version of glibc; found out by looking if not given.
        xz: compress the .deb.

    Returns:
        The packages, without their sums.

    Raises:
        MissingExecutableError: it was not built.
        UnknownLicenceError: something bundled has none.
    """
    payload = payloads.find_payload(folder or executable)
    time_s = payloads.source_time(payload)
    members = content.members(payload, payloads.licences_of_build(), time_s)
    fields = content.control(glibc or content.oldest_glibc(payload))
    name = f"{product.PACKAGE}_{product.VERSION}_{content.architecture()}.deb"
    written = [write_deb(output / name, fields, members, time_s, xz=xz)]
    if executable.is_file():
        written.append(_single_file(executable, output))
    product.write_sums(written)
    return written


def _single_file(executable: Path, output: Path) -> Path:
    copy = output / f"{product.NAME}-{product.VERSION}-linux-{platform.machine()}"
    shutil.copyfile(executable, copy)
    copy.chmod(0o755)
    return copy


def main(arguments: Sequence[str] | None = None) -> int:
    """Package from the command line."""
    parser = command_line.make_parser("linux", __doc__)
    add = parser.add_argument
    default = payloads.default_executable()
    add("--executable", type=Path, default=default, help="the one file (dist/Songshu)")
    add(
        "--folder",
        type=Path,
        default=payloads.default_folder(),
        help="goes into the .deb: of --onedir (dist/Songshu-folder, if it is there)",
    )
    add("--glibc", metavar="2.N", help="oldest glibc it runs with (default: found in the files)")
    add("--no-compression", action="store_true", help="for large packs: they do not shrink")
    options = parser.parse_args(arguments)
    return command_line.run(
        lambda: package(
            options.executable,
            options.output,
            folder=options.folder,
            glibc=options.glibc,
            xz=not options.no_compression,
        )
    )


if __name__ == "__main__":
    sys.exit(main())
