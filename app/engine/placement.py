"""Where the two halves of the model run: what a person chose, as text and as facts.

    "vulkan:0+cuda" -> Placement(card=0, accelerator="cuda") -> label for people, key for settings

The decoder runs in llama.cpp on the processor or, through Vulkan, on a graphics card; the encoder
runs in ONNX Runtime on the processor or through one of its providers. Nothing is loaded here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.errors import DeviceError

CPU = "cpu"
CARD_PREFIX = "vulkan:"
# key -> ONNX Runtime's name of the provider, and what people call it. Each comes with a set of
# requirements of its own (requirements-<key>.txt); none is in the plain ONNX Runtime but Core ML.
ACCELERATORS = {
    "cuda": ("CUDAExecutionProvider", "NVIDIA CUDA"),
    "directml": ("DmlExecutionProvider", "DirectML"),
    "coreml": ("CoreMLExecutionProvider", "Apple Core ML"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where encoder and decoder run.

    Attributes:
        card: number of the graphics card for the decoder; None is the processor.
        accelerator: a key of ``ACCELERATORS`` for the encoder; None is the processor.
    """

    card: int | None = None
    accelerator: str | None = None

    @property
    def is_processor(self) -> bool:
        """Whether both run on the processor."""
        return self.card is None and self.accelerator is None

    @property
    def key(self) -> str:
        """The text for settings and command line."""
        card = f"{CARD_PREFIX}{self.card}" if self.card is not None else ""
        return "+".join(part for part in (card, self.accelerator) if part) or CPU

    @property
    def provider(self) -> str | None:
        """ONNX Runtime's name of what the encoder runs on; None is the processor."""
        return ACCELERATORS[self.accelerator][0] if self.accelerator else None

    def label(self, card_name: str) -> str:
        """Name it for people.

        Args:
            card_name: as the driver calls the card.
        """
        names = [card_name] if self.card is not None else []
        if self.accelerator:
            names.append(ACCELERATORS[self.accelerator][1])
        return " + ".join(names)


PROCESSOR = Placement()


def parse_placement(key: str | None) -> Placement:
    """Read a device's key; None and "auto" are the processor.

    Raises:
        DeviceError: nothing is called so.
    """
    if key in (None, "", "auto", CPU):
        return PROCESSOR
    card: int | None = None
    accelerator: str | None = None
    for part in str(key).lower().split("+"):
        match = re.fullmatch(rf"{CARD_PREFIX}(\d{{1,2}})", part)
        if match and card is None:
            card = int(match[1])
        elif part in ACCELERATORS and accelerator is None:
            accelerator = part
        else:
            known = ", ".join(("auto", CPU, f"{CARD_PREFIX}0", *ACCELERATORS))
            raise DeviceError(str(key), f"there is no such device; known are {known}")
    return Placement(card=card, accelerator=accelerator)
