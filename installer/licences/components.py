"""What no package's metadata tells of: the C libraries inside the wheels, Python, the models.

Versions are asked from what is installed wherever it can tell them. About FFmpeg see ``ffmpeg``:
its own answer to "which licence?" is not the whole truth.
"""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

from installer.licences.entry import ROOT, Entry, apache_text, read_text

_FFMPEG_SOURCE = (
    "Everything needed to build it again is public: Songshu's source, "
    "https://github.com/PyAV-Org/pyav-ffmpeg (recipe, patches) and the sources that it names."
)
_FFMPEG_WITH_GPL = (
    "FFmpeg calls itself LGPL-3.0-or-later, but is linked here with x264 and x265, which are "
    "GPL-2.0-or-later. So the executable as a whole is given under the GPL-3.0; Songshu's own "
    "source stays Apache-2.0, which that allows. Songshu only decodes, and uses neither of them. "
)
_FFMPEG_WITHOUT_GPL = (
    "Shared libraries, unchanged, under the LGPL-3.0. PyAV's wheels link them with x264 and x265, "
    "which are GPL-2.0-or-later and which Songshu never uses: in this executable empty libraries "
    "stand in their place, and nothing of either is inside. "
)


def components(*, with_gpl_encoders: bool) -> list[Entry]:
    """Describe what is bundled whatever the pack is.

    Args:
        with_gpl_encoders: x264 and x265 are bundled, too.
    """
    return [
        songshu(),
        python(),
        *pyinstaller(),
        *llama(),
        ffmpeg(with_gpl_encoders=with_gpl_encoders),
        *xml(),
        portaudio(),
        *qt(),
        vad(),
    ]


def songshu() -> Entry:
    """Describe ourselves."""
    from app import __version__

    return Entry(
        name="Songshu",
        version=__version__,
        licence="Apache-2.0",
        text=apache_text(),
        note="The source. What the executable as a whole is given under: see FFmpeg.",
    )


def python() -> Entry:
    """Describe the interpreter and its standard library."""
    return Entry(
        name="Python",
        version=platform.python_version(),
        licence="Python-2.0",
        text=_python_text(),
        url="https://www.python.org",
    )


def _python_text() -> str:
    """Return Python's licence: from its folder, Windows' root, or Debian's documentation."""
    standard_library = Path(platform.__file__).parent
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    places = (
        standard_library / "LICENSE.txt",
        Path(sys.base_prefix) / "LICENSE.txt",
        Path("/usr/share/doc") / name / "copyright",
    )
    found = next((place for place in places if place.is_file()), None)
    return found.read_text(encoding="utf-8", errors="replace") if found else ""


def pyinstaller() -> Iterator[Entry]:
    """Describe the boot loader at the start of the executable; a checkout may have none."""
    try:
        package = distribution("pyinstaller")
    except PackageNotFoundError:
        return
    files = [file for file in package.files or [] if file.name == "COPYING.txt"]
    yield Entry(
        name="PyInstaller boot loader",
        version=package.version,
        licence="GPL-2.0-or-later WITH Bootloader-exception",
        text="\n".join(file.read_text() for file in files),
        url="https://pyinstaller.org",
    )


def llama() -> Iterator[Entry]:
    """Describe llama.cpp and ggml, which llama-cpp-python's wheel holds."""
    wheel = version("llama-cpp-python")
    url = "https://github.com/ggml-org/llama.cpp"
    for name in ("llama.cpp", "ggml"):
        yield Entry(
            name=name,
            version=f"as in llama-cpp-python {wheel}",
            licence="MIT",
            text=read_text("llama.cpp.txt"),
            url=url,
        )
    yield Entry(
        name="JSON for Modern C++ (in llama.cpp)",
        version=f"as in llama-cpp-python {wheel}",
        licence="MIT",
        text=read_text("jsonhpp.txt"),
        url="https://github.com/nlohmann/json",
    )


def ffmpeg(*, with_gpl_encoders: bool) -> Entry:
    """Describe FFmpeg as PyAV's wheel has it."""
    import av

    note = _FFMPEG_WITH_GPL if with_gpl_encoders else _FFMPEG_WITHOUT_GPL
    return Entry(
        name="FFmpeg",
        version=str(av.ffmpeg_version_info),
        licence="LGPL-3.0-or-later",
        text=read_text("LGPL-3.0.txt", "GPL-3.0.txt"),
        url="https://ffmpeg.org",
        note=note + _FFMPEG_SOURCE,
    )


def xml() -> Iterator[Entry]:
    """Describe the libraries that lxml links statically."""
    from lxml import etree

    for name, numbers, licence in (
        ("libxml2", etree.LIBXML_COMPILED_VERSION, "MIT AND ISC"),
        ("libxslt", etree.LIBXSLT_COMPILED_VERSION, "MIT"),
    ):
        yield Entry(
            name=f"{name} (in lxml)",
            version=".".join(map(str, numbers)),
            licence=licence,
            text=read_text(f"{name}.txt"),
            url=f"https://gitlab.gnome.org/GNOME/{name}",
        )


def portaudio() -> Entry:
    """Describe PortAudio: the system's on Linux, in sounddevice's wheel elsewhere."""
    import sounddevice

    said = sounddevice.get_portaudio_version()[1]
    number = re.search(r"V\d[\d.]*", said)
    return Entry(
        name="PortAudio",
        version=number.group() if number else said,
        licence="MIT",
        text=read_text("portaudio.txt"),
        url="https://www.portaudio.com",
    )


def qt() -> Iterator[Entry]:
    """Describe Qt, and the code of others inside its libraries."""
    number = version("PySide6-Essentials")
    yield Entry(
        name="Qt",
        version=number,
        licence="LGPL-3.0-only",
        text=read_text("LGPL-3.0.txt", "GPL-3.0.txt"),
        url="https://www.qt.io",
        note="Shared libraries, unchanged, under the LGPL-3.0. Source: https://download.qt.io",
    )
    inside = (
        ("FreeType", "freetype.txt", "FTL"),
        ("HarfBuzz", "harfbuzz.txt", "MIT"),
        ("PCRE2", "pcre2.txt", "BSD-3-Clause"),
        ("libpng", "libpng.txt", "libpng-2.0"),
    )
    for name, text, licence in inside:
        yield Entry(
            name=f"{name} (in Qt)",
            version=f"as in Qt {number}",
            licence=licence,
            text=read_text(text),
            url="https://doc.qt.io/qt-6/licenses-used-in-qt.html",
        )


def vad() -> Entry:
    """Describe the network that tells speech from silence."""
    text = ROOT / "app" / "audio" / "resources" / "silero_vad_LICENSE.txt"
    return Entry(
        name="Silero VAD (speech gate)",
        version="6.2.3",
        licence="MIT",
        text=text.read_text(encoding="utf-8"),
        url="https://github.com/snakers4/silero-vad",
    )


def pack_entries(name: str, licence: str) -> list[Entry]:
    """Describe a bundled pack.

    Args:
        name: of the pack.
        licence: from its manifest.
    """
    model = Entry(name=f"Model “{name}”", version="", licence=licence, text=apache_text())
    if name != "starter":
        return [model]
    tower = Entry(
        name="Whisper tiny.en (in the model “starter”)",
        version="2022",
        licence="MIT",
        text=read_text("whisper.txt"),
        url="https://github.com/openai/whisper",
        note="Its audio encoder unchanged; its decoder, rewritten and trained further.",
    )
    return [model, tower]
