"""The decoder on a graphics card, by the real library, with mesa's card of software.

``dev.py test --all`` builds the library with the executable; so these run only then.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app import paths
from app.engine.device_guard import DeviceGuard, Limits
from app.engine.device_memory import DeviceMemory
from app.engine.device_use import DeviceUse
from app.engine.loading import LoadOptions
from app.engine.outcome import Outcome
from app.engine.placement import parse_placement
from app.selftest import similarity
from tests.broken_driver import NO_DRIVER, broken_card, software_card
from tests.packs import PACKS, ROOT

pytestmark = pytest.mark.slow_all
CLIP = ROOT / "samples" / "squirrel.wav"
CARD = parse_placement("vulkan:0")
# Mesa translates shaders as slowly as it computes: 36 s of a processor for this pack.
TINY = str(PACKS / "tiny")
OPTIONS = LoadOptions(pack=TINY, n_threads=1, use_gate=False, device="vulkan:0")


@pytest.fixture(autouse=True)
def _built() -> None:
    if not list((paths.bundle_folder() / "build" / "vulkan").glob("*ggml-vulkan*")):
        pytest.fail("python3 dev.py gpu compiles the library that is tested here")


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in software_card().items():
        monkeypatch.setenv(name, value)


def guard(folder: Path, cards_s: float = 120.0) -> DeviceGuard:
    limits = Limits(cards_s=cards_s, stage_s=600.0)
    return DeviceGuard(memory=DeviceMemory(folder / "devices.json"), limits=limits)


def run(code: str, **environment: str) -> str:
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def test_card_is_found_with_its_driver(card: None, tmp_path: Path) -> None:
    (found,) = guard(tmp_path).find_cards().cards
    assert "llvmpipe" in found["name"]
    assert "Mesa" in found["driver"]
    assert len(found["build"]) == 32


def test_software_is_no_card_for_people(tmp_path: Path) -> None:
    """Without the variable: a processor in disguise would only be slower."""
    code = (
        "from app.engine.device_guard import DeviceGuard\nprint(DeviceGuard().find_cards().cards)"
    )
    file = software_card()["VK_ICD_FILENAMES"]
    assert run(code, VK_ICD_FILENAMES=file, VK_DRIVER_FILES=file) == "()"


def test_no_driver_is_no_card(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in NO_DRIVER.items():
        monkeypatch.setenv(name, value)
    found = guard(tmp_path).find_cards()
    assert (found.cards, found.outcome) == ((), Outcome.GOOD)


def test_good_card_passes_its_test_and_writes_the_same_text(card: None, tmp_path: Path) -> None:
    assert guard(tmp_path).check(CARD, OPTIONS) is None
    texts = {
        device: run(
            "from app.__main__ import main\n"
            f"main(['transcribe', {str(CLIP)!r}, '--pack', {TINY!r}, '--device', {device!r}])",
            XDG_DATA_HOME=str(tmp_path),
        )
        for device in ("cpu", "vulkan:0")
    }
    assert texts["cpu"]
    assert similarity(texts["vulkan:0"], texts["cpu"]) > 0.8


def test_death_in_the_middle_is_noticed(card: None, tmp_path: Path) -> None:
    """What a driver does that dies: the process ends where it computes, without a word."""
    code = (
        "import os, numpy as np\n"
        "from app.engine.loading import LoadOptions, load_engine\n"
        "from app.engine.types import TranscribeOptions\n"
        f"model = load_engine(LoadOptions(pack={TINY!r}, n_threads=1, use_gate=False,"
        " device='vulkan:0'))\n"
        "model.clips.decoder.prefill = lambda *args, **options: os._exit(0)\n"
        "next(model.clips.recognize(np.zeros(16000, np.float32), TranscribeOptions()))"
    )
    run(code, XDG_DATA_HOME=str(tmp_path))
    assert DeviceUse(tmp_path / "songshu").n_deaths("vulkan:0") == 1
    assert DeviceUse(tmp_path / "songshu").n_deaths("cpu") == 0


def test_layers_really_lie_on_the_card(card: None) -> None:
    code = (
        "import logging, sys\n"
        "logging.basicConfig(level=logging.DEBUG, stream=sys.stdout)\n"
        "from app.engine.loading import LoadOptions, load_engine\n"
        f"load_engine(LoadOptions(pack={str(PACKS / 'starter')!r}, n_threads=1, use_gate=False,"
        " device='vulkan:0')).close()"
    )
    told = run(code)
    assert "Vulkan0 model buffer size" in told
    assert "offloaded" in told


def test_card_in_the_process_changes_nothing_for_a_model_on_the_processor(card: None) -> None:
    code = (
        "import numpy as np\n"
        "from pathlib import Path\n"
        "from app.engine import llama\n"
        "from app.engine.device_trial import read_sample, try_out\n"
        "from app.engine.pack import open_pack\n"
        "from app.engine.placement import PROCESSOR\n"
        f"pack, wave = open_pack(Path({str(PACKS / 'starter')!r})), read_sample()\n"
        "before = try_out(pack, PROCESSOR, wave, 1)\n"
        "assert llama.graphics_cards()\n"
        "after = try_out(pack, PROCESSOR, wave, 1, before.token_ids)\n"
        "print(np.array_equal(before.logits, after.logits))"
    )
    assert run(code) == "True"


def test_vulkan_is_not_even_loaded_for_the_processor(card: None) -> None:
    code = (
        "from app.engine.loading import LoadOptions, load_engine\n"
        f"load_engine(LoadOptions(pack={str(PACKS / 'tiny')!r}, n_threads=1, use_gate=False))\n"
        "print('vulkan' in open('/proc/self/maps').read())"
    )
    assert run(code) == "False"


@pytest.mark.parametrize(("kind", "outcome"), [("crashes", Outcome.CRASH), ("hangs", Outcome.HANG)])
def test_broken_driver_kills_a_child_only(
    kind: str, outcome: Outcome, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in broken_card(tmp_path, kind).items():
        monkeypatch.setenv(name, value)
    refusal = guard(tmp_path, cards_s=10.0).check(CARD, OPTIONS)
    assert refusal is not None
    assert refusal.outcome is outcome
