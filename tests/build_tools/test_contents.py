"""What is left out of the executable, and what may not creep in."""

from __future__ import annotations

import pytest

from build_tools import contents
from build_tools.contents import MB, Entry

PLUGINS = "PySide6/Qt/plugins/"


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        (f"{PLUGINS}platforms/libqxcb.so", True),
        (f"{PLUGINS}platforms/libqvnc.so", False),
        (f"{PLUGINS}platformthemes/libqgtk3.so", False),
        (f"{PLUGINS}tls/libqopensslbackend.so", False),
        (f"{PLUGINS}platforminputcontexts/libibusplatforminputcontextplugin.so", True),
        ("PySide6\\plugins\\platforms\\qwindows.dll", True),
        ("PySide6\\plugins\\imageformats\\qjpeg.dll", False),
        ("PySide6/Qt/translations/qtbase_zh_CN.qm", True),
        ("PySide6/Qt/translations/qtbase_de.qm", False),
        ("PySide6/opengl32sw.dll", False),
        ("libggml.so.0", False),
        ("llama_cpp/lib/libggml.so.0", True),
        ("llama_cpp/lib/vulkan/libggml-vulkan.so", True),
        ("libvulkan.so.1", False),
        ("vulkan-1.dll", False),
        ("libmvec.so.1", False),
        ("docx/templates/default.docx", True),
        ("docx/templates/default-docx-template/word/styles.xml", False),
        ("app/gui/resources/songshu.svg", True),
    ],
)
def test_is_wanted(place: str, wanted: bool) -> None:
    assert contents.is_wanted((place, "", "BINARY")) is wanted


def test_libraries_of_what_was_dropped_go_with_it() -> None:
    entries: list[Entry] = [
        (f"{PLUGINS}platforms/libqxcb.so", "xcb", "BINARY"),
        (f"{PLUGINS}platformthemes/libqgtk3.so", "gtk3", "BINARY"),
        ("libgtk-3.so.0", "gtk", "BINARY"),
        ("libX11.so.6", "x11", "BINARY"),
        ("libxcb.so.1", "xcb1", "BINARY"),
        ("numpy/_core/_multiarray_umath.cpython-311-x86_64-linux-gnu.so", "umath", "EXTENSION"),
        ("numpy.libs/libscipy_openblas64_-32.so", "blas", "BINARY"),
        ("libpython3.11.so.1.0", "python", "BINARY"),
        ("libportaudio.so.2", "portaudio", "BINARY"),
        ("libasound.so.2", "asound", "BINARY"),
    ]
    needs = {
        "xcb": ["libX11.so.6", "libc.so.6"],
        "x11": ["libxcb.so.1"],
        "gtk3": ["libgtk-3.so.0"],
        "gtk": ["libX11.so.6"],
        "umath": ["libscipy_openblas64_-32.so"],
        "portaudio": ["libasound.so.2"],
    }
    kept = contents.keep_needed(entries, lambda source: needs.get(source, []))
    dropped = {entry[1] for entry in entries} - {entry[1] for entry in kept}
    assert dropped == {"gtk3", "gtk"}


def test_link_is_kept_with_what_it_leads_to() -> None:
    entries: list[Entry] = [
        ("PySide6/QtCore.abi3.so", "core", "EXTENSION"),
        ("PySide6/Qt/lib/libQt6Core.so.6", "qt", "BINARY"),
        ("libQt6Core.so.6", "PySide6/Qt/lib/libQt6Core.so.6", "SYMLINK"),
        ("libQt6Quick.so.6", "PySide6/Qt/lib/libQt6Quick.so.6", "SYMLINK"),
    ]
    needs = {"core": ["libQt6Core.so.6"]}
    kept = [entry[0] for entry in contents.keep_needed(entries, lambda s: needs.get(s, []))]
    assert "PySide6/Qt/lib/libQt6Core.so.6" in kept or "libQt6Core.so.6" in kept
    assert "libQt6Quick.so.6" not in kept


@pytest.mark.parametrize(
    ("place", "early"),
    [
        ("_internal/libpython3.11.so.1.0", True),
        ("_internal/PySide6/Qt/lib/libQt6Gui.so.6", True),
        ("_internal/llama_cpp/lib/libllama.so", True),
        ("_internal/llama_cpp/lib/libggml-base.so.0", True),
        ("_internal/llama_cpp/lib/libggml-cpu-zen4.so", False),
        ("_internal/llama_cpp/lib/vulkan/libggml-vulkan.so", False),
        ("_internal/PySide6/Qt/lib/libicudata.so.73", False),
        ("_internal/av.libs/libavcodec-5e6b81c2.so.62.28.102", False),
    ],
)
def test_only_what_every_start_reads_is_read_ahead(place: str, early: bool) -> None:
    assert contents.is_early(place) is early


def test_links_to_what_was_dropped_go_with_it() -> None:
    entries: list[Entry] = [
        ("PySide6/Qt/lib/libQt6Core.so.6", "qt", "BINARY"),
        ("libQt6Core.so.6", "PySide6/Qt/lib/libQt6Core.so.6", "SYMLINK"),
        ("PySide6/libQt6Core.so.6", "../libQt6Core.so.6", "SYMLINK"),
        ("Frameworks/models", "../PySide6/Qt", "SYMLINK"),
        ("libQt6Quick.so.6", "PySide6/Qt/lib/libQt6Quick.so.6", "SYMLINK"),
        ("PySide6/libQt6Quick.so.6", "../libQt6Quick.so.6", "SYMLINK"),
    ]
    assert contents.without_dead_links(entries) == entries[:4]


@pytest.mark.parametrize(
    ("place", "n_bytes", "invited"),
    [
        ("_internal/libpython3.11.so.1.0", 7 * MB, True),
        ("_internal/libpython3.11.so.1.0", 22 * MB, False),
        ("_internal/new_engine.so", MB + 1, False),
        ("_internal/new_engine.so", MB, True),
        ("_internal/llama_cpp/lib/libggml-cpu-zen4.so", 1_600_000, True),
        ("_internal/llama_cpp/lib/vulkan/libggml-vulkan.so", 15 * MB, True),
        ("_internal/llama_cpp/lib/vulkan/libggml-vulkan.so", 32 * MB, False),
        ("Songshu", 8 * MB, True),
    ],
)
def test_large_files_must_be_on_the_list(place: str, n_bytes: int, invited: bool) -> None:
    assert (contents.uninvited({place: n_bytes}) == []) is invited
