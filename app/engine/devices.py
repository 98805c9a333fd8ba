"""What there is to compute on here, and what of it may be chosen.

    child: graphics cards; ONNX Runtime: providers; memory: how their tests ended -> Device

A card that was never tested may be chosen: its test comes with its first use. One that failed is
listed with the reason, and so is what the runtimes have beyond what Songshu can use, so that a
person with a graphics card is told why it stands idle.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from app import __version__
from app.engine.device_guard import DeviceGuard, FoundCards, driver_facts
from app.engine.device_memory import DeviceMemory, Verdict
from app.engine.outcome import REASONS, Outcome
from app.engine.placement import ACCELERATORS, CPU, Placement

Recall = Callable[[str, Mapping[str, str]], Verdict | None]
# ONNX Runtime's other providers that are a device. Azure's is a web service.
_OTHERS = {
    "TensorrtExecutionProvider": "NVIDIA TensorRT",
    "ROCMExecutionProvider": "AMD ROCm",
    "MIGraphXExecutionProvider": "AMD MIGraphX",
    "OpenVINOExecutionProvider": "Intel OpenVINO",
    "QNNExecutionProvider": "Qualcomm QNN",
    "WebGpuExecutionProvider": "WebGPU",
}


class Obstacle(StrEnum):
    """Why a device cannot be chosen."""

    NONE = ""
    NOT_BUILT = "this Songshu is built for the processor only"
    NO_CARD = "no graphics card with a Vulkan driver was found"
    NOT_USED = "this version of Songshu does not use it yet"
    FAILED_TEST = "it did not pass its test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """Something to compute on.

    Attributes:
        key: for the settings; "" for what cannot be chosen.
        name: as its maker or the runtime calls it; "" for a graphics card that nothing can see.
        obstacle: why it cannot be chosen.
        outcome: of its test; None if there was none, or one that no longer holds.
    """

    key: str
    name: str
    obstacle: Obstacle = Obstacle.NONE
    outcome: Outcome | None = None

    @property
    def is_usable(self) -> bool:
        """Whether it can be chosen."""
        return self.obstacle is Obstacle.NONE

    @property
    def reason(self) -> str:
        """Why it cannot be chosen, in English."""
        failed = self.obstacle is Obstacle.FAILED_TEST and self.outcome is not None
        return REASONS[self.outcome] if failed and self.outcome else str(self.obstacle)


def find_devices(guard: DeviceGuard | None = None) -> tuple[Device, ...]:
    """Ask both runtimes, which loads them, and a child for cards: a second. The processor is first.

    Args:
        guard: starts the child.
    """
    from app.engine import encoder, llama

    found = (guard or DeviceGuard()).find_cards() if llama.has_graphics_library() else None
    processor = next((name for name, is_cpu in llama.devices() if is_cpu), "")
    return judge_devices(processor, found, encoder.providers(), DeviceMemory().recall)


def judge_devices(
    processor: str, found: FoundCards | None, providers: Sequence[str], recall: Recall
) -> tuple[Device, ...]:
    """Say what of the runtimes' offers can be used.

    Args:
        processor: its name.
        found: graphics cards; None if this Songshu cannot use any.
        providers: execution providers of ONNX Runtime.
        recall: remembers tests.
    """
    cards = found.cards if found is not None else ()
    keys = [key for key, (provider, _) in ACCELERATORS.items() if provider in providers]
    others = [
        _device(Placement(card=number, accelerator=key), cards, recall)
        for number, key in product((*range(len(cards)), None), (None, *keys))
        if number is not None or key is not None
    ]
    others += [
        Device(key="", name=name, obstacle=Obstacle.NOT_USED)
        for provider, name in _OTHERS.items()
        if provider in providers
    ]
    if not cards:
        others.append(_no_card(found))
    return (Device(key=CPU, name=processor), *others)


def _device(placement: Placement, cards: Sequence[dict[str, str]], recall: Recall) -> Device:
    facts, name = {"songshu": __version__}, ""
    if placement.card is not None:
        card = cards[placement.card]
        facts, name = facts | driver_facts(card), card["name"]
    verdict = recall(placement.key, facts)
    outcome = verdict.outcome if verdict is not None else None
    failed = outcome not in (None, Outcome.GOOD)
    return Device(
        key=placement.key,
        name=placement.label(name),
        obstacle=Obstacle.FAILED_TEST if failed else Obstacle.NONE,
        outcome=outcome,
    )


def _no_card(found: FoundCards | None) -> Device:
    if found is None:
        return Device(key="", name="", obstacle=Obstacle.NOT_BUILT)
    if found.outcome is Outcome.GOOD:
        return Device(key="", name="", obstacle=Obstacle.NO_CARD)
    return Device(key="", name="", obstacle=Obstacle.FAILED_TEST, outcome=found.outcome)
