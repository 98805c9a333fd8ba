"""What may be chosen to compute on; everything else is listed with its reason."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from app.engine import encoder, llama
from app.engine.device_guard import FoundCards
from app.engine.device_memory import Verdict
from app.engine.device_trial import run_trial
from app.engine.devices import CPU, Device, Obstacle, find_devices, judge_devices
from app.engine.outcome import REASONS, Outcome
from app.engine.placement import ACCELERATORS
from tests.packs import PACKS

NAME = "Squirrel 9000"
PROVIDERS = ["AzureExecutionProvider", "CPUExecutionProvider"]
CARD = {"name": "RTX 9", "driver": "acorn 1.0", "build": "01"}
ONE_CARD = FoundCards(cards=(CARD,))


def nothing(_key: str, _facts: Mapping[str, str]) -> Verdict | None:
    return None


def judge(found: FoundCards | None, *providers: str) -> list[Device]:
    processor, *others = judge_devices(NAME, found, [*PROVIDERS, *providers], nothing)
    assert (processor.key, processor.name, processor.is_usable) == (CPU, NAME, True)
    return others


def test_runtimes_of_this_computer_offer_the_processor() -> None:
    (name,) = [name for name, is_cpu in llama.devices() if is_cpu]
    assert name
    assert "CPUExecutionProvider" in encoder.providers()
    processor, *others = find_devices()
    assert (processor.key, processor.name, processor.is_usable) == (CPU, name, True)
    assert others


@pytest.mark.parametrize(
    ("found", "obstacle", "reason"),
    [
        (None, Obstacle.NOT_BUILT, "processor only"),
        (FoundCards(), Obstacle.NO_CARD, "no graphics card"),
        (FoundCards(outcome=Outcome.CRASH), Obstacle.FAILED_TEST, REASONS[Outcome.CRASH]),
        (FoundCards(outcome=Outcome.HANG), Obstacle.FAILED_TEST, REASONS[Outcome.HANG]),
    ],
)
def test_without_any_card_the_reason_is_told(
    found: FoundCards | None, obstacle: Obstacle, reason: str
) -> None:
    (card,) = judge(found)
    assert (card.name, card.obstacle, card.is_usable) == ("", obstacle, False)
    assert reason in card.reason


def test_web_service_is_no_device() -> None:
    assert not any("Azure" in device.name for device in judge(None))


def test_card_that_was_never_tested_can_be_chosen() -> None:
    (card,) = judge(ONE_CARD)
    assert (card.key, card.name, card.is_usable, card.outcome) == ("vulkan:0", "RTX 9", True, None)


def test_accelerator_can_be_chosen_alone_and_with_a_card() -> None:
    found = [(device.key, device.name) for device in judge(ONE_CARD, "CUDAExecutionProvider")]
    assert found == [
        ("vulkan:0", "RTX 9"),
        ("vulkan:0+cuda", "RTX 9 + NVIDIA CUDA"),
        ("cuda", "NVIDIA CUDA"),
    ]


def test_provider_that_songshu_does_not_use_is_listed() -> None:
    other, _card = judge(None, "OpenVINOExecutionProvider")
    assert (other.name, other.obstacle, other.key) == ("Intel OpenVINO", Obstacle.NOT_USED, "")


@pytest.mark.parametrize("outcome", [item for item in Outcome if item is not Outcome.ABSENT])
def test_card_is_listed_as_its_test_ended(outcome: Outcome) -> None:
    asked = []

    def recall(key: str, facts: Mapping[str, str]) -> Verdict | None:
        asked.append((key, facts["driver"], facts["build"]))
        return Verdict(outcome=outcome)

    _, card = judge_devices(NAME, ONE_CARD, PROVIDERS, recall)
    assert asked == [("vulkan:0", "acorn 1.0", "01")]
    assert card.is_usable == (outcome is Outcome.GOOD)
    assert card.reason == REASONS.get(outcome, "")
    assert card.outcome is outcome


def test_trial_says_why_a_device_cannot_run_the_model() -> None:
    name, missing = next(
        (name, provider)
        for name, (provider, _) in ACCELERATORS.items()
        if provider not in encoder.providers()
    )
    *_, last = run_trial(name, str(PACKS / "tiny"), 1)
    assert last == {
        "outcome": Outcome.FAILED,
        "detail": f"this ONNX Runtime has no {missing}",
    }
