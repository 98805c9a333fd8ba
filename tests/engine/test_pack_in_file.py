"""A pack inside another file gives the same text as the folder, and nothing is unpacked for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.engine.clip import ClipRecognizer
from app.engine.pack import ALIGNMENT_BYTES, Pack, open_pack
from app.engine.types import Hypothesis, TranscribeOptions
from models.packfile import write_packfile
from tests.packs import PACKS, pack

WAVEFORM = (np.random.default_rng(1).normal(size=24_000) * 0.1).astype(np.float32)


def hypothesis(pack: Pack) -> Hypothesis:
    clips = ClipRecognizer(pack, n_threads=1)
    steps = clips.recognize(WAVEFORM, TranscribeOptions())
    try:
        while True:
            next(steps)
    except StopIteration as end:
        result: Hypothesis = end.value
        return result
    finally:
        clips.close()


@pytest.mark.parametrize("offset", [0, ALIGNMENT_BYTES, 5 * ALIGNMENT_BYTES])
def test_pack_in_a_larger_file_gives_the_same_text(offset: int, tmp_path: Path) -> None:
    packed = tmp_path / "pack.songshu"
    write_packfile(PACKS / "tiny", packed)
    body = packed.read_bytes()
    whole = tmp_path / "执行 file"
    whole.write_bytes(b"\x7f" * offset + body + b"what follows")
    inside = open_pack(whole, offset=offset, n_bytes=len(body))
    inside.verify()
    assert all(
        inside.locate(entry.path).offset % ALIGNMENT_BYTES == 0 for entry in inside.manifest.files
    )
    found, expected = hypothesis(inside), hypothesis(pack("tiny"))
    assert found.token_ids == expected.token_ids
    assert found.avg_logprob == pytest.approx(expected.avg_logprob)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([packed.name, whole.name])
