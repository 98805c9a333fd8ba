"""Describe a finished pack in manifest.json.

The files of a pack and the configuration of its checkpoint flow in, the JSON that
``app.engine.manifest`` reads flows out: sizes, unit lengths, special tokens, recipes, and the size
and SHA-256 of every file. The engine knows a model by nothing else.

    python -m models.manifest CHECKPOINT PACK --name NAME [--encoder int8] [--decoder q4_k_m]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import re
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import gguf

from models.checkpoint import Checkpoint, open_checkpoint
from models.config import AudioShape, strided
from models.encoder_frontend import frontend_strides
from models.errors import disk_errors
from models.json_file import read_json
from models.mel_filters import read_mel_shape
from models.quantize_decoder import DECODER_SCHEMES, DecoderScheme
from models.quantize_encoder import ENCODER_SCHEMES, EncoderScheme
from models.report import Step, run_step, step_parser, written_aside
from models.tokenizer import read_eos_ids, read_vocabulary

FORMAT_VERSION = 1
MANIFEST = "manifest.json"
MEL_FILTERS = "mel_filters.npy"
FRONTEND = "encoder_frontend.onnx"
BACKEND = "encoder_backend.onnx"
DECODER = "decoder.gguf"
FILES = (MEL_FILTERS, FRONTEND, BACKEND, DECODER)
HASH_BLOCK_BYTES = 1 << 22
APPLICATION = "application"  # key of what the application itself measured (models.quality)
MAX_CHUNK_S = 30.0  # the application sends no more at once
# What a recipe costs is said by the pack itself, wherever it goes.
COSTS: dict[EncoderScheme, str] = {
    "int4": "Smallest, at a price: an encoder of 4 bits makes more mistakes, and such encoders are "
    "known to repeat themselves on long or non-English audio.",
}
NAME_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

# What Qwen3-ASR understands, in the order of the qwen_asr package, for checkpoints that do not say.
# fmt: off
QWEN_LANGUAGES = (
    "Chinese", "English", "Cantonese", "Arabic", "German", "French", "Spanish", "Portuguese",
    "Indonesian", "Italian", "Korean", "Russian", "Thai", "Vietnamese", "Japanese", "Turkish",
    "Hindi", "Malay", "Dutch", "Swedish", "Danish", "Finnish", "Polish", "Czech", "Filipino",
    "Persian", "Greek", "Romanian", "Hungarian", "Macedonian",
)
# fmt: on


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What a person chose: name, quantisation of both halves, attention mode, words about it."""

    name: str
    encoder: EncoderScheme = "int8"
    decoder: DecoderScheme = "q4_k_m"
    attention: str = "windowed"
    license: str = "Apache-2.0"
    description: str = ""
    max_chunk_s: float = MAX_CHUNK_S


def write_manifest(folder: Path, checkpoint: Checkpoint, recipe: Recipe, path: Path) -> None:
    """Write the manifest of the files in a folder.

    Raises:
        DiskFullError: the disk is full.
    """
    text = _to_text(describe_pack(folder, checkpoint, recipe))
    with disk_errors(path):
        path.write_text(text, encoding="utf-8")


def describe_pack(folder: Path, checkpoint: Checkpoint, recipe: Recipe) -> dict[str, Any]:
    """Return the manifest as plain data."""
    config = checkpoint.config
    mel = read_mel_shape(checkpoint.folder, config.audio.n_mels)
    vocabulary = read_vocabulary(checkpoint.folder, config.text.n_vocab)
    eos_ids = read_eos_ids(checkpoint.folder, vocabulary)
    return {
        "format_version": FORMAT_VERSION,
        "name": recipe.name,
        "license": recipe.license,
        "description": recipe.description or COSTS.get(recipe.encoder, ""),
        "source": {
            "model_type": config.model_type,
            "layout": config.layout,
            "checkpoint": checkpoint.folder.resolve().name,
            "weights_sha256": checkpoint.weights_sha256(),
        },
        "languages": list(config.languages or QWEN_LANGUAGES),
        "max_chunk_s": recipe.max_chunk_s,
        "takes_context": config.takes_context,
        "sample_rate": mel.sample_rate,
        "mel": {
            "file": MEL_FILTERS,
            "n_mels": mel.n_mels,
            "n_fft": mel.n_fft,
            "hop_length": mel.hop_length,
        },
        "encoder": _describe_encoder(checkpoint, recipe),
        "decoder": _describe_decoder(folder, checkpoint, recipe),
        "tokens": {**vocabulary.prompt_ids, "eos": list(eos_ids)},
        "files": [describe_file(folder / name) for name in FILES],
        "quality": {},
    }


