"""Read config.json of the three layouts into one description of the model's shape.

Nothing after this module looks at config.json again, and no size is written anywhere else.

Layouts:
    official  what QwenLM publishes for the ``qwen_asr`` package: model_type "qwen3_asr" with
              thinker_config{audio_config, text_config}
    native    the same model as transformers >= 5.23 knows it (published as "...-hf"): model_type
              "qwen3_asr" with audio_config and text_config at the top
    whisper   our starter: model_type "whisper_qwen3_asr", a Whisper encoder, frames stacked, an
              adapter, and a Qwen3 decoder

Source: qwen-asr 0.0.6, configuration_qwen3_asr.py; transformers 5.23.0, models/qwen3_asr.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from models.errors import ConfigError, MissingFileError, UnsupportedModelError

Layout = Literal["official", "native", "whisper"]
SUPPORTED = ("qwen3_asr (Qwen3-ASR-0.6B, -1.7B, also as -hf)", "whisper_qwen3_asr")

# Three convolutions with stride 2 each (frames) and the same over the mel axis.
QWEN_STRIDES = (2, 2, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioShape:
    """Sizes of the audio tower.

    ``n_chunk_frames`` mel frames go through the frontend at once; ``n_window_frames`` of them
    attend to each other in the backend. ``conv_channels`` belongs to Qwen's frontend,
    ``frame_stack`` and ``adapter_dim`` to Whisper's.
    """

    n_mels: int
    d_model: int
    n_layers: int
    n_heads: int
    ffn_dim: int
    output_dim: int
    n_chunk_frames: int
    n_window_frames: int
    conv_channels: int = 0
    frame_stack: int = 1
    adapter_dim: int = 0

    @property
    def conv_bins(self) -> int:
        """Return the mel bins left after Qwen's three convolutions."""
        return strided(self.n_mels, QWEN_STRIDES)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextShape:
    """Sizes of the Qwen3 decoder.

    ``attention_only`` layers have a feed-forward part of zeros, which the checkpoint leaves out.
    """

    n_vocab: int
    hidden_size: int
    intermediate_size: int
    n_layers: int
    n_heads: int
    n_kv_heads: int
    head_dim: int
    n_ctx_train: int
    rope_theta: float
    rms_norm_eps: float
    tied: bool
    attention_only: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelConfig:
    """Everything config.json says that the export needs.

    ``tie_stated`` is False when it does not say whether the embeddings are tied; ``text.tied`` is
    then only a guess, and whether the weights have an output head decides. ``unquantized`` names
    modules that no quantisation may touch. ``takes_context`` is False for a model that was not
    taught to read text in the system prompt (a key of ours; the official models have none).
    """

    layout: Layout
    model_type: str
    audio: AudioShape
    text: TextShape
    languages: tuple[str, ...]
    takes_context: bool
    audio_token_id: int
    tie_stated: bool = True
    unquantized: tuple[str, ...] = ()


