"""The benchmark from beginning to end: options in, report out."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from app.engine.pack import Pack, open_pack
from app.engine.types import SAMPLE_RATE, FloatArray
from models.bench.audio import make_waveform, read_waveform
from models.bench.entry import run
from models.bench.errors import NoComparisonError
from models.bench.figures import Result, Task, summarize
from models.bench.machine import Machine, describe_machine
from models.bench.mtmd_gguf import write_mtmd_files
from models.bench.options import BenchOptions, parse_options
from models.bench.report import Report
from models.bench.schedule import alternate, engines_for, python_for, run_task
from models.bench.targets import judge
from models.checkpoint import Checkpoint, open_checkpoint


def main(arguments: Sequence[str]) -> int:
    """Measure, print the report and write it; returns 1 after an error, 130 after Ctrl-C."""
    return run(arguments, parse_options, bench)


def bench(options: BenchOptions) -> Report:
    """Measure a pack as the options say.

    Raises:
        SongshuError: the pack, the checkpoint, the audio or an engine cannot be used.
    """
    machine = describe_machine()  # first: preparing would count as load
    pack = open_pack(options.pack)
    engines = engines_for(options.against)
    for engine in engines:
        python_for(engine)
    waveform = _waveform(options)
    with tempfile.TemporaryDirectory(prefix="songshu-bench-") as folder:
        task = _prepare(options, pack, waveform, Path(folder))
        results = list(_rounds(task, engines, options.n_rounds))
    return _report(options, pack, machine, len(waveform) / SAMPLE_RATE, results)


def check_checkpoint(pack: Pack, checkpoint: Checkpoint, against: Sequence[str]) -> None:
    """Make sure that a checkpoint is of the pack's shape and can be run by the engines.

    Raises:
        NoComparisonError: it is not.
    """
    text, decoder = checkpoint.config.text, pack.manifest.decoder
    theirs = (text.n_layers, text.hidden_size, text.n_vocab, checkpoint.config.audio.d_model)
    ours = (decoder.n_layers, decoder.hidden_size, decoder.n_vocab, pack.manifest.encoder.d_model)
    for engine in against:
        if theirs != ours:
            raise NoComparisonError(engine, checkpoint.folder, f"the pack {pack.name} is not of it")
        if engine == "official" and checkpoint.config.layout != "official":
            layout = checkpoint.config.layout
            raise NoComparisonError(engine, checkpoint.folder, f"its layout is {layout!r}")


def _waveform(options: BenchOptions) -> FloatArray:
    if options.audio is None:
        return make_waveform(options.seconds)
    return read_waveform(options.audio, options.seconds)


def _prepare(options: BenchOptions, pack: Pack, waveform: FloatArray, folder: Path) -> Task:
    """Write what the processes share; gives a task that lacks only its engine."""
    np.save(folder / "waveform.npy", waveform)
    task = Task(
        engine="",
        waveform_file=str(folder / "waveform.npy"),
        pack=str(options.pack.absolute()),
        n_tokens=options.n_tokens,
        n_threads=options.n_threads,
    )
    if options.checkpoint is None:
        return task
    checkpoint = open_checkpoint(options.checkpoint.absolute())
    check_checkpoint(pack, checkpoint, options.against)
    task = replace(task, checkpoint=str(checkpoint.folder))
    if "mtmd" in options.against:
        _say("writing the GGUFs for mtmd")
        files = write_mtmd_files(pack, checkpoint, folder)
        task = replace(task, text_gguf=str(files.text), mmproj_gguf=str(files.mmproj))
    return task


def _rounds(task: Task, engines: Sequence[str], n_rounds: int) -> Iterator[Result]:
    for index, engine in alternate(engines, n_rounds):
        result = run_task(replace(task, engine=engine))
        _say(f"round {index + 1} of {n_rounds}: {engine:<14} {result.warm.total_s:7.2f} s")
        yield result


def _report(
    options: BenchOptions, pack: Pack, machine: Machine, audio_s: float, results: list[Result]
) -> Report:
    summaries = {
        engine: summarize([result for result in results if result.engine == engine])
        for engine in engines_for(options.against)
    }
    encoder, decoder = pack.manifest.encoder.quantization, pack.manifest.decoder.quantization
    return Report(
        pack=pack.name,
        recipe=f"{encoder} encoder, {decoder} decoder (mtmd: f16 mmproj, the same decoder)",
        audio_s=audio_s,
        n_tokens=options.n_tokens,
        n_threads=options.n_threads,
        machine=machine,
        summaries=summaries,
        verdicts=judge(summaries),
        results=results,
    )


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
