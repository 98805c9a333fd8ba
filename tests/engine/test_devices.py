"""Only what was seen to work can be chosen; everything else is listed with its reason."""

from __future__ import annotations

import pytest

from app.engine import encoder, llama
from app.engine.devices import CPU, Obstacle, find_devices, judge_devices

PROCESSOR = ("Squirrel 9000", True)
PROVIDERS = ["AzureExecutionProvider", "CPUExecutionProvider"]


def test_runtimes_of_this_computer_offer_the_processor() -> None:
    (name,) = [name for name, is_cpu in llama.devices() if is_cpu]
    assert name
    assert "CPUExecutionProvider" in encoder.providers()
    processor, *others = find_devices()
    assert (processor.key, processor.name, processor.is_usable) == (CPU, name, True)
    assert not any(other.is_usable or other.key for other in others)


def test_without_any_other_device_the_reason_is_told() -> None:
    processor, card = judge_devices([PROCESSOR], PROVIDERS)
    assert processor.name == "Squirrel 9000"
    assert (card.name, card.obstacle) == ("", Obstacle.NOT_BUILT)


def test_web_service_is_no_device() -> None:
    assert not any("Azure" in device.name for device in judge_devices([PROCESSOR], PROVIDERS))


@pytest.mark.parametrize(
    ("devices", "providers", "names", "obstacle"),
    [
        ([("RTX 9", False)], [], ["RTX 9"], Obstacle.ONE_OF_TWO),
        ([], ["CUDAExecutionProvider"], ["NVIDIA CUDA"], Obstacle.ONE_OF_TWO),
        (
            [("RTX 9", False)],
            ["CUDAExecutionProvider"],
            ["RTX 9", "NVIDIA CUDA"],
            Obstacle.NOT_USED,
        ),
    ],
)
def test_accelerator_is_listed_and_not_offered(
    devices: list[tuple[str, bool]], providers: list[str], names: list[str], obstacle: Obstacle
) -> None:
    _, *others = judge_devices([PROCESSOR, *devices], [*PROVIDERS, *providers])
    assert [other.name for other in others] == names
    assert {other.obstacle for other in others} == {obstacle}
    assert not any(other.is_usable for other in others)
