"""Exporting whole packs: what is in them, and that nothing half-written stays behind."""

from __future__ import annotations

import contextlib
import errno
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from app.engine.pack import open_pack
from app.errors import PackFormatError
from models import (
    encoder_frontend,
    quantize_decoder,
)
from models import export as export_module
from models.config import Layout
from models.errors import (
    CheckpointError,
    DiskFullError,
    OutputExistsError,
    TensorValueError,
    disk_errors,
)
from models.export import PACKS, STOP_SIGNALS, Request, export, main, parse_request
from models.manifest import FILES, MANIFEST, QWEN_LANGUAGES, Recipe
from models.manifest import main as manifest_main
from models.onnx_graph import Graph, save_graph
from models.quantize_encoder import EncoderScheme
from tests.models.checkpoints import Spec, damage_decoder, request_for, write_checkpoint, write_json

LAYOUTS: list[Layout] = ["official", "native", "whisper"]


class Trigger(io.StringIO):
    """A stream that calls a function when a word is written to it."""

    def __init__(self, word: str, action: Callable[[], None]) -> None:
        super().__init__()
        self.word = word
        self.action = action

    def write(self, text: str) -> int:
        if self.word in text:
            self.action()
        return super().write(text)


def interrupt() -> None:
    raise KeyboardInterrupt


def terminate() -> None:
    signal.raise_signal(signal.SIGTERM)


def hang_up() -> None:
    signal.raise_signal(STOP_SIGNALS[-1])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_export_writes_a_pack_that_the_engine_opens(tmp_path: Path, layout: Layout) -> None:
    folder = write_checkpoint(tmp_path / layout, Spec(layout=layout))
    export(request_for(folder, tmp_path / "pack"))
    pack = open_pack(tmp_path / "pack")
    pack.verify()
    assert pack.manifest.name == "tiny"
    assert pack.mel_filters().shape == (201, 20)
    assert sorted(path.name for path in (tmp_path / "pack").iterdir()) == sorted([*FILES, MANIFEST])


def test_export_describes_the_official_model(folder: Path, tmp_path: Path) -> None:
    export(request_for(folder, tmp_path / "pack"))
    data = json.loads((tmp_path / "pack" / MANIFEST).read_text(encoding="utf-8"))
    encoder, decoder = data["encoder"], data["decoder"]
    assert encoder["frontend"]["chunk_frames"] == 100
    assert encoder["frontend"]["strides"] == [2, 2, 2]
    assert encoder["frontend"]["pad_tail"] is True
    assert encoder["backend"] == {
        "file": "encoder_backend.onnx", "window_frames": 800, "strides": [],
    }  # fmt: skip
    assert (encoder["attention"], encoder["tokens_per_window"]) == ("windowed", 104)
    assert (encoder["quantization"], decoder["quantization"]) == ("int8", "q4_k_m")
    assert (encoder["d_model"], encoder["embed_dim"], encoder["n_heads"]) == (64, 64, 4)
    assert (decoder["n_vocab"], decoder["n_kv_heads"], decoder["rope_theta"]) == (300, 2, 1e6)
    assert data["tokens"]["eos"] == [266, 264]
    assert data["languages"] == ["English", "Chinese"]
    assert data["source"]["checkpoint"] == "checkpoint"
    assert len(data["source"]["weights_sha256"]) == 64


def test_export_describes_the_whisper_model(tmp_path: Path) -> None:
    folder = write_checkpoint(tmp_path / "whisper", Spec(layout="whisper"))
    export(request_for(folder, tmp_path / "pack"))
    encoder = open_pack(tmp_path / "pack").manifest.encoder
    assert (encoder.frontend.chunk_frames, encoder.backend.window_frames) == (200, 200)
    assert (encoder.frontend.strides, encoder.backend.strides) == ((2,), (4,))
    assert encoder.tokens_per_window == 25
    assert not encoder.frontend.pad_tail


