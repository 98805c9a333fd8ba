"""The manifest of a model pack: everything model-specific that the engine needs to know.

The engine knows no model by name. Shapes, unit lengths, special tokens and languages all come from
``manifest.json``; this module turns it into typed, checked dataclasses. Unknown keys are ignored,
so that an older application reads a newer pack of the same format version.
"""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from app.errors import PackFormatError

FORMAT_VERSION = 1
MANIFEST_NAME = "manifest.json"

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class MelSpec:
    """How to make the log-mel spectrogram.

    Attributes:
        file: .npy with the filters, float32 [n_fft / 2 + 1, n_mels].
        n_fft, hop_length: in samples at the pack's sample rate.
    """

    file: str
    n_mels: int
    n_fft: int
    hop_length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontendSpec:
    """The convolutional half of the encoder, which sees one chunk of mel frames at a time.

    Attributes:
        chunk_frames: mel frames in a full chunk.
        strides: the number of rows after each stage is the ceiling of a division by these.
        pad_tail: zero-pad the last partial chunk of a clip that has several chunks, then trim.
    """

    file: str
    chunk_frames: int
    strides: tuple[int, ...]
    pad_tail: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendSpec:
    """The transformer half of the encoder, which attends within one window.

    Attributes:
        window_frames: mel frames in a full window, a multiple of the frontend's chunk.
        strides: further ceiling divisions of the number of rows, inside the backend.
    """

    file: str
    window_frames: int
    strides: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderSpec:
    """The audio encoder: mel frames to audio embeddings.

    Attributes:
        attention: "windowed" (within each window) or "full" (the whole clip is one window).
        d_model: width inside; embed_dim: width of the audio embeddings.
        tokens_per_window: audio embeddings of a full window.
    """

    frontend: FrontendSpec
    backend: BackendSpec
    attention: str
    d_model: int
    embed_dim: int
    tokens_per_window: int
    quantization: str

    def n_hidden(self, n_frames: int) -> int:
        """Rows that the frontend gives for one chunk of n_frames mel frames."""
        return _ceil_chain(n_frames, self.frontend.strides)

    def n_tokens(self, n_frames: int) -> int:
        """Audio embeddings for a whole clip of n_frames mel frames (windowed attention)."""
        window = self.backend.window_frames
        n_full, tail = divmod(n_frames, window)
        return n_full * self.tokens_per_window + self._n_window_tokens(tail)

    def _n_window_tokens(self, n_frames: int) -> int:
        n_full, tail = divmod(n_frames, self.frontend.chunk_frames)
        n_hidden = n_full * self.n_hidden(self.frontend.chunk_frames) + self.n_hidden(tail)
        return _ceil_chain(n_hidden, self.backend.strides)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingTable:
    """Where the token embeddings lie inside the GGUF, for prompts sent as embeddings.

    Attributes:
        offset: first byte of the table in the file.
        ggml_type: number of the ggml type of its rows; row_bytes: bytes of one row.
    """

    offset: int
    ggml_type: int
    row_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DecoderSpec:
    """The text decoder: a GGUF that llama.cpp runs."""

    file: str
    architecture: str
    quantization: str
    n_layers: int
    hidden_size: int
    n_vocab: int
    n_ctx_train: int
    token_embd: EmbeddingTable | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialTokens:
    """Ids of the special tokens; ``eos`` are the ids that end a generation."""

    im_start: int
    im_end: int
    endoftext: int
    audio_start: int
    audio_end: int
    audio_pad: int
    asr_text: int
    eos: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedFile:
    """One file of the pack, with what proves that it is intact."""

    path: str
    n_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Everything the engine needs to know about a model.

    Attributes:
        max_chunk_s: longest chunk of audio that the model is good at, at most 30 s.
        takes_context: whether the model understands text in the system prompt.
    """

    format_version: int
    name: str
    license: str
    languages: tuple[str, ...]
    sample_rate: int
    mel: MelSpec
    encoder: EncoderSpec
    decoder: DecoderSpec
    tokens: SpecialTokens
    files: tuple[PackedFile, ...]
    description: str = ""
    max_chunk_s: float = 30.0
    takes_context: bool = True
    quality: Mapping[str, Any] = field(default_factory=dict)

    def file(self, path: str) -> PackedFile:
        """Give the entry of one file.

        Raises:
            KeyError: the manifest lists no such file.
        """
        for entry in self.files:
            if entry.path == path:
                return entry
        raise KeyError(path)


def parse_manifest(text: bytes, where: Path) -> Manifest:
    """Read manifest.json.

    Args:
        text: content of the file, UTF-8.
        where: the pack, for messages.

    Raises:
        PackFormatError: not JSON, another format version, or something missing or of a wrong type.
    """
    try:
        data = json.loads(text)
    except ValueError as exc:
        raise PackFormatError(where, f"{MANIFEST_NAME} is not JSON ({exc})") from exc
    version = data.get("format_version") if isinstance(data, dict) else None
    if version != FORMAT_VERSION:
        raise PackFormatError(
            where, f"its format version is {version!r}, this Songshu reads {FORMAT_VERSION}"
        )
    try:
        manifest = _build(Manifest, data, "manifest")
    except _MismatchError as exc:
        raise PackFormatError(where, str(exc)) from exc
    _check(manifest, where)
    return manifest


class _MismatchError(Exception):
    """Something in the JSON is missing or of a wrong type."""


def _ceil_chain(n: int, strides: tuple[int, ...]) -> int:
    for stride in strides:
        n = -(-n // stride)
    return n


def _check(manifest: Manifest, where: Path) -> None:
    encoder = manifest.encoder
    if encoder.attention not in ("windowed", "full"):
        raise PackFormatError(where, f"unknown attention mode {encoder.attention!r}")
    if not 1.0 <= manifest.max_chunk_s <= 30.0:
        raise PackFormatError(where, f"max_chunk_s is {manifest.max_chunk_s}, not 1 to 30")
    if encoder.backend.window_frames % encoder.frontend.chunk_frames:
        raise PackFormatError(where, "window_frames is not a multiple of chunk_frames")
    listed = {entry.path for entry in manifest.files}
    needed = {
        manifest.mel.file,
        encoder.frontend.file,
        encoder.backend.file,
        manifest.decoder.file,
    }
    if missing := sorted(needed - listed):
        raise PackFormatError(where, f"the list of files lacks {', '.join(missing)}")
    for path in listed:
        if path.startswith("/") or ".." in Path(path).parts or "\\" in path or ":" in path:
            raise PackFormatError(where, f"the file name {path!r} points outside the pack")


def _build(cls: type[T], data: object, where: str) -> T:
    if not isinstance(data, dict):
        raise _MismatchError(f"{where} is not an object")
    hints = get_type_hints(cls)
    values = {}
    for item in fields(cls):  # type: ignore[arg-type]
        if item.name in data:
            values[item.name] = _convert(hints[item.name], data[item.name], f"{where}.{item.name}")
        elif item.default is MISSING and item.default_factory is MISSING:
            raise _MismatchError(f"{where}.{item.name} is missing")
    return cls(**values)


def _convert(kind: Any, value: object, where: str) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return None if value is None else _convert(get_args(kind)[0], value, where)
    if origin is tuple:
        if not isinstance(value, list):
            raise _MismatchError(f"{where} is not a list")
        item = get_args(kind)[0]
        return tuple(_convert(item, v, f"{where}[{i}]") for i, v in enumerate(value))
    if is_dataclass(kind) and isinstance(kind, type):
        return _build(kind, value, where)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    expected = dict if origin is not None else kind
    if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
        raise _MismatchError(f"{where} is not of type {expected.__name__}")
    return value
