"""What is inside the executable: how much, nothing uninvited, and what it asks of a computer."""

from __future__ import annotations

from pathlib import Path

from build_tools import contents, elf
from build_tools.joining import ALIGNMENT_BYTES, read_layout
from build_tools.payload import sizes
from tests.frozen.conftest import Frozen

# What docs/FROZEN.md says: of the libraries themselves, and of what Debian 12 adds to them.
OLDEST_GLIBC = (2, 36)
FORBIDDEN = ("Qt6Qml", "Qt6Quick", "Qt6WebEngine", "libgtk", "torch", "libssl", "libdb-")


def elves(folder: Path) -> list[elf.Elf]:
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return [elf.read_elf(path) for path in files if elf.is_elf(path)]


def test_nothing_large_that_nobody_wrote_down(used: Frozen) -> None:
    assert contents.uninvited(sizes(used.program)) == []


def test_whole_size(built: Path, used: Frozen) -> None:
    _offset, pack_bytes, _program, _program_bytes = read_layout(built)
    assert built.stat().st_size - pack_bytes <= contents.MAX_EXECUTABLE_BYTES
    assert sum(sizes(used.program).values()) <= contents.MAX_DISK_BYTES


def test_nothing_that_songshu_never_uses(used: Frozen) -> None:
    places = sizes(used.program)
    assert [place for place in places if any(word in place for word in FORBIDDEN)] == []


def test_no_link_leads_nowhere(used: Frozen) -> None:
    links = [path for path in used.program.rglob("*") if path.is_symlink()]
    assert len(links) > 10
    assert [path.name for path in links if not path.exists()] == []


def test_each_library_is_there_once(used: Frozen) -> None:
    names = [elf.read_elf(file.path).soname for file in elves(used.program / "_internal")]
    ours = [name for name in names if name.startswith(("libllama", "libggml"))]
    assert len(ours) == len(set(ours)) > 10


def test_llama_does_not_tell_where_it_was_compiled(used: Frozen) -> None:
    """Or no two builds of it would be the same."""
    libraries = elves(used.program / "_internal" / "llama_cpp" / "lib")
    assert len(libraries) > 10
    told = [lib.path.name for lib in libraries if b"/tmp/" in lib.path.read_bytes()]
    assert told == []


def test_every_library_finds_what_it_loads(used: Frozen) -> None:
    """Or it is one of those that every Linux desktop has, and that must be the system's."""
    inside = used.program / "_internal"
    found = {path.name for path in inside.rglob("*")}
    asked = {name for file in elves(inside) for name in file.needed}
    # the C library's parts, the graphics drivers', and the loader
    system = {"libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1"}
    system |= {"libmvec.so.1", "ld-linux-x86-64.so.2", "libutil.so.1", "libresolv.so.2"}
    system |= {"libGL.so.1", "libEGL.so.1", "libGLX.so.0", "libOpenGL.so.0", "libdrm.so.2"}
    system |= {"libxcb.so.1", "libwayland-client.so.0", "libwayland-cursor.so.0"}
    system |= {"libwayland-egl.so.1", "libwayland-server.so.0"}
    system |= {"libvulkan.so.1"}  # ggml-vulkan is loaded only where it is there
    assert asked - found - system == set()


def test_oldest_glibc_is_the_one_that_is_stated(used: Frozen) -> None:
    version, files = elf.oldest_glibc(elves(used.program))
    assert version <= OLDEST_GLIBC, files


def test_pack_and_program_begin_at_pages(built: Path) -> None:
    pack, _pack_bytes, program, _program_bytes = read_layout(built)
    assert pack % ALIGNMENT_BYTES == program % ALIGNMENT_BYTES == 0
    assert pack < program
