"""What a person chooses to compute on, as text and as facts."""

from __future__ import annotations

import pytest

from app.engine import llama
from app.engine.encoder import AudioEncoder
from app.engine.loading import LoadOptions, load_engine
from app.engine.placement import PROCESSOR, Placement, parse_placement
from app.errors import DeviceError, EncoderError
from tests.packs import PACKS, pack


@pytest.mark.parametrize(
    ("key", "card", "accelerator"),
    [
        ("cpu", None, None),
        ("vulkan:0", 0, None),
        ("vulkan:12", 12, None),
        ("cuda", None, "cuda"),
        ("vulkan:1+directml", 1, "directml"),
    ],
)
def test_key_and_facts_say_the_same(key: str, card: int | None, accelerator: str | None) -> None:
    placement = parse_placement(key)
    assert placement == Placement(card=card, accelerator=accelerator)
    assert placement.key == key


@pytest.mark.parametrize("key", [None, "", "auto", "cpu"])
def test_nothing_chosen_is_the_processor(key: str | None) -> None:
    assert parse_placement(key) == PROCESSOR
    assert PROCESSOR.is_processor


@pytest.mark.parametrize("key", ["gpu", "vulkan:", "vulkan:-1", "cuda+cuda", "vulkan:0+", "0"])
def test_unknown_device_is_refused_by_name(key: str) -> None:
    with pytest.raises(DeviceError) as caught:
        parse_placement(key)
    assert key in str(caught.value)
    assert "vulkan:0" in caught.value.reason


def test_label_names_both_halves() -> None:
    assert Placement(card=0, accelerator="cuda").label("Squirrel 9") == "Squirrel 9 + NVIDIA CUDA"
    assert Placement(accelerator="coreml").label("") == "Apple Core ML"


def test_card_that_is_not_there_is_told() -> None:
    with pytest.raises(DeviceError, match="vulkan:99"):
        llama.graphics_card(99)


def test_engine_is_not_loaded_on_something_else_in_silence() -> None:
    options = LoadOptions(pack=str(PACKS / "tiny"), n_threads=1, use_gate=False, device="vulkan:98")
    with pytest.raises(DeviceError):
        load_engine(options)


def test_provider_that_this_runtime_lacks_is_told() -> None:
    with pytest.raises(EncoderError, match="TensorrtExecutionProvider"):
        AudioEncoder(pack("tiny"), n_threads=1, provider="TensorrtExecutionProvider")
