from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import gguf
import numpy as np
import pytest

from app.engine.clip import ClipRecognizer
from app.engine.pack import Location, open_pack
from models.bench.audio import make_waveform
from models.bench.engines.mtmd import MtmdEngine
from models.bench.errors import NoComparisonError
from models.bench.figures import Task
from models.bench.mtmd_gguf import (
    MtmdFiles,
    audio_tensors,
    main,
    rope_sections,
    sinusoids,
    write_mtmd_files,
    write_text_model,
)
from models.checkpoint import open_checkpoint

WINDOW_S, WINDOW_TOKENS = 8.0, 104


@pytest.fixture(scope="module")
def files(
    pack_folder: Path, checkpoint_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> MtmdFiles:
    folder = tmp_path_factory.mktemp("mtmd")
    return write_mtmd_files(open_pack(pack_folder), open_checkpoint(checkpoint_folder), folder)


def test_text_model_has_the_packs_tensors_byte_for_byte(
    files: MtmdFiles, pack_folder: Path
) -> None:
    ours = {t.name: t for t in gguf.GGUFReader(pack_folder / "decoder.gguf").tensors}
    theirs = {t.name: t for t in gguf.GGUFReader(files.text).tensors}
    assert ours.keys() == theirs.keys()
    for name, tensor in ours.items():
        assert tensor.tensor_type == theirs[name].tensor_type
        assert np.array_equal(tensor.data, theirs[name].data)


def test_text_model_says_what_libmtmd_asks_for(files: MtmdFiles) -> None:
    fields = gguf.GGUFReader(files.text).fields
    assert fields["general.architecture"].contents() == "qwen3vl"
    assert fields["qwen3vl.n_deepstack_layers"].contents() == 0
    assert fields["qwen3vl.rope.dimension_sections"].contents() == [6, 5, 5, 0]
    assert fields["qwen3vl.embedding_length"].contents() == 256
    assert not [name for name in fields if name.startswith("qwen3.")]
    assert "<|audio_start|>" in fields["tokenizer.ggml.tokens"].contents()


def test_text_model_from_a_slice_of_a_larger_file(
    files: MtmdFiles, pack_folder: Path, tmp_path: Path
) -> None:
    data = (pack_folder / "decoder.gguf").read_bytes()
    carrier = tmp_path / "carrier"
    carrier.write_bytes(b"\0" * 4096 + data + b"end")
    location = Location(path=carrier, offset=4096, n_bytes=len(data))
    write_text_model(location, tmp_path / "text.gguf")
    assert (tmp_path / "text.gguf").read_bytes() == files.text.read_bytes()


def test_mmproj_types(checkpoint_folder: Path) -> None:
    tensors = dict(audio_tensors(open_checkpoint(checkpoint_folder)))
    assert tensors["a.conv2d.2.weight"].dtype == np.float16
    assert tensors["a.conv2d.2.bias"].shape == (12, 1, 1)
    assert tensors["a.blk.1.attn_k.weight"].dtype == np.float16
    assert tensors["a.blk.1.ln1.weight"].dtype == np.float32
    assert tensors["a.position_embd.weight"].shape == (1500, 64)


def test_sinusoids_are_sines_then_cosines() -> None:
    table = sinusoids(3, 8)
    assert table[0].tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
    assert table[2, 0] == pytest.approx(np.sin(2.0))
    assert table[2, 3] == pytest.approx(np.sin(2.0 / 10_000), rel=1e-5)


@pytest.mark.parametrize(
    ("head_dim", "sections"), [(128, [24, 20, 20, 0]), (32, [6, 5, 5, 0]), (64, [12, 10, 10, 0])]
)
def test_rope_sections(head_dim: int, sections: list[int]) -> None:
    assert rope_sections(head_dim) == sections


def test_mtmd_encodes_what_our_encoder_encodes(files: MtmdFiles, pack_folder: Path) -> None:
    """The same weights under other names: a full window must give the same embeddings.

    libmtmd adds a window of one frame after a whole multiple of 8 s; the full one is untouched.
    """
    waveform = make_waveform(WINDOW_S)
    engine = MtmdEngine(make_task(files))
    window, extra = np.split(np.concatenate(engine.encode(waveform)), [WINDOW_TOKENS])
    clips = ClipRecognizer(open_pack(pack_folder), n_threads=1)
    ours = clips.encoder.encode(clips.mel(waveform))
    clips.close()
    assert len(extra) == 13
    assert window.shape == ours.shape
    cosines = (window * ours).sum(1) / np.linalg.norm(window, axis=1) / np.linalg.norm(ours, axis=1)
    assert cosines.min() > 0.999


def test_mtmd_generates_the_forced_number_of_tokens(files: MtmdFiles) -> None:
    one = MtmdEngine(make_task(files)).run(make_waveform(2.5), 7)
    assert one.n_new_tokens == 7
    assert one.text
    assert one.n_prompt_tokens > 3 * 13


def test_write_mtmd_files_refuses_other_audio_towers(
    pack_folder: Path, checkpoint_folder: Path, tmp_path: Path
) -> None:
    checkpoint = open_checkpoint(checkpoint_folder)
    whisper = replace(checkpoint, config=replace(checkpoint.config, layout="whisper"))
    with pytest.raises(NoComparisonError, match="no Qwen3-ASR audio tower") as caught:
        write_mtmd_files(open_pack(pack_folder), whisper, tmp_path)
    assert caught.value.against == "mtmd"


def test_main_writes_both_files(
    pack_folder: Path, checkpoint_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(pack_folder), str(checkpoint_folder), str(tmp_path / "out")]) == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "mmproj.gguf",
        "text.gguf",
    ]
    assert "mmproj.gguf" in capsys.readouterr().out


def make_task(files: MtmdFiles) -> Task:
    return Task(
        engine="mtmd", waveform_file="", pack="", n_tokens=7, n_threads=1,
        text_gguf=str(files.text), mmproj_gguf=str(files.mmproj),
    )  # fmt: skip


def test_command_reports_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "nowhere"), str(tmp_path), str(tmp_path / "out")]) == 1
    assert "error: No model pack at" in capsys.readouterr().err