def test_export_locates_the_token_embeddings(folder: Path, tmp_path: Path) -> None:
    recipe = Recipe(name="tiny", decoder="f16")
    export(Request(checkpoint=folder, output=tmp_path / "pack", recipe=recipe))
    table = open_pack(tmp_path / "pack").manifest.decoder.token_embd
    assert table is not None
    data = (tmp_path / "pack" / "decoder.gguf").read_bytes()
    row = np.frombuffer(data, np.float16, 64, table.offset + 7 * table.row_bytes)
    weights = load_file(folder / "model.safetensors")["thinker.model.embed_tokens.weight"]
    np.testing.assert_array_equal(row, weights[7].astype(np.float16))
    assert table.ggml_type == 1


def test_export_names_qwens_languages_when_the_checkpoint_does_not(
    folder: Path, tmp_path: Path
) -> None:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    del config["support_languages"]
    write_json(folder / "config.json", config)
    export(request_for(folder, tmp_path / "pack"))
    assert open_pack(tmp_path / "pack").manifest.languages == QWEN_LANGUAGES


@pytest.mark.parametrize(
    ("encoder", "own", "said"),
    [("int4", "", "known to repeat themselves"), ("int4", "mine", "^mine$"), ("int8", "", "^$")],
)
def test_pack_says_itself_what_its_recipe_costs(
    folder: Path, tmp_path: Path, encoder: EncoderScheme, own: str, said: str
) -> None:
    recipe = Recipe(name="tiny", encoder=encoder, description=own)
    export(Request(checkpoint=folder, output=tmp_path / "pack", recipe=recipe))
    assert re.search(said, open_pack(tmp_path / "pack").manifest.description)


