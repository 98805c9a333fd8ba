"""Vulkan for tests: mesa's software driver, and drivers that do what bad ones do.

A driver is a library that a JSON file names, and Vulkan's loader reads the files that a variable
names; so a driver is compiled here that crashes, or never answers, as soon as it is asked anything.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

DRIVERS = Path("/usr/share/vulkan/icd.d")
_ENTRY = "void *vk_icdGetInstanceProcAddr(void *instance, const char *name)"
_CRASHES = f"#include <stdlib.h>\n{_ENTRY} {{ abort(); }}\n"
_HANGS = f"#include <unistd.h>\n{_ENTRY} {{ for (;;) pause(); }}\n"
SOURCES = {"crashes": _CRASHES, "hangs": _HANGS}
NO_DRIVER = {"VK_ICD_FILENAMES": "/nowhere.json", "VK_DRIVER_FILES": "/nowhere.json"}


def software_card() -> dict[str, str]:
    """Give the variables with which a card of software is the only one, and is offered.

    Without the last one ggml offers no card that is a processor in disguise.
    """
    found = sorted(DRIVERS.glob("lvp_icd*.json"))
    if not found:
        pytest.fail("mesa-vulkan-drivers is not installed: python3 dev.py test --all does that")
    return {**only(found[0]), "GGML_VK_VISIBLE_DEVICES": "0"}


def broken_card(folder: Path, kind: str) -> dict[str, str]:
    """Compile a driver that crashes or hangs, and give the variables that make it the only one."""
    library = folder / f"lib{kind}.so"
    source = folder / f"{kind}.c"
    source.write_text(SOURCES[kind])
    subprocess.run(["cc", "-shared", "-fPIC", "-o", str(library), str(source)], check=True)
    file = folder / f"{kind}.json"
    facts = {"library_path": str(library), "api_version": "1.3.0"}
    file.write_text(json.dumps({"file_format_version": "1.0.0", "ICD": facts}))
    for path in (folder, library, file):
        path.chmod(0o755)
    return {**only(file), "GGML_VK_VISIBLE_DEVICES": "0"}


def only(file: Path) -> dict[str, str]:
    """Give the variables that leave one driver; the loader renamed the first to the second."""
    return {"VK_ICD_FILENAMES": str(file), "VK_DRIVER_FILES": str(file)}
