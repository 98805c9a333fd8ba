"""Other people's processors: the executable under qemu with models of old ones.

qemu's user mode runs one program; what that starts runs natively. So the steps of the launcher
and of PyInstaller are taken here, and the program itself is emulated. x86-64-v2 is what NumPy's
wheel needs: every processor since Nehalem (2008) and Bulldozer (2011).
"""

from __future__ import annotations

import os
import subprocess
import wave
from pathlib import Path

import pytest

from app.engine.machine import default_threads
from build_tools.joining import read_layout
from tests.frozen.conftest import Frozen
from tests.packs import ROOT
from tests.programs import need

SAMPLE = ROOT / "samples" / "squirrel.wav"
CLIP_S = 1.5  # "a small red squirrel": emulation takes a minute for it
EMULATOR = "qemu-x86_64"
EMULATED_S = 900.0


@pytest.fixture(scope="session")
def clip(place: Path) -> Path:
    """The first words of the sample."""
    target = place / "words.wav"
    with wave.open(str(SAMPLE)) as source, wave.open(str(target), "wb") as file:
        file.setparams(source.getparams())
        file.writeframes(source.readframes(round(CLIP_S * source.getframerate())))
    return target


def emulate(used: Frozen, processor: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    need(EMULATOR)
    program = used.program / "Songshu"
    environment = used.environment(
        _PYI_ARCHIVE_FILE=str(program),
        _PYI_PARENT_PROCESS_LEVEL="-1",
        _PYI_LINUX_PROCESS_NAME="Songshu",
        LD_LIBRARY_PATH=str(used.program / "_internal"),
        SONGSHU_EXECUTABLE=str(used.file),
        SONGSHU_LAYOUT=":".join(map(str, read_layout(used.file))),
        OMP_WAIT_POLICY="passive",
        PATH=os.environ["PATH"],
    )
    return subprocess.run(
        [EMULATOR, "-cpu", processor, str(program), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=EMULATED_S,
        check=False,
    )


@pytest.mark.parametrize(("processor", "has_avx2"), [("Nehalem", False), ("Haswell-v4", True)])
def test_recognises_on_an_old_processor(
    used: Frozen, clip: Path, processor: str, has_avx2: bool
) -> None:
    facts = emulate(used, processor, "devices")
    assert facts.returncode == 0, facts.stderr
    assert ("AVX2 = 1" in facts.stdout) == has_avx2
    result = emulate(used, processor, "transcribe", "--threads", "1", "--no-gate", str(clip))
    assert result.returncode == 0, result.stderr
    assert "squirrel" in result.stdout.lower()


def test_processor_that_is_too_old_is_not_taken_for_a_working_one(used: Frozen) -> None:
    """x86-64-v1 ends at once. If it ever works, docs/FROZEN.md is too strict."""
    assert emulate(used, "core2duo", "devices").returncode != 0


def test_this_processor_is_used_as_well_as_it_can_be(used: Frozen) -> None:
    """The best variant is chosen, by what the kernel says of this processor."""
    flags = Path("/proc/cpuinfo").read_text().split("flags", 1)[1].split("\n", 1)[0].split()
    facts = used.run("devices").stdout
    for flag, name in (("avx2", "AVX2"), ("avx512f", "AVX512"), ("fma", "FMA")):
        assert (f"{name} = 1" in facts) == (flag in flags)
    assert f"{default_threads()} by default" in facts
