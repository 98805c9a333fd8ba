"""Turn a checkpoint folder into a pack, step by step.

    checkpoint ─┬─ mel filters ───────────────────────────────── mel_filters.npy
                ├─ encoder frontend ── optimise ── quantise ──── encoder_frontend.onnx
                ├─ encoder backend ─── optimise ── quantise ──── encoder_backend.onnx
                ├─ decoder F16 ─────── quantise ──────────────── decoder.gguf
                └─ manifest ──────────────────────────────────── manifest.json

Everything is written into a hidden folder beside the pack, which is renamed into place when the
manifest is in it and removed when anything fails, Ctrl-C, SIGTERM and a closed terminal included: a
pack is there whole or not at all. What a killed export left is removed by the next one of that
pack. No step needs torch.

    python -m models.export CHECKPOINT --name NAME [--encoder int8] [--decoder q4_k_m]
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import psutil

from app.engine.pack import open_pack
from app.errors import SongshuError
from models.checkpoint import Checkpoint, open_checkpoint
from models.decoder_gguf import tensor_types, write_decoder
from models.encoder_backend import build_backend
from models.encoder_frontend import build_frontend
from models.errors import OutputExistsError, disk_errors
from models.manifest import (
    BACKEND,
    DECODER,
    FRONTEND,
    MANIFEST,
    MEL_FILTERS,
    Recipe,
    add_recipe_arguments,
    read_recipe,
    write_manifest,
)
from models.mel_filters import read_mel_shape, write_mel_filters
from models.onnx_graph import Graph, save_graph
from models.optimize import optimize
from models.quantize_decoder import quantize_decoder
from models.quantize_encoder import quantize_encoder
from models.report import Step, timed_step
from models.tokenizer import read_eos_ids, read_vocabulary

PACKS = Path(__file__).parent / "packs"
DECODER_F16 = "decoder.f16.gguf"
OLDER = "older"  # where the pack lies that is being replaced
EXIT_FAILED = 1
EXIT_CANCELLED = 130
# SIGHUP (a closed terminal) is unknown on Windows.
STOP_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One export: from where, to where, how."""

    checkpoint: Path
    output: Path
    recipe: Recipe
    overwrite: bool = False


