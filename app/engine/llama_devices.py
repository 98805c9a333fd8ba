"""What llama.cpp can compute on in this process: the processor, and graphics cards if it was asked.

    registry of ggml -> ComputeDevice (handle, name, whether it is a card)

The library for graphics cards is no part of the others: it is loaded when somebody wants a card,
and brings the system's Vulkan and the card's driver into the process. A driver can take the whole
process with it, so a process that a person sees only does it after another one has survived it
(app/engine/device_guard.py).
"""

from __future__ import annotations

import ctypes
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app import paths
from app.engine.llama_binding import ggml_library, library_folder

_CPU_DEVICE = 0  # GGML_BACKEND_DEVICE_TYPE_CPU
_LIBRARY = "ggml-vulkan.dll" if sys.platform == "win32" else "libggml-vulkan.so"


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputeDevice:
    """One device of ggml.

    Attributes:
        handle: ggml_backend_dev_t.
        name: as the driver calls it.
        backend: ggml's own name, such as "Vulkan0".
        is_card: whether it is anything but the processor.
    """

    handle: int
    name: str
    backend: str
    is_card: bool


def graphics_library(binding: Any) -> Path | None:
    """Find the library for graphics cards; None if this Songshu was built without."""
    places = (library_folder(binding) / "vulkan", paths.bundle_folder() / "build" / "vulkan")
    return next((place / _LIBRARY for place in places if (place / _LIBRARY).is_file()), None)


def load_graphics_backend(binding: Any) -> bool:
    """Load the library for graphics cards, once; False if there is none or it cannot be loaded.

    It cannot where the system has no Vulkan. That is no error: then there is no card.
    """
    if any(device.is_card for device in list_devices(binding)):
        return True
    library = graphics_library(binding)
    if library is None:
        return False
    load = ggml_library(binding, "ggml").ggml_backend_load
    load.argtypes, load.restype = [ctypes.c_char_p], ctypes.c_void_p
    return bool(load(os.fsencode(library)))


def list_devices(binding: Any) -> list[ComputeDevice]:
    """List what is registered now."""
    registry, base = ggml_library(binding, "ggml"), ggml_library(binding, "ggml-base")
    registry.ggml_backend_dev_count.restype = ctypes.c_size_t
    registry.ggml_backend_dev_get.restype = ctypes.c_void_p
    registry.ggml_backend_dev_get.argtypes = [ctypes.c_size_t]
    base.ggml_backend_dev_type.argtypes = [ctypes.c_void_p]
    found = []
    for number in range(registry.ggml_backend_dev_count()):
        handle = registry.ggml_backend_dev_get(number)
        found.append(
            ComputeDevice(
                handle=handle,
                name=_text(base.ggml_backend_dev_description, handle),
                backend=_text(base.ggml_backend_dev_name, handle),
                is_card=base.ggml_backend_dev_type(handle) != _CPU_DEVICE,
            )
        )
    return found


def list_cards(binding: Any) -> list[ComputeDevice]:
    """List the graphics cards that are registered now, in the order of their numbers."""
    return [device for device in list_devices(binding) if device.is_card]


def _text(function: Any, handle: int) -> str:
    function.restype = ctypes.c_char_p
    function.argtypes = [ctypes.c_void_p]
    return bytes(function(handle)).decode("utf-8", "replace").strip()
