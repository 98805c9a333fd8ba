"""Write the two GGUFs that llama.cpp's multimodal path reads, from a checkpoint and its pack.

    checkpoint ── audio tower ──> mmproj: architecture "clip", projector "qwen3a", F16
    pack ── decoder.gguf ───────> text model: the same tensors byte for byte under "qwen3vl"

libmtmd knows the decoder as Qwen3-VL's (multimodal RoPE, no deepstack layers); its weights are the
ones of our own GGUF, so both sides decode with the very same numbers. The mmproj is in 16 bits, as
it is published for this model.

CRITICAL: convolution weights must be F16 (ggml's im2col takes nothing else), biases, norms and the
table of positions F32; a convolution's bias has the shape [channels, 1, 1].
Source of names and keys: ggml-org/llama.cpp, tools/mtmd/clip.cpp, conversion/qwen3vl.py.

    python -m models.bench.mtmd_gguf PACK CHECKPOINT OUT_DIR
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np
import numpy.typing as npt

from app.engine.pack import Location, Pack, open_pack
from models.bench.errors import NoComparisonError
from models.checkpoint import Checkpoint, open_checkpoint
from models.errors import disk_errors
from models.report import Step, run_command, timed_step

N_POSITIONS = 1500  # rows of the table that clip.cpp gets; the model uses the first 13
MAX_TIMESCALE = 10_000.0  # of the sinusoidal positions
LAYER_NORM_EPS = 1e-5
TEXT_ARCH, MTMD_TEXT_ARCH = "qwen3", "qwen3vl"

TOP_LEVEL = {
    "a.conv2d.1": "conv2d1",
    "a.conv2d.2": "conv2d2",
    "a.conv2d.3": "conv2d3",
    "a.conv_out": "conv_out",
    "a.post_ln": "ln_post",
    "mm.a.mlp.1": "proj1",
    "mm.a.mlp.2": "proj2",
}
PER_LAYER = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_out": "self_attn.out_proj",
    "ln1": "self_attn_layer_norm",
    "ln2": "final_layer_norm",
    "ffn_up": "fc1",
    "ffn_down": "fc2",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MtmdFiles:
    """The two GGUFs."""

    text: Path
    mmproj: Path


def write_mtmd_files(pack: Pack, checkpoint: Checkpoint, folder: Path) -> MtmdFiles:
    """Write both files into a folder that exists.

    Raises:
        NoComparisonError: llama.cpp has no multimodal path for this architecture.
        ModelError: the checkpoint is damaged, or the disk is full.
    """
    if checkpoint.config.layout == "whisper":
        raise NoComparisonError("mtmd", checkpoint.folder, "it is no Qwen3-ASR audio tower")
    files = MtmdFiles(text=folder / "text.gguf", mmproj=folder / "mmproj.gguf")
    location = pack.locate(pack.manifest.decoder.file)
    with disk_errors(files.text):
        write_text_model(location, files.text)
    with disk_errors(files.mmproj):
        write_mmproj(checkpoint, files.mmproj)
    return files


def write_mmproj(checkpoint: Checkpoint, path: Path) -> None:
    """Write the audio tower as F16."""
    writer = gguf.GGUFWriter(path, arch="clip")
    try:
        _add_audio_facts(writer, checkpoint)
        for name, values in audio_tensors(checkpoint):
            writer.add_tensor(name, values)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
    finally:
        writer.close()


def audio_tensors(checkpoint: Checkpoint) -> Iterator[tuple[str, npt.NDArray[np.generic]]]:
    """Yield the audio tower under libmtmd's names and in its types."""
    pairs = dict(TOP_LEVEL)
    for index in range(checkpoint.config.audio.n_layers):
        pairs |= {
            f"a.blk.{index}.{theirs}": f"layers.{index}.{ours}"
            for theirs, ours in PER_LAYER.items()
        }
    for theirs, ours in pairs.items():
        for part in ("weight", "bias"):
            source = f"audio_tower.{ours}.{part}"
            if source in checkpoint:
                yield f"{theirs}.{part}", _as_stored(ours, checkpoint.tensor(source))
    yield "a.position_embd.weight", sinusoids(N_POSITIONS, checkpoint.config.audio.d_model)