def change_quality(folder: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Change what the manifest of a pack says about its quality.

    Args:
        folder: of the pack.
        change: gets the figures that are there and returns the new ones.

    Raises:
        MissingFileError: the folder is no pack.
        ConfigError: the manifest is damaged.
        DiskFullError: the disk is full; the manifest is as it was.
    """
    path = folder / MANIFEST
    data = read_json(path, "the figures of a pack")
    data["quality"] = change(data.get("quality", {}))
    with written_aside(path) as aside:
        aside.write_text(_to_text(data), encoding="utf-8")


def _to_text(data: dict[str, Any]) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _describe_encoder(checkpoint: Checkpoint, recipe: Recipe) -> dict[str, Any]:
    shape = checkpoint.config.audio
    strides = frontend_strides(checkpoint)
    whisper = checkpoint.config.layout == "whisper"
    backend_strides = (shape.frame_stack,) if whisper else ()
    return {
        "frontend": {
            "file": FRONTEND,
            "chunk_frames": shape.n_chunk_frames,
            "strides": list(strides),
            "pad_tail": not whisper,
        },
        "backend": {
            "file": BACKEND,
            "window_frames": shape.n_window_frames,
            "strides": list(backend_strides),
        },
        "attention": recipe.attention,
        "d_model": shape.d_model,
        "embed_dim": shape.output_dim,
        "tokens_per_window": _tokens_per_window(shape, strides, backend_strides),
        "quantization": recipe.encoder,
        "n_layers": shape.n_layers,
        "n_heads": shape.n_heads,
    }


def _tokens_per_window(
    shape: AudioShape, strides: tuple[int, ...], backend_strides: tuple[int, ...]
) -> int:
    n_chunks = shape.n_window_frames // shape.n_chunk_frames
    return strided(n_chunks * strided(shape.n_chunk_frames, strides), backend_strides)


def _describe_decoder(folder: Path, checkpoint: Checkpoint, recipe: Recipe) -> dict[str, Any]:
    text = asdict(checkpoint.config.text)
    del text["tied"]
    return {
        "file": DECODER,
        "architecture": "qwen3",
        "quantization": recipe.decoder,
        **text,
        "token_embd": describe_embeddings(folder / DECODER),
    }


def describe_embeddings(path: Path) -> dict[str, int]:
    """Say where the token embeddings lie in a GGUF file, for prompts sent as embeddings."""
    tensors = gguf.GGUFReader(path).tensors
    table = next(tensor for tensor in tensors if tensor.name == "token_embd.weight")
    n_rows = int(table.shape[1])
    return {
        "offset": int(table.data_offset),
        "ggml_type": int(table.tensor_type),
        "row_bytes": int(table.n_bytes) // n_rows,
    }


def describe_file(path: Path) -> dict[str, Any]:
    """Return name, size and SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(HASH_BLOCK_BYTES):
            digest.update(block)
    return {"path": path.name, "n_bytes": path.stat().st_size, "sha256": digest.hexdigest()}


def add_recipe_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that make a recipe to a command line."""
    parser.add_argument("--name", required=True, type=_name, help="name of the pack")
    parser.add_argument(
        "--encoder",
        choices=ENCODER_SCHEMES,
        default="int8",
        help="int8 is the default; int4 is smaller, but makes more mistakes, and such encoders are "
        "known to repeat themselves on long or non-English audio",
    )
    parser.add_argument(
        "--decoder", choices=DECODER_SCHEMES, default="q4_k_m", help="q4_k_m is the default"
    )
    parser.add_argument("--attention", choices=("windowed", "full"), default="windowed")
    parser.add_argument("--license", default="Apache-2.0", help="licence of the weights")
    parser.add_argument("--description", default="", help="a sentence about the model")
    parser.add_argument(
        "--max-chunk-s",
        type=_chunk_s,
        default=MAX_CHUNK_S,
        help="longest audio that the model is good at, 1 to 30",
    )


def read_recipe(options: argparse.Namespace) -> Recipe:
    """Return the recipe that a command line asks for."""
    return Recipe(
        name=options.name,
        encoder=options.encoder,
        decoder=options.decoder,
        attention=options.attention,
        license=options.license,
        description=options.description,
        max_chunk_s=options.max_chunk_s,
    )


def _chunk_s(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 1.0 <= seconds <= MAX_CHUNK_S:
        raise argparse.ArgumentTypeError(f"{text!r}: seconds from 1 to {MAX_CHUNK_S:g}")
    return seconds


def _name(text: str) -> str:
    if NAME_PATTERN.fullmatch(text) is None:
        raise argparse.ArgumentTypeError(f"{text!r}: letters, digits, '.', '_' and '-' only")
    return text


def main(arguments: list[str]) -> int:
    """Write the manifest of the files in PACK, which were made from CHECKPOINT."""
    parser = step_parser("manifest", "CHECKPOINT", "PACK")
    add_recipe_arguments(parser)
    options = parser.parse_args(arguments)

    folder: Path = options.target

    def write(path: Path) -> None:
        write_manifest(folder, open_checkpoint(options.source), read_recipe(options), path)

    return run_step(Step(name="manifest", target=folder / MANIFEST), write)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