def export(request: Request) -> None:
    """Write a pack.

    Raises:
        ModelError: one of its kinds; nothing is left behind and an older pack stays as it was.
        PackError: the engine cannot open what such a recipe gives; the same holds.
    """
    output = Path(os.path.realpath(request.output))  # a link to another disk stays a link
    _check_output(output, overwrite=request.overwrite)
    checkpoint = open_checkpoint(request.checkpoint)
    _check_tokenizer(checkpoint)
    with disk_errors(output):
        output.parent.mkdir(parents=True, exist_ok=True)
        prefix = f".{output.name}.partial-"
        _remove_left_behind(output.parent, prefix)
        scratch = Path(tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-", dir=output.parent))
    try:
        finished = scratch / "finished"
        finished.mkdir()
        write_pack(finished, checkpoint, request.recipe)
        open_pack(finished).mel_filters()  # what the engine refuses never takes the pack's place
        _move_into_place(finished, output)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def write_pack(folder: Path, checkpoint: Checkpoint, recipe: Recipe) -> None:
    """Run every step into a folder that exists; the manifest comes last."""
    mel = read_mel_shape(checkpoint.folder, checkpoint.config.audio.n_mels)
    _step("mel filters", folder / MEL_FILTERS, lambda path: write_mel_filters(mel, path))
    for name, build, label in (
        (FRONTEND, build_frontend, "encoder frontend"),
        (BACKEND, build_backend, "encoder backend"),
    ):
        _step(label, folder / name, _encoder_writer(build, checkpoint, recipe))
    _write_decoder(folder, checkpoint, recipe)
    _step(
        "manifest",
        folder / MANIFEST,
        lambda path: write_manifest(folder, checkpoint, recipe, path),
    )


def _step(name: str, path: Path, write: Callable[[Path], None]) -> None:
    timed_step(Step(name=name, target=path), lambda: write(path))


def _encoder_writer(
    build: Callable[[Checkpoint], Graph], checkpoint: Checkpoint, recipe: Recipe
) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        save_graph(quantize_encoder(optimize(build(checkpoint)), recipe.encoder), path)

    return write


def _write_decoder(folder: Path, checkpoint: Checkpoint, recipe: Recipe) -> None:
    """Write the decoder in F16, then quantise it and drop the F16 file."""
    whole, final = folder / DECODER_F16, folder / DECODER
    _step("decoder f16", whole, lambda path: write_decoder(checkpoint, path, recipe.name))
    if recipe.decoder == "f16":
        whole.rename(final)
        return
    _step(
        f"decoder {recipe.decoder}",
        final,
        lambda path: quantize_decoder(whole, path, recipe.decoder, tensor_types(checkpoint)),
    )
    whole.unlink()


def _check_tokenizer(checkpoint: Checkpoint) -> None:
    """Read what the decoder is written with at the end, before the minutes of work."""
    vocabulary = read_vocabulary(checkpoint.folder, checkpoint.config.text.n_vocab)
    read_eos_ids(checkpoint.folder, vocabulary)


def _check_output(output: Path, *, overwrite: bool) -> None:
    """Refuse to replace anything but a pack, and a pack only when asked to."""
    if not output.exists() or (output.is_dir() and not any(output.iterdir())):
        return
    is_pack = (output / MANIFEST).is_file()
    if not (is_pack and overwrite):
        raise OutputExistsError(output, replaceable=is_pack)


def _remove_left_behind(folder: Path, prefix: str) -> None:
    """Remove the folders of exports whose process is no more, but for one that holds a pack."""
    for path in [item for item in folder.iterdir() if item.name.startswith(prefix)]:
        process_id = path.name.removeprefix(prefix).partition("-")[0]
        is_over = process_id.isdecimal() and not psutil.pid_exists(int(process_id))
        if is_over and not (path / OLDER).exists():
            shutil.rmtree(path, ignore_errors=True)


def _move_into_place(finished: Path, output: Path) -> None:
    """Rename the finished folder; an older pack goes beside it, to be removed with the rest."""
    older = finished.with_name(OLDER)
    try:
        if output.exists():
            output.rename(older)
        finished.rename(output)
    except BaseException:
        if older.exists() and not output.exists():
            older.rename(output)
        raise


def parse_request(arguments: list[str]) -> Request:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m models.export", description="Convert a checkpoint into a model pack."
    )
    parser.add_argument("checkpoint", type=Path, help="folder as published")
    add_recipe_arguments(parser)
    parser.add_argument("--output", type=Path, help="folder of the pack (models/packs/NAME)")
    parser.add_argument("--overwrite", action="store_true", help="replace an older pack")
    options = parser.parse_args(arguments)
    return Request(
        checkpoint=options.checkpoint,
        output=options.output or PACKS / options.name,
        recipe=read_recipe(options),
        overwrite=options.overwrite,
    )


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """Let the signals that end a process clean up as Ctrl-C does; ignored ones (nohup) stay so."""
    before = {number: signal.getsignal(number) for number in STOP_SIGNALS}
    handled = {number: old for number, old in before.items() if old not in (None, signal.SIG_IGN)}
    for number in handled:
        signal.signal(number, _stop)
    try:
        yield
    finally:
        for number, old in handled.items():
            signal.signal(number, old)


def _stop(signal_number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main(arguments: list[str]) -> int:
    """Export, and return 0, 1 after an error or 130 after Ctrl-C."""
    request = parse_request(arguments)
    try:
        with _stoppable():
            export(request)
    except (SongshuError, OSError) as exc:
        print(f"error: {exc}", file=sys.stderr)
        return EXIT_FAILED
    except KeyboardInterrupt:
        print("cancelled; nothing was left behind", file=sys.stderr)
        return EXIT_CANCELLED
    print(f"pack at {request.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
