"""What the two runtimes offer to compute on here, and what of it Songshu can use.

    llama.cpp's devices, ONNX Runtime's providers -> Device (usable, or with the reason why not)

The encoder runs in ONNX Runtime and the decoder in llama.cpp, both on the processor: nothing else
could be measured so far, and nothing that was not seen to work is offered. What the runtimes have
beyond it is still listed, so that a person with a graphics card is told why it stands idle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

CPU = "cpu"
# ONNX Runtime's providers that are a device, by what people call them. Azure's is a web service.
_ACCELERATORS = {
    "CUDAExecutionProvider": "NVIDIA CUDA",
    "TensorrtExecutionProvider": "NVIDIA TensorRT",
    "ROCMExecutionProvider": "AMD ROCm",
    "MIGraphXExecutionProvider": "AMD MIGraphX",
    "DmlExecutionProvider": "DirectML",
    "CoreMLExecutionProvider": "Apple Core ML",
    "OpenVINOExecutionProvider": "Intel OpenVINO",
    "QNNExecutionProvider": "Qualcomm QNN",
    "WebGpuExecutionProvider": "WebGPU",
}


class Obstacle(StrEnum):
    """Why a device cannot be chosen."""

    NONE = ""
    NOT_BUILT = "the runtimes are built for the processor only"
    ONE_OF_TWO = "only one of the two runtimes can use it"
    NOT_USED = "this version of Songshu does not use it yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """Something to compute on.

    Attributes:
        key: for the settings; "" for what cannot be chosen.
        name: as its maker or the runtime calls it; "" for a graphics card that nothing can see.
        obstacle: why it cannot be chosen.
    """

    key: str
    name: str
    obstacle: Obstacle = Obstacle.NONE

    @property
    def is_usable(self) -> bool:
        """Whether it can be chosen."""
        return self.obstacle is Obstacle.NONE


def find_devices() -> tuple[Device, ...]:
    """Ask both runtimes, which loads them: half a second. The processor comes first."""
    from app.engine import encoder, llama

    return judge_devices(llama.devices(), encoder.providers())


def judge_devices(
    llama_devices: Sequence[tuple[str, bool]], providers: Sequence[str]
) -> tuple[Device, ...]:
    """Say what of the runtimes' offers can be used.

    Args:
        llama_devices: (name, whether it is the processor) of each device of llama.cpp.
        providers: execution providers of ONNX Runtime.
    """
    processor = next((name for name, is_cpu in llama_devices if is_cpu), "")
    cards = [name for name, is_cpu in llama_devices if not is_cpu]
    accelerators = [name for key, name in _ACCELERATORS.items() if key in providers]
    both = bool(cards) and bool(accelerators)
    obstacle = Obstacle.NOT_USED if both else Obstacle.ONE_OF_TWO
    others = [Device(key="", name=name, obstacle=obstacle) for name in (*cards, *accelerators)]
    if not others:
        others = [Device(key="", name="", obstacle=Obstacle.NOT_BUILT)]
    return (Device(key=CPU, name=processor), *others)
