"""What the executable does not do, as strace sees it: write the pack, or talk to a network."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from build_tools.joining import read_layout
from build_tools.payload import sizes
from tests.frozen.conftest import RUN_S, Frozen
from tests.programs import need

CALLS = "connect,write,pwrite64,writev,pwritev,pwritev2,sendfile,copy_file_range,sendto,sendmsg"
_WRITTEN = re.compile(
    r"(?:write|pwrite64|writev|pwritev2?|sendfile|copy_file_range)\((\d+)<([^>]*)>.* = (\d+)$"
)
_FAMILY = re.compile(r"connect\(.*sa_family=(AF_\w+)")
SLACK_BYTES = 4_000_000  # logs, the database, text: far less than any part of the pack


def trace(frozen: Frozen, file: Path, *arguments: str) -> str:
    """Run it to its end under strace; gives every call, with the files that they name."""
    need("strace")
    strace = ["strace", "-f", "-y", "-s", "64", "-e", f"trace={CALLS}", "-o", str(file)]
    command = frozen.command(*arguments)
    result = subprocess.run(
        [*strace, *command],
        env=frozen.environment(),
        cwd="/",
        capture_output=True,
        text=True,
        timeout=RUN_S,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return file.read_text(errors="replace")


def written_bytes(text: str) -> int:
    """Sum what was written to files on a disk."""
    calls = (_WRITTEN.search(line) for line in text.splitlines())
    return sum(int(call[3]) for call in calls if call and call[2].startswith("/"))


def families(text: str) -> set[str]:
    return set(_FAMILY.findall(text))


def test_first_start_writes_the_program_and_not_the_pack(
    built: Path, frozen: Frozen, tmp_path: Path
) -> None:
    text = trace(frozen, tmp_path / "trace", "--selftest")
    program_bytes = sum(sizes(frozen.program).values())
    assert program_bytes <= written_bytes(text) <= program_bytes + SLACK_BYTES
    assert read_layout(built)[1] > SLACK_BYTES
    assert families(text) <= {"AF_UNIX"}


def test_later_start_writes_next_to_nothing(used: Frozen, tmp_path: Path) -> None:
    text = trace(used, tmp_path / "trace", "--selftest")
    assert 0 < written_bytes(text) < SLACK_BYTES
    assert families(text) <= {"AF_UNIX"}


def test_start_of_a_window_reads_ahead_what_it_needs(
    built: Path, used: Frozen, tmp_path: Path
) -> None:
    """The launcher asks; where there is no screen, Qt ends the program then."""
    pack_offset, pack_bytes, *_ = read_layout(built)
    told = {}
    for name, arguments in (("window", ()), ("command", ("--version",))):
        file = tmp_path / name
        subprocess.run(
            ["strace", "-f", "-y", "-e", "trace=fadvise64", "-o", file, *used.command(*arguments)],
            env=used.environment(QT_QPA_PLATFORM="none"),
            cwd="/",
            capture_output=True,
            timeout=RUN_S,
            check=False,
        )
        told[name] = file.read_text(errors="replace")
    assert "libQt6Gui.so.6>, 0, 0, POSIX_FADV_WILLNEED) = 0" in told["window"]
    assert f"/Songshu>, {pack_offset}, {pack_bytes}, POSIX_FADV_WILLNEED) = 0" in told["window"]
    assert "WILLNEED" not in told["command"]


def test_a_connection_would_be_seen(frozen: Frozen, tmp_path: Path) -> None:
    code = (
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('127.0.0.1', 9))"
    )
    command = ["strace", "-f", "-e", "trace=connect", "-o", str(tmp_path / "trace"), "python3"]
    subprocess.run([*command, "-c", code], check=True, timeout=RUN_S)
    assert families((tmp_path / "trace").read_text()) == {"AF_INET"}
