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

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from models.errors import ConfigError, UnsupportedModelError
from models.json_file import Section, read_json

Layout = Literal["official", "native", "whisper"]
SUPPORTED = ("qwen3_asr (Qwen3-ASR-0.6B, -1.7B, also as -hf)", "whisper_qwen3_asr")

# Three convolutions with stride 2 each (frames) and the same over the mel axis.
QWEN_STRIDES = (2, 2, 2)
HEAD_DIM = 128  # of a decoder whose configuration does not say it, in both libraries


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
    tie_stated: bool = True
    unquantized: tuple[str, ...] = ()


def strided(n_items: int, strides: tuple[int, ...]) -> int:
    """Return how many items are left after stages with these strides (repeated ceil division)."""
    for stride in strides:
        n_items = -(-n_items // stride)
    return n_items


def read_config(folder: Path) -> ModelConfig:
    """Read config.json of a checkpoint folder.

    Raises:
        MissingFileError: there is no config.json.
        ConfigError: entries are missing, of the wrong kind, or do not fit each other.
        UnsupportedModelError: another model, or a variant the factory cannot build.
    """
    path = folder / "config.json"
    data = read_json(path, "the sizes of the model")
    layout, body = _layout(path, data)
    whole = Section("", data)
    audio, text = _section(path, body, "audio_config"), _section(path, body, "text_config")
    config = ModelConfig(
        layout=layout,
        model_type=str(data["model_type"]),
        audio=_whisper_audio(audio) if layout == "whisper" else _qwen_audio(audio),
        text=_text(text, body),
        languages=whole.texts("support_languages"),
        takes_context=bool(data.get("takes_context", True)),
        unquantized=_unquantized(whole),
        tie_stated="tie_word_embeddings" in text.data or "tie_word_embeddings" in body,
    )
    if problems := whole.problems + audio.problems + text.problems:
        raise ConfigError(path, problems)
    if found := _unsupported(audio, text):
        raise UnsupportedModelError(path, found, SUPPORTED)
    if problems := _contradictions(config):
        raise ConfigError(path, problems)
    return config


def _section(path: Path, parent: dict[str, Any], name: str) -> Section:
    data = parent.get(name)
    if not isinstance(data, dict) or not data:
        raise ConfigError(path, [f"{name} is missing"])
    return Section(name, data)


def _unquantized(whole: Section) -> tuple[str, ...]:
    part = Section("quantization_config", whole.table("quantization_config"))
    modules = part.texts("modules_to_not_convert")
    whole.problems += part.problems
    return modules


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


def _qwen_audio(section: Section) -> AudioShape:
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


def _whisper_audio(section: Section) -> AudioShape:
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


def _text(section: Section, body: dict[str, Any]) -> TextShape:
    """Read the decoder.

    transformers 5 keeps rope_theta in rope_parameters. It has to be stated: the libraries' defaults
    differ (5e6 and 1e4), and a wrong one still gives fluent text.
    """
    rope = _rope(section)
    theta = (rope if "rope_theta" in rope.data else section).real("rope_theta")
    section.problems += rope.problems
    tied = section.data.get("tie_word_embeddings", body.get("tie_word_embeddings", True))
    return TextShape(
        n_vocab=section.size("vocab_size"),
        hidden_size=section.size("hidden_size"),
        intermediate_size=section.size("intermediate_size"),
        n_layers=section.size("num_hidden_layers"),
        n_heads=section.size("num_attention_heads"),
        n_kv_heads=section.size("num_key_value_heads"),
        head_dim=section.size("head_dim", HEAD_DIM),
        n_ctx_train=section.size("max_position_embeddings"),
        rope_theta=theta,
        rms_norm_eps=section.real("rms_norm_eps", 1e-6),
        tied=bool(tied),
        attention_only=section.indices("attention_only_layers"),
    )


def _rope(section: Section) -> Section:
    """Return the object that describes the rotary positions; it has two names."""
    name = "rope_parameters" if section.data.get("rope_parameters") else "rope_scaling"
    return Section(f"{section.name}.{name}", section.table(name))


def _unsupported(audio: Section, text: Section) -> str:
    """Name a variant that the graphs do not implement, or nothing."""
    rope = _rope(text).data
    rope_type = rope.get("rope_type", rope.get("type", "default"))
    checks = {
        "audio activation": (audio.data.get("activation_function", "gelu"), ("gelu",)),
        "text activation": (text.data.get("hidden_act", "silu"), ("silu",)),
        "text attention_bias": (bool(text.data.get("attention_bias", False)), (False,)),
        "text sliding window": (bool(text.data.get("use_sliding_window", False)), (False,)),
        "rope type": (rope_type, ("default", "mrope")),
    }
    found = [f"{name} {value!r}" for name, (value, known) in checks.items() if value not in known]
    return ", ".join(found)


def _contradictions(config: ModelConfig) -> list[str]:
    """Say which sizes do not fit each other; no tensor's shape would show it."""
    audio, text = config.audio, config.text
    multiples = (
        ("audio_config.d_model", audio.d_model, "encoder_attention_heads", audio.n_heads),
        ("text_config.num_attention_heads", text.n_heads, "num_key_value_heads", text.n_kv_heads),
        ("the attention window", audio.n_window_frames, "the chunk", audio.n_chunk_frames),
    )
    problems = [
        f"{name} {value} is no multiple of {of} {divisor}"
        for name, value, of, divisor in multiples
        if value % divisor
    ]
    if audio.output_dim != text.hidden_size:
        problems.append(
            f"audio_config.output_dim {audio.output_dim} is not text_config.hidden_size "
            f"{text.hidden_size}"
        )
    return problems
