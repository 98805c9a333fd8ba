"""What goes into the executable, and what does not: read by build.spec and by tests/frozen.

PyInstaller collects whatever might be imported. Here everything that Songshu never uses is left out
by name, then the libraries that only those needed, and what is left is held against a list: a large
file that nobody wrote down fails the build's test, so that size cannot creep back.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import TypeAlias

Entry: TypeAlias = tuple[str, str, str]  # PyInstaller's: place in the bundle, source, kind
Needs: TypeAlias = Callable[[str], Iterable[str]]  # source of a library -> names of what it loads

MB = 1_000_000
EXCLUDED_MODULES = [
    # build time only
    *("torch", "transformers", "onnx", "gguf", "safetensors", "ml_dtypes", "models", "tests"),
    *("pytest", "_pytest", "pip", "setuptools", "pkg_resources", "lz4", "build_tools"),
    # other people's optional parts
    *("tkinter", "PIL", "IPython", "matplotlib", "pandas", "yaml", "certifi", "charset_normalizer"),
    *("numpy.f2py", "numpy.testing", "numpy.distutils", "numpy.random", "numpy.polynomial"),
    *("lxml.html", "lxml.objectify", "lxml.isoschematron", "lxml.cssselect"),
    *("llama_cpp.llama", "llama_cpp.llama_chat_format", "llama_cpp.server", "dotenv"),
    "scipy",  # but for one compiled module: see POCKETFFT
    *("fastapi", "uvicorn", "pydantic", "diskcache", "jinja2", "requests"),
    *("onnxruntime.quantization", "onnxruntime.tools", "onnxruntime.transformers"),
    *("onnxruntime.training", "onnxruntime.datasets", "PySide6.QtOpenGL", "PySide6.QtQml"),
    *("cryptography", "sympy", "flatbuffers.reflection"),
    # the standard library's
    *("pdb", "doctest", "pydoc", "lib2to3", "ensurepip", "idlelib", "turtledemo", "curses"),
    *("readline", "ftplib", "smtplib", "imaplib", "xmlrpc", "_ssl", "ssl"),
]
QT_PLUGINS = [  # the only ones that are kept: no network, no embedded screens, no picture formats
    r"platforms/.*(xcb|wayland|offscreen|windows|cocoa)",
    r"platforminputcontexts/",  # Chinese input methods
    r"platformthemes/.*xdgdesktopportal",  # the file dialogs of the desktop; gtk3 would bring GTK
    r"iconengines/.*svg",
    r"imageformats/.*svg",
    r"styles/",  # Windows and macOS
    r"wayland-shell-integration/.*xdg-shell",
    r"wayland-decoration-client/",
    r"wayland-graphics-integration-client/.*wayland-egl",
]
DROPPED = [  # places in the bundle, beyond modules and plugins
    r"PySide6/Qt/translations/(?!qtbase_zh_CN)",
    r"PySide6/translations/(?!qtbase_zh_CN)",  # where Windows has them
    r"PySide6/(Qt/)?qml/",
    r"opengl32sw\.dll$",  # 20 MB: a software OpenGL that widgets never ask for
    r"^lib(ggml|llama)[^/]*$",  # found again beside themselves: would be loaded as other libraries
    r"(^|/)(libvulkan\.so|vulkan-1\.dll)",  # always the system's: it knows the drivers
    r"(^|/)libmvec\.so",  # a part of glibc, which is always the system's
    r"numpy/.*/tests/",
    r"docx/templates/default-docx-template/",  # the sources of the template beside it
    r"lxml/(html|isoschematron|objectify)",
    r"onnxruntime/(quantization|transformers|tools|datasets)/",
    r"(^|/)(py\.typed|.*\.pyi|.*\.pxd|.*\.h)$",
]
POCKETFFT = "scipy/fft/_pocketfft"  # app.engine.fourier loads it by its place
# Libraries that no other one asks for.
LOADED_BY_NAME = r"lib(python3|portaudio|onnxruntime_providers|llama|ggml)"
STUBBED = ("x264-", "x265-", "SvtAv1Enc-", r"jack\.so")  # linked to, never needed; see stubs.py

# Every file of more than 1 MB that may be inside, and how large it may get, in MB.
LARGE_FILES = {
    r"Songshu(\.exe)?$": 17,  # the start, and all Python modules
    r"libicudata\.so.*": 34,
    r"libicu(i18n|uc)\.so.*": 6,
    r"libQt6(Core|Gui|Widgets)\.so.*": 13,
    r"libQt6(Network|WaylandClient)\.so.*": 3,
    r"Qt(Core|Gui|Widgets|Network)\.abi3\.so": 7,
    r"onnxruntime_pybind11_state.*": 40,
    r"libscipy_openblas.*": 27,
    r"_multiarray_umath.*": 12,
    r"pypocketfft.*": 2,
    r"libgfortran.*": 4,
    r"libpython3.*": 9,
    r"libavcodec-.*": 20,
    r"libavfilter-.*": 7,
    r"libav(format|util)-.*": 4,
    r"lib(gnutls|unistring|vpx|dav1d|swscale|asound)-.*": 3,
    r"av/.*\.abi3\.so": 5,
    r"etree\..*": 6,
    r"lib(crypto|stdc\+\+|sqlite3)\.so.*": 5,
    r"lib(glib-2\.0|X11|systemd|gcrypt|asound)\.so.*": 3,
    r"unicodedata.*": 2,
    r"base_library\.zip": 2,
    r"silero_vad.*\.onnx": 2,
    r"libllama\.so.*": 5,
    r"libggml-(base|cpu-[a-z0-9_]+)\.so.*": 2,
    r"(lib)?ggml-vulkan\.(so|dll)": 16,
    r"THIRD-PARTY\.json": 2,
    r"songshu-[a-z]+\.songshu": 3600,
}
# What a start of the window reads from the disk, and then its engine, found with fincore after a
# cold start: all of it is asked for at once.
EARLY_FILES = [
    r"base_library\.zip",
    r"lib(python3|stdc\+\+|crypto|sqlite3|glib-2\.0|X11|ffi|freetype|fontconfig|dbus-1)[-.].*",
    r"PySide6/Qt/lib/libQt6(Core|Gui|Widgets|Network|DBus|XcbQpa|WaylandClient)\.so.*",
    r"PySide6/Qt/lib/libicu(i18n|uc)\.so.*",
    r"PySide6/(Qt/plugins/platforms/.*|Qt(Core|Gui|Widgets|Network)\.abi3\.so)",
    r"lib(pyside6|shiboken6)\.abi3\.so.*",
    r"numpy/_core/_multiarray_umath.*",
    r"numpy\.libs/lib(scipy_openblas|gfortran).*",
    r"onnxruntime/capi/onnxruntime_pybind11_state.*",
    r"llama_cpp/lib/lib(llama|ggml|ggml-base)\.so.*",
    r"silero_vad.*\.onnx",
]
LARGE_BYTES = 1 * MB
MAX_DISK_BYTES = 350 * MB  # what the first start may unpack
MAX_EXECUTABLE_BYTES = 150 * MB  # without the pack


def is_wanted(entry: Entry) -> bool:
    """Say whether a collected file is used by Songshu."""
    place = PurePosixPath(entry[0].replace("\\", "/")).as_posix()
    plugin = re.search(r"PySide6/(?:Qt/)?plugins/(.*)", place)
    if plugin and not any(re.match(pattern, plugin[1]) for pattern in QT_PLUGINS):
        return False
    return not any(re.search(pattern, place) for pattern in DROPPED)


def keep_needed(entries: Sequence[Entry], needs: Needs) -> list[Entry]:
    """Drop what is unwanted, and then the libraries that nothing kept needs.

    Args:
        entries: what PyInstaller collected.
        needs: tells which libraries one loads, by file name.
    """
    wanted = [entry for entry in entries if is_wanted(entry)]
    by_name = {PurePosixPath(entry[0]).name: entry for entry in wanted}
    roots = [entry for entry in wanted if not _is_shared_library(entry)]
    reached = {entry[0] for entry in _reach(roots, by_name, needs)}
    return [entry for entry in wanted if entry[0] in reached or _same_file(entry, reached)]


def _is_shared_library(entry: Entry) -> bool:
    """Whether something is there only because another library loads it."""
    place, _source, kind = entry
    name = PurePosixPath(place).name
    if kind not in ("BINARY", "SYMLINK") or "/plugins/" in place:
        return False
    return (
        re.match(LOADED_BY_NAME, name) is None and re.match(r"lib.*\.so(\.\d+)*$", name) is not None
    )


def _reach(roots: Iterable[Entry], by_name: dict[str, Entry], needs: Needs) -> Iterator[Entry]:
    seen: set[str] = set()
    waiting = list(roots)
    while waiting:
        entry = waiting.pop()
        if entry[0] in seen:
            continue
        seen.add(entry[0])
        yield entry
        if entry[2] in ("BINARY", "EXTENSION"):
            names = (PurePosixPath(name).name for name in needs(entry[1]))
            waiting.extend(by_name[name] for name in names if name in by_name)


def _same_file(entry: Entry, reached: set[str]) -> bool:
    """A link is kept with what it points to."""
    return entry[2] == "SYMLINK" and any(place.endswith("/" + entry[0]) for place in reached)


def without_dead_links(entries: Sequence[Entry]) -> list[Entry]:
    """Drop the links whose files were dropped; PyInstaller lists some of them as data."""
    links = {place: _target(place, to) for place, to, kind in entries if kind == "SYMLINK"}
    files = {entry[0] for entry in entries if entry[2] != "SYMLINK"}
    folders = {parent.as_posix() for place in files for parent in PurePosixPath(place).parents}
    return [entry for entry in entries if _end(entry[0], links) in files | folders]


def _target(place: str, to: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(place), to))


def _end(place: str, links: dict[str, str]) -> str:
    """Follow links to what is none."""
    while place in links:
        place = links[place]
    return place


def is_early(place: str) -> bool:
    """Whether every start of the window reads a file."""
    return any(re.search(rf"(^|/){pattern}$", place) for pattern in EARLY_FILES)


def uninvited(sizes: dict[str, int]) -> list[str]:
    """List the large files that are not on the list, or larger than it says.

    Args:
        sizes: place in the bundle -> bytes.
    """
    return [
        f"{place}: {n_bytes / MB:.1f} MB"
        for place, n_bytes in sorted(sizes.items())
        if n_bytes > LARGE_BYTES and n_bytes > _limit_bytes(place)
    ]


def _limit_bytes(place: str) -> float:
    limits = [
        limit for pattern, limit in LARGE_FILES.items() if re.search(rf"(^|/){pattern}$", place)
    ]
    return max(limits, default=0) * MB
