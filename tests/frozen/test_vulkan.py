"""Graphics cards with the real executable: mesa's card of software, a broken driver, and none."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from subprocess import CompletedProcess

from tests.broken_driver import NO_DRIVER, broken_card, software_card
from tests.frozen.conftest import Frozen
from tests.frozen.test_command_line import SAID, readable_sample
from tests.packs import PACKS

CHOSEN = ("--device", "vulkan:0")


def run(frozen: Frozen, *arguments: str, environment: Mapping[str, str]) -> CompletedProcess[str]:
    """Run it with more variables."""
    return frozen.run(*arguments, network=True, expect=0, **environment)


def test_card_is_tested_at_its_first_use_and_remembered(frozen: Frozen, place: Path) -> None:
    pack, card = place / "tiny", software_card()
    shutil.copytree(PACKS / "tiny", pack)
    listed = run(frozen, "devices", environment=card).stdout
    assert "vulkan:0: llvmpipe" in listed
    assert "is tested at its first use" in listed
    test = ("devices", "--test", "vulkan:0", "--pack", str(pack))
    assert "vulkan:0: passed its test" in run(frozen, *test, environment=card).stdout
    assert "passed its test" in run(frozen, "devices", environment=card).stdout
    model = ("--pack", str(pack), "--no-gate")
    result = run(
        frozen, "transcribe", str(readable_sample(place)), *model, *CHOSEN, environment=card
    )
    assert result.stdout.strip()
    assert "is not used" not in result.stderr
    memory = frozen.home / ".local" / "share" / "songshu" / "devices.json"
    assert '"good"' in memory.read_text()


def test_without_a_driver_the_processor_recognises(used: Frozen, place: Path) -> None:
    assert "no graphics card" in run(used, "devices", environment=NO_DRIVER).stdout
    result = run(used, "transcribe", str(readable_sample(place)), *CHOSEN, environment=NO_DRIVER)
    assert SAID in result.stdout
    assert "vulkan:0 is not used: it is not there" in result.stderr


def test_driver_that_crashes_takes_nothing_with_it(used: Frozen, place: Path) -> None:
    folder = place / "driver"
    folder.mkdir()
    broken = broken_card(folder, "crashes")
    assert "its driver crashed" in run(used, "devices", environment=broken).stdout
    result = run(used, "transcribe", str(readable_sample(place)), *CHOSEN, environment=broken)
    assert SAID in result.stdout
    assert "its driver crashed" in result.stderr


def test_vulkan_of_the_system_is_not_bundled(used: Frozen) -> None:
    files = [file.name for file in used.program.rglob("*vulkan*") if file.is_file()]
    assert files == ["libggml-vulkan.so"]
