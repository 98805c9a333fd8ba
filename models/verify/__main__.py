"""Command line: compare a pack with the official implementations and write the report.

Exit code 0 if everything that has to agree agrees, 1 if something does not or could not be run.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np

from app.engine.pack import open_pack
from app.errors import SongshuError
from models.verify.clips import Clip, edge_clips, file_clips, synthetic_source, without_contexts
from models.verify.errors import NothingToVerifyError
from models.verify.judgement import Judgement, SweepRow
from models.verify.protocol import ROOT
from models.verify.quality import check_writable, write_quality
from models.verify.references import choose_references
from models.verify.report import write_report
from models.verify.run import Comparison, Plan, ask, describe_machine, judge
from models.verify.sweep import export_packs, sweep
from models.verify.weights import checked_weights

AUDIO_SUFFIXES = (".flac", ".wav")


def main(arguments: list[str] | None = None) -> int:
    """Verify, print where the report is, and return the exit code."""
    options = parse(arguments)
    try:
        options.output.mkdir(parents=True, exist_ok=True)  # known before the minutes of work
        judgement = verify(options)
        paths = write_report(judgement, options.output)
        if options.write_quality:
            write_quality(judgement, options.pack)
    except (SongshuError, OSError) as exc:
        print(f"error: {exc}", file=sys.stderr)
        return 1
    for result in judgement.failures:
        print(f"FAILED {result.reference}, {result.clip}, {result.stage}: {result.note}")
    print(f"{'passed' if judgement.passed else 'FAILED'}: {paths[0]}")
    return 0 if judgement.passed else 1


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m models.verify", description=__doc__)
    parser.add_argument("pack", type=Path, help="folder or file of the pack")
    parser.add_argument("--against", type=Path, required=True, help="the official checkpoint")
    parser.add_argument(
        "--audio", type=Path, nargs="*", default=[], help="files, or folders of .flac and .wav"
    )
    parser.add_argument(
        "--output", type=Path, default=ROOT / "reports", help="folder for the report"
    )
    parser.add_argument("--reference", choices=("official", "native", "both"), default="both")
    parser.add_argument("--no-edges", action="store_true", help="leave out the edge lengths")
    parser.add_argument("--sweep", action="store_true", help="measure all quantisations")
    parser.add_argument("--sweep-packs", type=Path, help="keep the packs of the sweep here")
    parser.add_argument(
        "--no-flash-attention", action="store_true", help="show the export without its rounding"
    )
    parser.add_argument("--keep", type=Path, help="keep the official answers here, for next time")
    parser.add_argument("--max-new-tokens", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--write-quality", action="store_true", help="put figures in the manifest")
    return parser.parse_args(arguments)


def verify(options: argparse.Namespace) -> Judgement:
    """Run both sides and compare them.

    Raises:
        SongshuError: pack, checkpoint, audio or an implementation cannot be used.
    """
    references = choose_references(options.against, options.reference)
    pack = open_pack(options.pack)
    if options.write_quality:
        check_writable(options.pack)
    weights_sha256 = checked_weights(options.against, options.pack)
    clips, audio = gather_clips(options.audio, with_edges=not options.no_edges)
    if not pack.manifest.takes_context:  # the engine sends it none, so none is compared
        clips = without_contexts(clips)
    plan = Plan(
        pack=pack,
        checkpoint=options.against,
        clips=clips,
        max_new_tokens=options.max_new_tokens,
        n_threads=options.threads,
        flash_attention=not options.no_flash_attention,
        keep=options.keep,
    )
    comparisons = [judge(plan, item, ask(plan, item, _say), _say) for item in references]
    return Judgement(
        pack=pack.name,
        checkpoint=options.against.resolve().name,
        weights_sha256=weights_sha256,
        quantization=plan.quantization,
        machine=describe_machine(),
        audio=audio + (", without flash attention" if options.no_flash_attention else ""),
        versions={item.reference.implementation: item.response.versions for item in comparisons},
        results=tuple(result for item in comparisons for result in item.results),
        texts=tuple(text for item in comparisons for text in item.texts),
        sweep=_sweep(options, plan, comparisons[-1]) if options.sweep else (),
    )


def gather_clips(audio: list[Path], *, with_edges: bool) -> tuple[tuple[Clip, ...], str]:
    """Return the clips, edge lengths first, and what they are in words.

    Raises:
        AudioError: a file cannot be read.
        NothingToVerifyError: there is neither a file nor an edge length.
    """
    paths = [path for item in audio for path in _files(item)]
    clips = list(file_clips(paths))
    words = [f"{len(clips)} files"] if clips else []
    if with_edges:
        recorded = [clip.waveform for clip in clips]
        source = np.concatenate(recorded) if recorded else synthetic_source()
        edges = edge_clips(source)
        clips = [*edges, *clips]
        words.append(f"{len(edges)} edge lengths of {'these' if recorded else 'a synthetic voice'}")
    if not clips:
        raise NothingToVerifyError("no audio file was given and edge lengths are left out")
    return tuple(clips), " and ".join(words)


def _files(path: Path) -> list[Path]:
    """Return a file, or the audio files of a folder by name."""
    if not path.is_dir():
        return [path]
    return sorted(item for item in path.iterdir() if item.suffix in AUDIO_SUFFIXES)


def _sweep(options: argparse.Namespace, plan: Plan, last: Comparison) -> tuple[SweepRow, ...]:
    with tempfile.TemporaryDirectory(prefix="songshu-sweep-") as scratch:
        packs = export_packs(options.against, options.sweep_packs or Path(scratch))
        return sweep(plan, last.reference, last.response, packs, _say)


def _say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
