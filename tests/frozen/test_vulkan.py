"""Graphics cards with the real executable: mesa's card of software, a broken driver, and none."""

from __future__ import annotations

from pathlib import Path

from tests.broken_driver import NO_DRIVER, broken_card, software_card
from tests.frozen.conftest import Frozen
from tests.frozen.test_command_line import SAID, readable_sample

CHOSEN = ("--device", "vulkan:0")


def test_card_is_tested_at_its_first_use_and_remembered(frozen: Frozen, place: Path) -> None:
    sample, card = str(readable_sample(place)), software_card()
    listed = frozen.run("devices", **card).stdout
    assert "vulkan:0: llvmpipe" in listed
    assert "is tested at its first use" in listed
    result = frozen.run("transcribe", sample, *CHOSEN, **card)
    assert SAID in result.stdout
    assert "is not used" not in result.stderr
    assert "passed its test" in frozen.run("devices", **card).stdout
    memory = frozen.home / ".local" / "share" / "songshu" / "devices.json"
    assert '"good"' in memory.read_text()


def test_without_a_driver_the_processor_recognises(used: Frozen, place: Path) -> None:
    assert "no graphics card" in used.run("devices", **NO_DRIVER).stdout
    result = used.run("transcribe", str(readable_sample(place)), *CHOSEN, **NO_DRIVER)
    assert SAID in result.stdout
    assert "vulkan:0 is not used: it is not there" in result.stderr


def test_driver_that_crashes_takes_nothing_with_it(used: Frozen, place: Path) -> None:
    folder = place / "driver"
    folder.mkdir()
    broken = broken_card(folder, "crashes")
    assert "its driver crashed" in used.run("devices", **broken).stdout
    result = used.run("transcribe", str(readable_sample(place)), *CHOSEN, **broken)
    assert SAID in result.stdout
    assert "its driver crashed" in result.stderr


def test_vulkan_of_the_system_is_not_bundled(used: Frozen) -> None:
    files = [file.name for file in used.program.rglob("*vulkan*") if file.is_file()]
    assert files == ["libggml-vulkan.so"]
