"""What Songshu needs of the system, and which of Debian's packages holds it.

As root the missing ones are installed; anybody else gets the one command to type. Standard library
only: this runs before anything is installed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from ctypes.util import find_library
from pathlib import Path

from build_tools.steps import SetupError, step

# Shared libraries that Qt and PortAudio load at run time -> Debian's package of each.
DESKTOP_LIBRARIES = {
    "EGL": "libegl1",
    "GL": "libgl1",
    "dbus-1": "libdbus-1-3",
    "fontconfig": "libfontconfig1",
    "glib-2.0": "libglib2.0-0",
    "portaudio": "libportaudio2",
    "xcb-cursor": "libxcb-cursor0",
    "xcb-icccm": "libxcb-icccm4",
    "xcb-image": "libxcb-image0",
    "xcb-keysyms": "libxcb-keysyms1",
    "xcb-render-util": "libxcb-render-util0",
    "xcb-shape": "libxcb-shape0",
    "xcb-xkb": "libxcb-xkb1",
    "xkbcommon-x11": "libxkbcommon-x11-0",
}
# Programs that only the tests of the window need -> their packages.
SCREEN_PROGRAMS = {
    "Xvfb": "xvfb",
    "openbox": "openbox",
    "xdotool": "xdotool",
    "xterm": "xterm",  # other programs that are dictated into
    "wish": "tk",
    "xclip": "xclip",
    "dbus-daemon": "dbus",
}
# Programs that only the tests of real sound need; they bring ALSA's way to PulseAudio along.
SOUND_PROGRAMS = {
    "pulseaudio": "pulseaudio libasound2-plugins",
    "pactl": "pulseaudio-utils",
}
# Programs that check what the installers write; only the tests need them.
PACKAGING_PROGRAMS = {
    "appstreamcli": "appstream",
    "desktop-file-validate": "desktop-file-utils",
    "fakeroot": "fakeroot",
    "lintian": "lintian",
    "makensis": "nsis",
}
# Programs that the tests of the executable need: to see what it calls, and for other processors.
FROZEN_PROGRAMS = {"strace": "strace", "qemu-x86_64": "qemu-user"}
# What llama.cpp is compiled with for graphics cards -> packages.
VULKAN_PROGRAMS = {"cmake": "cmake", "glslc": "glslc"}
VULKAN_FILES = {
    "usr/include/vulkan/vulkan.hpp": "libvulkan-dev",
    "usr/share/cmake/SPIRV-Headers": "spirv-headers",
}
# A graphics card made of software, for tests.
VULKAN_DRIVER = {"usr/share/vulkan/icd.d/lvp_icd*.json": "mesa-vulkan-drivers"}


def need_compiler() -> None:
    """Have a compiler for C and C++."""
    if os.name == "posix" and not (shutil.which("cc") and shutil.which("c++")):
        need_packages("g++")


def need_vulkan(files: Mapping[str, str] | None = None) -> None:
    """Have what ggml-vulkan is compiled with on Linux; elsewhere it takes part if it is there."""
    if not sys.platform.startswith("linux"):
        return
    missing = [package for name, package in VULKAN_PROGRAMS.items() if not shutil.which(name)]
    wanted = {**VULKAN_FILES, **(files or {})}
    missing += [package for pattern, package in wanted.items() if not any(Path("/").glob(pattern))]
    if missing:
        need_packages(*missing)


def need_desktop(programs: Mapping[str, str] | None = None) -> None:
    """Have the libraries that a window and sound need on Linux, and the programs named."""
    if not sys.platform.startswith("linux"):
        return
    missing = [package for name, package in DESKTOP_LIBRARIES.items() if not find_library(name)]
    for name, packages in (programs or {}).items():
        missing += [] if shutil.which(name) else packages.split()
    if missing:
        need_packages(*missing)


def need_packages(*names: str) -> None:
    """Install Debian packages as root, else say what to type.

    Raises:
        SetupError: a person has to install them, or apt-get failed.
    """
    install = ["apt-get", "install", "-y", "--no-install-recommends", *names]
    if not shutil.which("apt-get"):
        raise SetupError(f"Please install what Debian calls {' '.join(names)}, and try again.")
    if os.name != "posix" or os.geteuid() != 0:
        raise SetupError(f"Please type this, and try again:\n\n    sudo {' '.join(install)}\n")
    with step("installing " + " ".join(names)):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update"], install):
            done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL)
            if done.returncode != 0:
                raise SetupError(
                    f"{' '.join(command)} failed ({done.returncode}); its message is above."
                )