def sinusoids(n_positions: int, n_channels: int) -> npt.NDArray[np.float32]:
    """Compute Whisper's sinusoidal positions, float32 [n_positions, n_channels]: sin, then cos."""
    half = n_channels // 2
    scales = np.exp(-np.log(MAX_TIMESCALE) / (half - 1) * np.arange(half))
    angles = np.arange(n_positions)[:, None] * scales[None, :]
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1).astype(np.float32)


def _as_stored(name: str, values: npt.NDArray[np.float32]) -> npt.NDArray[np.generic]:
    if values.ndim > 1:
        return values.astype(np.float16)
    return values[:, None, None] if name.startswith("conv2d") else values


def _add_audio_facts(writer: gguf.GGUFWriter, checkpoint: Checkpoint) -> None:
    audio = checkpoint.config.audio
    writer.add_type("mmproj")
    writer.add_name(checkpoint.folder.name)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    writer.add_bool("clip.has_audio_encoder", True)
    writer.add_string("clip.projector_type", "qwen3a")
    writer.add_uint32("clip.audio.projection_dim", audio.output_dim)
    writer.add_uint32("clip.audio.embedding_length", audio.d_model)
    writer.add_uint32("clip.audio.feed_forward_length", audio.ffn_dim)
    writer.add_uint32("clip.audio.block_count", audio.n_layers)
    writer.add_uint32("clip.audio.attention.head_count", audio.n_heads)
    writer.add_uint32("clip.audio.num_mel_bins", audio.n_mels)
    writer.add_float32("clip.audio.attention.layer_norm_epsilon", LAYER_NORM_EPS)


def write_text_model(location: Location, path: Path) -> None:
    """Copy a pack's GGUF under the architecture that libmtmd expects; tensors stay as they are."""
    reader = gguf.GGUFReader(_whole_file(location, path.with_suffix(".slice")))
    writer = gguf.GGUFWriter(path, arch=MTMD_TEXT_ARCH)
    try:
        _copy_facts(reader, writer)
        head_dim = int(reader.fields[f"{TEXT_ARCH}.attention.key_length"].contents())
        writer.add_rope_dimension_sections(rope_sections(head_dim))
        writer.add_uint32(f"{MTMD_TEXT_ARCH}.n_deepstack_layers", 0)
        for tensor in reader.tensors:
            writer.add_tensor(tensor.name, tensor.data, raw_dtype=tensor.tensor_type)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
    finally:
        writer.close()


def rope_sections(head_dim: int) -> list[int]:
    """Split the rotary pairs among time, height and width as the model does (24, 20, 20 of 64).

    Time, height and width are the same number for every token of audio and text, so any split
    gives the same result; llama.cpp only wants the sum to be right.
    """
    n_pairs = head_dim // 2
    n_space = n_pairs * 5 // 16
    return [n_pairs - 2 * n_space, n_space, n_space, 0]


def _copy_facts(reader: gguf.GGUFReader, writer: gguf.GGUFWriter) -> None:
    for field in reader.fields.values():
        if field.name.startswith("GGUF.") or field.name == "general.architecture":
            continue  # written by the writer itself
        name = field.name.replace(f"{TEXT_ARCH}.", f"{MTMD_TEXT_ARCH}.", 1)
        kind = field.types[0]
        inner = field.types[-1] if kind == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(name, field.contents(), kind, sub_type=inner)


def _whole_file(location: Location, aside: Path) -> Path:
    """Give a file that holds nothing but the GGUF; a slice of a larger one is copied out."""
    if location.offset == 0 and location.path.stat().st_size == location.n_bytes:
        return location.path
    data = np.memmap(location.path, np.uint8, "r", location.offset, (location.n_bytes,))
    data.tofile(aside)
    return aside


def main(arguments: list[str]) -> int:
    """Write text.gguf and mmproj.gguf into OUT_DIR."""
    parser = argparse.ArgumentParser(prog="python -m models.bench.mtmd_gguf")
    for name in ("pack", "checkpoint", "out_dir"):
        parser.add_argument(name, type=Path)
    options = parser.parse_args(arguments)
    folder: Path = options.out_dir

    def work() -> None:
        folder.mkdir(parents=True, exist_ok=True)
        write_mtmd_files(open_pack(options.pack), open_checkpoint(options.checkpoint), folder)

    return run_command(lambda: timed_step(Step(name="mtmd", target=folder / "mmproj.gguf"), work))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
