"""The whole verification on a tiny random checkpoint, with both official implementations.

Each implementation runs once, in its own environment; the pack, and packs that were spoiled on
purpose, are then compared with what it computed.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from app.engine.pack import open_pack
from models.export import Request, export
from models.manifest import Recipe
from models.verify.__main__ import gather_clips
from models.verify.protocol import ROOT
from models.verify.references import NATIVE, OFFICIAL, Reference
from models.verify.response import Response
from models.verify.run import Comparison, Plan, ask, judge

MAX_NEW_TOKENS = 12
REFERENCES = (OFFICIAL, NATIVE)


@dataclass(frozen=True)
class Bench:
    """A checkpoint, the exact pack made of it, and what the implementations computed."""

    checkpoint: Path
    pack: Path
    responses: dict[str, Response]


def plan(pack: Path, checkpoint: Path) -> Plan:
    clips, _ = gather_clips([], with_edges=True)
    return Plan(
        pack=open_pack(pack),
        checkpoint=checkpoint,
        clips=clips,
        max_new_tokens=MAX_NEW_TOKENS,
        n_threads=1,
    )


def silent(text: str) -> None:
    """Say nothing while tests run."""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder = tmp_path_factory.mktemp("verify")
    checkpoint, pack = folder / "tiny", folder / "pack"
    command = [OFFICIAL.command[0], "-m", "models.reference", str(checkpoint), "--size", "tiny"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    recipe = Recipe(name="exact", encoder="fp32", decoder="f16")
    export(Request(checkpoint=checkpoint, output=pack, recipe=recipe))
    work = plan(pack, checkpoint)
    with ThreadPoolExecutor() as pool:
        answered = pool.map(lambda item: ask(work, item, silent), REFERENCES)
        responses = {response.implementation: response for response in answered}
    return Bench(checkpoint=checkpoint, pack=pack, responses=responses)


def compare_pack(bench: Bench, pack: Path, reference: Reference) -> Comparison:
    response = bench.responses[reference.implementation]
    return judge(plan(pack, bench.checkpoint), reference, response, silent)


def failures(comparison: Comparison) -> list[str]:
    return [f"{r.clip}, {r.stage}: {r.note}" for r in comparison.results if r.passed is False]


@pytest.mark.parametrize("reference", REFERENCES, ids=lambda item: item.implementation)
def test_exact_pack_computes_what_the_official_code_computes(
    bench: Bench, reference: Reference
) -> None:
    comparison = compare_pack(bench, bench.pack, reference)
    assert failures(comparison) == []
    judged = [result for result in comparison.results if not result.expected]
    assert all(result.passed for result in judged)
    assert len({result.clip for result in judged}) >= 16  # clips and prompts


def test_exact_pack_without_flash_attention_is_nearer_still(bench: Bench) -> None:
    work = replace(plan(bench.pack, bench.checkpoint), flash_attention=False)
    comparison = judge(work, NATIVE, bench.responses["native"], silent)
    judged = [result for result in comparison.results if not result.expected]
    assert all(result.passed for result in judged)
    logits = [item.difference for item in judged if item.stage == "logits" and item.difference]
    assert min(item.worst_row for item in logits) > 1 - 1e-6


def test_int8_pack_keeps_the_encoder(bench: Bench, tmp_path: Path) -> None:
    recipe = Recipe(name="int8", encoder="int8", decoder="q8_0")
    export(Request(checkpoint=bench.checkpoint, output=tmp_path / "int8", recipe=recipe))
    comparison = compare_pack(bench, tmp_path / "int8", NATIVE)
    assert failures(comparison) == []


def without_tail_padding(manifest: dict[str, Any]) -> None:
    manifest["encoder"]["frontend"]["pad_tail"] = False


def with_windows_of_4_s(manifest: dict[str, Any]) -> None:
    manifest["encoder"]["backend"]["window_frames"] = 400


def with_another_asr_text(manifest: dict[str, Any]) -> None:
    manifest["tokens"]["asr_text"] = manifest["tokens"]["audio_end"]


@pytest.mark.parametrize(
    ("spoil", "first_stage"),
    [
        (without_tail_padding, "frontend"),
        (with_windows_of_4_s, "backend"),
        (with_another_asr_text, "prompt"),
    ],
)
def test_spoiled_pack_fails_first_at_the_spoiled_stage(
    bench: Bench, tmp_path: Path, spoil: Callable[[dict[str, Any]], None], first_stage: str
) -> None:
    pack = tmp_path / "spoiled"
    shutil.copytree(bench.pack, pack)
    path = pack / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    spoil(manifest)
    path.write_text(json.dumps(manifest), encoding="utf-8")
    comparison = compare_pack(bench, pack, NATIVE)
    stages = [result.stage for result in comparison.results if result.passed is False]
    assert stages[0] == first_stage


def test_native_differs_from_official_only_where_it_pads_short_clips(bench: Bench) -> None:
    comparison = compare_pack(bench, bench.pack, NATIVE)
    differing = {r.clip for r in comparison.results if r.expected and r.passed is None}
    assert differing == {"0.1 s", "0.75 s"}


def test_native_reference_keeps_an_output_head_of_its_own(bench: Bench, tmp_path: Path) -> None:
    """Published models are tied; one that is not must not be compared with a tied one."""
    checkpoint = Path(shutil.copytree(bench.checkpoint, tmp_path / "untied"))
    config = json.loads((checkpoint / "config.json").read_text())
    config["thinker_config"]["text_config"]["tie_word_embeddings"] = False
    (checkpoint / "config.json").write_text(json.dumps(config))
    turn_round(checkpoint / "model.safetensors", "thinker.lm_head.weight")
    pack = tmp_path / "pack"
    recipe = Recipe(name="untied", encoder="fp32", decoder="f16")
    export(Request(checkpoint=checkpoint, output=pack, recipe=recipe))
    work = replace(plan(pack, checkpoint), clips=plan(pack, checkpoint).clips[5:6])
    comparison = judge(work, NATIVE, ask(work, NATIVE, silent), silent)
    assert failures(comparison) == []
    tied = bench.responses["native"].outputs[5]
    assert comparison.response.outputs[0].token_ids != tied.token_ids


def turn_round(path: Path, name: str) -> None:
    """Reverse the order of the rows of a tensor in its file."""
    data = path.read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    entry = json.loads(data[8:start])[name]
    first, last = (start + offset for offset in entry["data_offsets"])
    n_row = (last - first) // entry["shape"][0]
    rows = [data[at : at + n_row] for at in range(first, last, n_row)]
    path.write_bytes(data[:first] + b"".join(reversed(rows)) + data[last:])
