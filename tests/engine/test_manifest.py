"""The manifest reader: types, missing keys, versions, unit lengths."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from app.engine.manifest import Manifest, parse_manifest
from app.errors import PackFormatError

WHERE = Path("pack")
QWEN: dict[str, Any] = {
    "format_version": 1,
    "name": "tiny",
    "license": "Apache-2.0",
    "languages": ["English", "Chinese"],
    "sample_rate": 16000,
    "mel": {"file": "mel_filters.npy", "n_mels": 128, "n_fft": 400, "hop_length": 160},
    "encoder": {
        "frontend": {
            "file": "encoder_frontend.onnx",
            "chunk_frames": 100,
            "strides": [2, 2, 2],
            "pad_tail": True,
        },
        "backend": {"file": "encoder_backend.onnx", "window_frames": 800, "strides": []},
        "attention": "windowed",
        "d_model": 896,
        "embed_dim": 1024,
        "tokens_per_window": 104,
        "quantization": "int8",
    },
    "decoder": {
        "file": "decoder.gguf",
        "architecture": "qwen3",
        "quantization": "q4_k_m",
        "n_layers": 28,
        "hidden_size": 1024,
        "n_vocab": 151936,
        "n_ctx_train": 65536,
    },
    "tokens": {
        "im_start": 1,
        "im_end": 2,
        "endoftext": 3,
        "audio_start": 4,
        "audio_end": 5,
        "audio_pad": 6,
        "asr_text": 7,
        "eos": [2, 3],
    },
    "files": [
        {"path": name, "n_bytes": 1, "sha256": "0" * 64}
        for name in (
            "mel_filters.npy",
            "encoder_frontend.onnx",
            "encoder_backend.onnx",
            "decoder.gguf",
        )
    ],
}


def parse(data: object) -> Manifest:
    return parse_manifest(json.dumps(data).encode(), WHERE)


def changed(path: str, value: object) -> dict[str, Any]:
    data = copy.deepcopy(QWEN)
    *parents, last = path.split(".")
    target: Any = data
    for key in parents:
        target = target[int(key)] if isinstance(target, list) else target[key]
    target[last] = value
    return data


def test_manifest_complete_is_typed() -> None:
    manifest = parse(QWEN)
    assert manifest.languages == ("English", "Chinese")
    assert manifest.encoder.frontend.strides == (2, 2, 2)
    assert manifest.tokens.eos == (2, 3)
    assert manifest.decoder.token_embd is None
    assert manifest.file("decoder.gguf").n_bytes == 1


def test_manifest_unknown_keys_are_ignored() -> None:
    assert parse({**QWEN, "later": 1}).name == "tiny"


@pytest.mark.parametrize(
    ("path", "value", "word"),
    [
        ("format_version", 2, "version"),
        ("name", 3, "manifest.name"),
        ("languages", "English", "languages is not a list"),
        ("languages", [1], "languages[0]"),
        ("mel.n_mels", True, "n_mels"),
        ("encoder.frontend.pad_tail", 1, "pad_tail"),
        ("encoder.attention", "sliding", "attention"),
        ("encoder.backend.window_frames", 850, "multiple"),
        ("max_chunk_s", 40, "max_chunk_s"),
        ("max_chunk_s", True, "max_chunk_s"),
        ("decoder.file", "other.gguf", "other.gguf"),
        ("files.0.path", "../mel_filters.npy", "mel_filters.npy"),
        ("tokens", None, "tokens is not an object"),
    ],
)
def test_manifest_wrong_value_is_named(path: str, value: object, word: str) -> None:
    with pytest.raises(PackFormatError) as caught:
        parse(changed(path, value))
    assert word in str(caught.value)


@pytest.mark.parametrize("name", ["/etc/passwd", "a/../../b", "C:x", "a\\b"])
def test_manifest_file_outside_the_pack_is_refused(name: str) -> None:
    data = copy.deepcopy(QWEN)
    data["files"].append({"path": name, "n_bytes": 1, "sha256": "0"})
    with pytest.raises(PackFormatError, match="outside the pack"):
        parse(data)


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe", b"[]", b"3"])
def test_manifest_not_an_object_is_refused(text: bytes) -> None:
    with pytest.raises(PackFormatError):
        parse_manifest(text, WHERE)


@pytest.mark.parametrize("key", ["name", "encoder", "tokens", "files"])
def test_manifest_missing_key_is_named(key: str) -> None:
    data = {k: v for k, v in QWEN.items() if k != key}
    with pytest.raises(PackFormatError, match=f"manifest.{key} is missing"):
        parse(data)


def official_n_tokens(n_frames: int) -> int:
    """Count as the official package counts (engines.md §3.1), from its formula."""
    leave = n_frames % 100
    features = (leave - 1) // 2 + 1
    return ((features - 1) // 2 + 1 - 1) // 2 + 1 + (n_frames // 100) * 13


@pytest.mark.parametrize("n_frames", [0, 1, 8, 9, 99, 100, 101, 799, 800, 801, 899, 1600, 3000])
def test_n_tokens_qwen_equals_the_official_formula(n_frames: int) -> None:
    assert parse(QWEN).encoder.n_tokens(n_frames) == official_n_tokens(n_frames)


@pytest.mark.parametrize(("n_frames", "n_tokens"), [(0, 0), (1, 1), (8, 1), (9, 2), (3000, 375)])
def test_n_tokens_stacked_frames(n_frames: int, n_tokens: int) -> None:
    data = changed("encoder.frontend.strides", [2])
    data["encoder"]["frontend"]["chunk_frames"] = 3000
    data["encoder"]["backend"] = {
        "file": "encoder_backend.onnx",
        "window_frames": 3000,
        "strides": [4],
    }
    data["encoder"]["tokens_per_window"] = 375
    assert parse(data).encoder.n_tokens(n_frames) == n_tokens
