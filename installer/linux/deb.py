"""Write a Debian package without Debian's tools: an ar archive of two tar archives.

The same input gives the same bytes: fixed order, owner, times. Packages are built so also on
systems without dpkg.

Source: deb(5), deb-control(5).
"""

from __future__ import annotations

import gzip
import hashlib
import io
import lzma
import shutil
import tarfile
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

XZ_PRESET = 1  # the models do not shrink anyway; 6 takes five times as long for 2 % less
_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file of a package.

    Attributes:
        place: absolute path on the system.
        source: a file, its content, or the target of a symbolic link.
        mode: permission bits.
    """

    place: str
    source: Path | bytes | str
    mode: int = 0o644

    @property
    def n_bytes(self) -> int:
        """Size of the content."""
        if isinstance(self.source, Path):
            return self.source.stat().st_size
        return len(self.source) if isinstance(self.source, bytes) else 0


def compressed(text: str) -> bytes:
    """Compress a document as Debian wants it, without time and name."""
    return gzip.compress(text.encode("utf-8"), 9, mtime=0)


def write_deb(
    path: Path, control: Mapping[str, str], members: Sequence[Member], time_s: int, *, xz: bool
) -> Path:
    """Write a package.

    Args:
        path: of the .deb.
        control: fields of the control file; Installed-Size is added.
        members: files, each with all folders above it.
        time_s: modification time of everything, seconds since 1970.
        xz: compress; else the package is as large as its files.

    Returns:
        ``path``.
    """
    members = sorted(members, key=lambda member: member.place)
    size_kib = sum(-(-member.n_bytes // 1024) for member in members) + len(_folders(members))
    fields = {**control, "Installed-Size": str(size_kib)}
    text = "".join(f"{key}: {value}\n" for key, value in fields.items())
    head = [
        Member(place="/control", source=text.encode("utf-8")),
        Member(place="/md5sums", source=_sums(members).encode("utf-8")),
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=path.parent) as data, path.open("wb") as file:
        _write_tar(data, members, time_s, xz=xz)
        control_tar = io.BytesIO()
        _write_tar(control_tar, head, time_s, xz=True)
        file.write(b"!<arch>\n")
        _append(file, "debian-binary", io.BytesIO(b"2.0\n"), time_s)
        _append(file, "control.tar.xz", control_tar, time_s)
        _append(file, "data.tar.xz" if xz else "data.tar", data, time_s)
    return path


def _write_tar(file: IO[bytes], members: Sequence[Member], time_s: int, *, xz: bool) -> None:
    if not xz:
        _fill_tar(file, members, time_s)
        return
    with lzma.open(file, "wb", preset=XZ_PRESET) as stream:
        _fill_tar(stream, members, time_s)


def _fill_tar(stream: IO[bytes], members: Sequence[Member], time_s: int) -> None:
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for folder in _folders(members):
            info = _info(f".{folder}", time_s, 0o755)
            info.type = tarfile.DIRTYPE
            tar.addfile(info)
        for member in members:
            _add(tar, member, time_s)


def _add(tar: tarfile.TarFile, member: Member, time_s: int) -> None:
    info = _info(f".{member.place}", time_s, member.mode)
    if isinstance(member.source, str):
        info.type, info.linkname, info.mode = tarfile.SYMTYPE, member.source, 0o777
        tar.addfile(info)
        return
    info.size = member.n_bytes
    with _open(member) as content:
        tar.addfile(info, content)


def _info(name: str, time_s: int, mode: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.mtime, info.mode, info.uname, info.gname = time_s, mode, "root", "root"
    return info


def _folders(members: Iterable[Member]) -> list[str]:
    """List all folders above the members, outer ones first."""
    found = {str(parent) for m in members for parent in PurePosixPath(m.place).parents}
    return sorted(folder if folder == "/" else f"{folder}/" for folder in found)


def _sums(members: Iterable[Member]) -> str:
    """Write md5sums, which ``dpkg --verify`` reads."""
    lines = []
    for member in members:
        if isinstance(member.source, str):
            continue
        digest = hashlib.md5(usedforsecurity=False)
        with _open(member) as content:
            while block := content.read(_BLOCK_BYTES):
                digest.update(block)
        lines.append(f"{digest.hexdigest()}  {member.place[1:]}\n")
    return "".join(lines)


def _open(member: Member) -> IO[bytes]:
    if isinstance(member.source, Path):
        return member.source.open("rb")
    assert isinstance(member.source, bytes)
    return io.BytesIO(member.source)


def _append(file: IO[bytes], name: str, content: IO[bytes], time_s: int) -> None:
    """Append a member to the ar archive: a header of 60 bytes, content, an even length."""
    size = content.seek(0, io.SEEK_END)
    content.seek(0)
    file.write(f"{name:<16}{time_s:<12}{0:<6}{0:<6}{0o100644:<8o}{size:<10}`\n".encode("ascii"))
    shutil.copyfileobj(content, file, _BLOCK_BYTES)
    if size % 2:
        file.write(b"\n")