def test_export_is_reproducible(folder: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        export(request_for(folder, tmp_path / name))
    for file in (*FILES, MANIFEST):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_export_says_what_each_step_wrote(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(folder), "--name", "t", "--output", str(tmp_path / "pack")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[-5] for line in lines[:-1]] == [
        "mel_filters.npy", "encoder_frontend.onnx", "encoder_backend.onnx", "decoder.f16.gguf",
        "decoder.gguf", "manifest.json",
    ]  # fmt: skip


def test_export_leaves_nothing_behind_after_an_error(folder: Path, tmp_path: Path) -> None:
    damage_decoder(folder)
    with pytest.raises(TensorValueError):
        export(request_for(folder, tmp_path / "out" / "pack"))
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "content"), [("merges.txt", "x\n"), ("generation_config.json", '{"eos_token_id": -1}')]
)
def test_export_names_a_damaged_tokenizer_before_the_first_step(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: str
) -> None:
    (folder / name).write_text(content, encoding="utf-8")
    with pytest.raises(CheckpointError):
        export(request_for(folder, tmp_path / "pack"))
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "step", ["MEL_FILTERS", "FRONTEND", "BACKEND", "DECODER_F16", "DECODER", "MANIFEST"]
)
def test_export_on_a_full_disk_says_so_and_leaves_nothing_behind(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Whatever is written to this file of Linux fails as on a full disk."""
    monkeypatch.setattr(export_module, step, "/dev/full")
    if step == "DECODER":  # llama.cpp does not say why it failed, so the disk is asked
        more_than_free = shutil.disk_usage("/dev").total + 1
        monkeypatch.setattr(quantize_decoder, "NEARLY_FULL_BYTES", more_than_free)
    with pytest.raises(DiskFullError, match="No space left while writing"):
        export(request_for(folder, tmp_path / "out" / "pack"))
    assert list((tmp_path / "out").iterdir()) == []


def test_export_leaves_nothing_that_the_engine_cannot_open(folder: Path, tmp_path: Path) -> None:
    recipe = Recipe(name="tiny", max_chunk_s=0.5)
    with pytest.raises(PackFormatError, match="max_chunk_s"):
        export(Request(checkpoint=folder, output=tmp_path / "out" / "pack", recipe=recipe))
    assert list((tmp_path / "out").iterdir()) == []


@contextlib.contextmanager
def answering(number: int, answer: signal.Handlers) -> Iterator[None]:
    """Have a signal do something else; nohup, for one, leaves SIGHUP ignored in what it starts."""
    before = signal.signal(number, answer)
    try:
        yield
    finally:
        signal.signal(number, before)


def test_export_goes_on_behind_nohup(folder: Path, tmp_path: Path) -> None:
    stopped = Trigger("encoder backend", hang_up)
    with answering(STOP_SIGNALS[-1], signal.SIG_IGN), contextlib.redirect_stdout(stopped):
        code = main([str(folder), "--name", "t", "--output", str(tmp_path / "pack")])
    assert code == 0
    assert open_pack(tmp_path / "pack").name == "t"


@pytest.mark.parametrize("action", [interrupt, terminate, hang_up])
def test_export_leaves_nothing_behind_when_stopped(
    folder: Path, tmp_path: Path, action: Callable[[], None]
) -> None:
    output = tmp_path / "out" / "pack"
    with answering(STOP_SIGNALS[-1], signal.SIG_DFL):
        stop_and_look(folder, output, action)


def stop_and_look(folder: Path, output: Path, action: Callable[[], None]) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with contextlib.redirect_stdout(Trigger("encoder backend", action)):
        code = main([str(folder), "--name", "t", "--output", str(output)])
    assert code == 130
    assert list(output.parent.iterdir()) == []
    assert signal.getsignal(signal.SIGTERM) is before


def finished_process() -> int:
    """Give the number of a process that is no more."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        return process.pid


def test_export_removes_what_a_killed_one_left_of_this_pack(folder: Path, tmp_path: Path) -> None:
    gone, here = finished_process(), os.getpid()
    kept = [
        f".pack.partial-{here}-running",
        f".pack.partial-{gone}-replacing/older",
        f".pack-two.partial-{gone}-another",
        ".pack.partial-by-hand",
    ]
    for name in (f".pack.partial-{gone}-killed/finished", *kept):
        (tmp_path / "out" / name).mkdir(parents=True)
    export(request_for(folder, tmp_path / "out" / "pack"))
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "pack", *(name.partition("/")[0] for name in kept),
    }  # fmt: skip


def test_export_refuses_to_replace_a_pack(folder: Path, tmp_path: Path) -> None:
    request = request_for(folder, tmp_path / "pack")
    export(request)
    with pytest.raises(OutputExistsError, match="--overwrite") as caught:
        export(request)
    assert caught.value.replaceable