def strided(n_items: int, strides: tuple[int, ...]) -> int:
    """Return how many items are left after stages with these strides (repeated ceil division)."""
    for stride in strides:
        n_items = -(-n_items // stride)
    return n_items


def read_json(path: Path, needed_for: str) -> dict[str, Any]:
    """Read a JSON object of the checkpoint.

    Raises:
        MissingFileError: there is no such file.
        ConfigError: it is not a JSON object.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as exc:
        raise MissingFileError(path, needed_for) from exc
    except ValueError as exc:
        raise ConfigError(path, [f"not valid JSON ({exc})"]) from exc
    if not isinstance(data, dict):
        raise ConfigError(path, ["not a JSON object"])
    return data


def read_config(folder: Path) -> ModelConfig:
    """Read config.json of a checkpoint folder.

    Raises:
        MissingFileError: there is no config.json.
        ConfigError: entries are missing or no numbers.
        UnsupportedModelError: another model, or a variant the factory cannot build.
    """
    path = folder / "config.json"
    data = read_json(path, "the sizes of the model")
    model_type = data.get("model_type", "no model_type")
    layout, body = _layout(path, data)
    audio, text = _Section(path, body, "audio_config"), _Section(path, body, "text_config")
    shape = _whisper_audio(audio) if layout == "whisper" else _qwen_audio(audio)
    decoder = _text(text, body)
    if problems := audio.problems + text.problems:
        raise ConfigError(path, problems)
    if found := _unsupported(audio, text):
        raise UnsupportedModelError(path, found, SUPPORTED)
    quantization = data.get("quantization_config") or {}
    return ModelConfig(
        layout=layout,
        model_type=str(model_type),
        audio=shape,
        text=decoder,
        languages=tuple(data.get("support_languages") or ()),
        takes_context=bool(data.get("takes_context", True)),
        audio_token_id=int(body.get("audio_token_id", -1)),
        unquantized=tuple(quantization.get("modules_to_not_convert") or ()),
        tie_stated="tie_word_embeddings" in text.data or "tie_word_embeddings" in body,
    )


def _layout(path: Path, data: dict[str, Any]) -> tuple[Layout, dict[str, Any]]:
    """Return the layout and the object that holds audio_config and text_config."""
    model_type = str(data.get("model_type", "nothing it names (no model_type)"))
    thinker = data.get("thinker_config")
    if model_type == "whisper_qwen3_asr":
        return "whisper", data
    if model_type != "qwen3_asr":
        raise UnsupportedModelError(path, model_type, SUPPORTED)
    if not isinstance(thinker, dict):
        return "native", data
    if "classify_num" in thinker or "forced_aligner" in str(thinker.get("model_type", "")):
        raise UnsupportedModelError(path, "a forced aligner, which writes no text", SUPPORTED)
    return "official", thinker


class _Section:
    """A part of config.json that collects what is wrong instead of stopping at the first entry."""

    def __init__(self, path: Path, parent: dict[str, Any], name: str) -> None:
        self.name = name
        self.problems: list[str] = []
        self.data: dict[str, Any] = parent.get(name) or {}
        if not isinstance(self.data, dict) or not self.data:
            raise ConfigError(path, [f"{name} is missing"])

    def size(self, key: str) -> int:
        """Return a positive number, or note that it is missing."""
        value = self.data.get(key)
        if isinstance(value, int) and value > 0:
            return value
        self.problems.append(f"{self.name}.{key} is {value!r}, not a positive number")
        return 1

    def real(self, key: str, default: float) -> float:
        """Return a number, which has a default."""
        value = self.data.get(key)
        return float(default if value is None else value)


def _qwen_audio(section: _Section) -> AudioShape:
    return AudioShape(
        n_mels=section.size("num_mel_bins"),
        d_model=section.size("d_model"),
        n_layers=section.size("encoder_layers"),
        n_heads=section.size("encoder_attention_heads"),
        ffn_dim=section.size("encoder_ffn_dim"),
        output_dim=section.size("output_dim"),
        n_chunk_frames=2 * section.size("n_window"),
        n_window_frames=section.size("n_window_infer"),
        conv_channels=section.size("downsample_hidden_size"),
    )


def _whisper_audio(section: _Section) -> AudioShape:
    n_frames = section.size("window_frames")
    return AudioShape(
        n_mels=section.size("num_mel_bins"),
        d_model=section.size("d_model"),
        n_layers=section.size("encoder_layers"),
        n_heads=section.size("encoder_attention_heads"),
        ffn_dim=section.size("encoder_ffn_dim"),
        output_dim=section.size("output_dim"),
        n_chunk_frames=n_frames,
        n_window_frames=n_frames,
        frame_stack=section.size("frame_stack"),
        adapter_dim=section.size("adapter_hidden_size"),
    )


def _text(section: _Section, body: dict[str, Any]) -> TextShape:
    """Read the decoder; transformers 5 keeps rope_theta in rope_parameters."""
    rope = section.data.get("rope_parameters") or section.data.get("rope_scaling") or {}
    n_heads = section.size("num_attention_heads")
    hidden_size = section.size("hidden_size")
    tied = section.data.get("tie_word_embeddings", body.get("tie_word_embeddings", True))
    return TextShape(
        n_vocab=section.size("vocab_size"),
        hidden_size=hidden_size,
        intermediate_size=section.size("intermediate_size"),
        n_layers=section.size("num_hidden_layers"),
        n_heads=n_heads,
        n_kv_heads=section.size("num_key_value_heads"),
        head_dim=int(section.data.get("head_dim") or hidden_size // n_heads),
        n_ctx_train=section.size("max_position_embeddings"),
        rope_theta=section.real("rope_theta", float(rope.get("rope_theta", 1e6))),
        rms_norm_eps=section.real("rms_norm_eps", 1e-6),
        tied=bool(tied),
        attention_only=tuple(section.data.get("attention_only_layers") or ()),
    )


def _unsupported(audio: _Section, text: _Section) -> str:
    """Name a variant that the graphs do not implement, or nothing."""
    rope = text.data.get("rope_parameters") or text.data.get("rope_scaling") or {}
    rope_type = rope.get("rope_type", rope.get("type", "default"))
    checks = {
        "audio activation": (audio.data.get("activation_function", "gelu"), ("gelu",)),
        "text activation": (text.data.get("hidden_act", "silu"), ("silu",)),
        "text attention_bias": (bool(text.data.get("attention_bias", False)), (False,)),
        "rope type": (rope_type, ("default", "mrope")),
    }
    found = [f"{name} {value!r}" for name, (value, known) in checks.items() if value not in known]
    return ", ".join(found)
