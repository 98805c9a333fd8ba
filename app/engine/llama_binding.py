"""Loads the C functions of llama.cpp, and the libraries that compute.

llama-cpp-python is a package of two layers: ``llama_cpp.llama_cpp`` declares the C functions; all
else (chat templates, a disk cache, a server) would take 0.2 s to load and is never used. So the
first is imported without the package's own ``__init__``.

In the frozen program the CPU backend comes in one library for each kind of processor
(build_tools.llama_libraries); ggml loads the best one that this processor can run. In a checkout
there is one, compiled for this machine and linked in.
"""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
import os
import sys
import types
from pathlib import Path
from typing import Any

_PACKAGE = "llama_cpp"
_ONE_OF_MANY = "*ggml-cpu-*"


def load_binding() -> Any:
    """Import the module that declares llama.cpp's C functions.

    Raises:
        ImportError: llama-cpp-python is not installed.
    """
    name = f"{_PACKAGE}.{_PACKAGE}"
    if _PACKAGE in sys.modules:
        return importlib.import_module(name)
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.submodule_search_locations is None:
        raise ImportError(f"{_PACKAGE} is not installed")
    bare = types.ModuleType(_PACKAGE)
    bare.__path__ = list(spec.submodule_search_locations)
    sys.modules[_PACKAGE] = bare
    try:
        return importlib.import_module(name)
    finally:
        del sys.modules[_PACKAGE]  # whoever wants the whole package still gets it


def library_folder(binding: Any) -> Path:
    """Where the libraries of llama.cpp lie."""
    return Path(binding.__file__).parent / "lib"


def ggml_library(binding: Any, part: str) -> ctypes.CDLL:
    """Give one of ggml's libraries: "ggml" or "ggml-base"."""
    names = {"win32": f"{part}.dll", "darwin": f"lib{part}.dylib"}
    # On Linux libllama asks for "….so.0"; another name may be another file, and then a library of
    # its own, without the backends of the first.
    file = library_folder(binding) / names.get(sys.platform, f"lib{part}.so.0")
    return ctypes.CDLL(str(file))


def load_processor_backend(binding: Any) -> None:
    """Load the CPU backend that is best on this processor, where there are several."""
    folder = library_folder(binding)
    if not any(folder.glob(_ONE_OF_MANY)):
        return
    load_all = ggml_library(binding, "ggml").ggml_backend_load_all_from_path
    load_all.argtypes = [ctypes.c_char_p]
    load_all.restype = None
    load_all(os.fsencode(folder))