def test_export_replaces_a_pack_when_asked_to(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "out" / "pack"
    export(request_for(folder, output))
    (output / "old.txt").touch()
    export(request_for(folder, output, overwrite=True))
    assert not (output / "old.txt").exists()
    assert list(output.parent.iterdir()) == [output]


def test_export_keeps_the_older_pack_when_it_fails(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "out" / "pack"
    export(request_for(folder, output))
    damage_decoder(folder)
    with pytest.raises(TensorValueError):
        export(request_for(folder, output, overwrite=True))
    open_pack(output).verify()
    assert list(output.parent.iterdir()) == [output]


@pytest.mark.parametrize("stuck", ["pack", "finished"])  # the older one, the new one
def test_export_keeps_the_older_pack_when_it_cannot_be_replaced(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stuck: str
) -> None:
    output = tmp_path / "out" / "pack"
    export(request_for(folder, output))
    rename = Path.rename

    def refuse(self: Path, target: Path) -> Path:
        if self.name == stuck:
            raise PermissionError("in use")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(PermissionError):
        export(request_for(folder, output, overwrite=True))
    monkeypatch.undo()
    open_pack(output).verify()
    assert list(output.parent.iterdir()) == [output]


def test_export_replaces_the_pack_that_a_link_leads_to(folder: Path, tmp_path: Path) -> None:
    pack, link = tmp_path / "disk" / "pack", tmp_path / "packs" / "pack"
    export(request_for(folder, pack))
    (pack / "old.txt").touch()
    link.parent.mkdir()
    link.symlink_to(pack)
    export(request_for(folder, link, overwrite=True))
    assert link.is_symlink()
    assert not (link / "old.txt").exists()
    assert list(link.parent.iterdir()) == [link]
    assert list(pack.parent.iterdir()) == [pack]


def test_export_never_replaces_a_folder_that_is_no_pack(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "precious"
    output.mkdir()
    (output / "thesis.txt").touch()
    with pytest.raises(OutputExistsError) as caught:
        export(request_for(folder, output, overwrite=True))
    assert not caught.value.replaceable
    assert [path.name for path in output.iterdir()] == ["thesis.txt"]


def test_export_uses_an_empty_folder(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "pack").mkdir()
    export(request_for(folder, tmp_path / "pack"))
    assert (tmp_path / "pack" / MANIFEST).is_file()


def test_manifest_command_describes_the_files_again(folder: Path, tmp_path: Path) -> None:
    export(request_for(folder, tmp_path / "pack"))
    (tmp_path / "pack" / "decoder.gguf").write_bytes(
        (tmp_path / "pack" / "decoder.gguf").read_bytes() + b"more"
    )
    assert manifest_main([str(folder), str(tmp_path / "pack"), "--name", "other"]) == 0
    pack = open_pack(tmp_path / "pack")
    pack.verify()
    assert pack.manifest.name == "other"


@pytest.mark.parametrize("seconds", ["0.5", "31", "nan", "long"])
def test_parse_request_refuses_chunks_that_the_engine_does_not_cut(
    seconds: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse_request(["folder", "--name", "t", "--max-chunk-s", seconds])
    assert f"{seconds!r}: seconds from 1 to 30" in capsys.readouterr().err


def test_step_without_arguments_shows_its_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        encoder_frontend.main([])
    assert "CHECKPOINT" in capsys.readouterr().err


def test_command_reports_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main([str(tmp_path / "nowhere"), "--name", "t", "--output", str(tmp_path / "pack")])
    assert code == 1
    assert "nowhere" in capsys.readouterr().err


def test_command_reports_what_the_system_refuses(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    below_a_file = folder / "config.json" / "pack"
    assert main([str(folder), "--name", "t", "--output", str(below_a_file)]) == 1
    assert "config.json" in capsys.readouterr().err


def test_parse_request_has_the_documented_defaults() -> None:
    request = parse_request(["folder", "--name", "mine"])
    assert request.recipe == Recipe(name="mine", encoder="int8", decoder="q4_k_m")
    assert request.output == PACKS / "mine"


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "ä"])
def test_parse_request_refuses_names_that_are_no_folder(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse_request(["folder", "--name", name])
    assert "letters" in capsys.readouterr().err


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_disk_errors_names_a_full_disk(tmp_path: Path, number: int) -> None:
    target = tmp_path / "new" / "file"
    with pytest.raises(DiskFullError, match="No space left") as caught, disk_errors(target):
        raise OSError(number, "full")
    assert caught.value.path == target
    assert caught.value.free_bytes >= 0


def test_disk_errors_leaves_other_errors_alone(tmp_path: Path) -> None:
    with pytest.raises(PermissionError), disk_errors(tmp_path):
        raise PermissionError(errno.EACCES, "no")


def test_disk_errors_leaves_errors_without_a_number_alone_when_there_is_room(
    tmp_path: Path,
) -> None:
    with pytest.raises(OSError, match="short write"), disk_errors(tmp_path):
        raise OSError("short write")


def test_save_graph_maps_what_the_system_says(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        save_graph(Graph("empty"), tmp_path / "no folder" / "graph.onnx")
