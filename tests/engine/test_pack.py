"""Packs as folders, as files, and as slices of larger files."""

from __future__ import annotations

import copy
import hashlib
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from app.engine.cancel import CancelToken
from app.engine.pack import Pack, find_packs, open_pack
from app.errors import Cancelled, PackCorruptError, PackFormatError, PackNotFoundError
from tests.engine.test_manifest import QWEN

CONTENT = {
    "encoder_frontend.onnx": b"front" * 100,
    "encoder_backend.onnx": b"back" * 1000,
    "decoder.gguf": bytes(range(256)) * 20,
}


def npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def files(filters: bytes | None = None) -> dict[str, bytes]:
    content = dict(CONTENT)
    content["mel_filters.npy"] = filters or npy(np.ones((201, 128), dtype=np.float32))
    data = copy.deepcopy(QWEN)
    data["files"] = [
        {"path": name, "n_bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
        for name, body in content.items()
    ]
    return {"manifest.json": json.dumps(data).encode(), **content}


def folder_pack(path: Path, content: dict[str, bytes] | None = None) -> Path:
    path.mkdir(parents=True)
    for name, body in (content or files()).items():
        (path / name).write_bytes(body)
    return path


def zip_bytes(content: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, body in content.items():
            archive.writestr(name, body)
    return file.getvalue()


@pytest.fixture(params=["folder", "file", "slice"])
def pack(request: pytest.FixtureRequest, tmp_path: Path) -> Pack:
    if request.param == "folder":
        return open_pack(folder_pack(tmp_path / "松鼠 pack"))
    body = zip_bytes(files())
    path = tmp_path / "a file"
    if request.param == "file":
        path.write_bytes(body)
        return open_pack(path)
    path.write_bytes(b"x" * 5000 + body + b"PK\x05\x06 what follows" * 9)
    return open_pack(path, offset=5000, n_bytes=len(body))


def test_read_bytes_every_layout(pack: Pack) -> None:
    for name, body in CONTENT.items():
        assert pack.read_bytes(name) == body
    assert pack.name == "tiny"
    assert pack.n_bytes == sum(map(len, files().values())) - len(files()["manifest.json"])


def test_locate_gives_the_very_bytes(pack: Pack) -> None:
    place = pack.locate("decoder.gguf")
    with place.path.open("rb") as file:
        file.seek(place.offset)
        assert file.read(place.n_bytes) == CONTENT["decoder.gguf"]


def test_mel_filters_every_layout(pack: Pack) -> None:
    filters = pack.mel_filters()
    assert filters.dtype == np.float32
    assert filters.shape == (201, 128)


def test_verify_intact_reports_progress(pack: Pack) -> None:
    seen: list[tuple[int, int]] = []
    pack.verify(lambda done, total: seen.append((done, total)))
    assert seen[-1] == (pack.n_bytes, pack.n_bytes)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_verify_cancelled_stops(pack: Pack) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        pack.verify(cancel=cancel)


def test_verify_lists_every_damage(tmp_path: Path) -> None:
    path = folder_pack(tmp_path / "pack")
    (path / "decoder.gguf").write_bytes(b"\1" + CONTENT["decoder.gguf"][1:])
    (path / "encoder_frontend.onnx").unlink()
    (path / "encoder_backend.onnx").write_bytes(b"short")
    with pytest.raises(PackCorruptError) as caught:
        open_pack(path).verify()
    assert len(caught.value.problems) == 3
    for word in ("decoder.gguf has changed", "frontend.onnx is missing", "5 bytes instead of"):
        assert word in str(caught.value)


def test_locate_truncated_file_is_refused(tmp_path: Path) -> None:
    path = folder_pack(tmp_path / "pack")
    (path / "decoder.gguf").write_bytes(b"short")
    with pytest.raises(PackCorruptError, match="instead of"):
        open_pack(path).locate("decoder.gguf")


@pytest.mark.parametrize("filters", [npy(np.ones((201, 80), dtype=np.float32)), b"no array"])
def test_mel_filters_wrong_content_is_refused(filters: bytes, tmp_path: Path) -> None:
    pack = open_pack(folder_pack(tmp_path / "pack", files(filters)))
    with pytest.raises(PackCorruptError, match=r"mel_filters\.npy"):
        pack.mel_filters()


def test_mel_filters_that_are_missing_are_called_so(tmp_path: Path) -> None:
    path = folder_pack(tmp_path / "pack")
    (path / "mel_filters.npy").unlink()
    with pytest.raises(PackCorruptError) as caught:
        open_pack(path).mel_filters()
    assert caught.value.problems == ("mel_filters.npy is missing",)


def test_open_pack_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(PackNotFoundError) as caught:
        open_pack(tmp_path / "nowhere")
    assert "nowhere" in str(caught.value)
    assert isinstance(caught.value, FileNotFoundError)


def test_open_pack_folder_without_manifest(tmp_path: Path) -> None:
    with pytest.raises(PackFormatError, match="manifest"):
        open_pack(tmp_path)


@pytest.mark.parametrize("body", [b"", b"hello", zip_bytes(files())[:3000]])
def test_open_pack_other_file_is_refused(body: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(body)
    with pytest.raises(PackFormatError):
        open_pack(path)


def test_open_pack_compressed_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(zip_bytes(files(), zipfile.ZIP_DEFLATED))
    with pytest.raises(PackFormatError, match="compressed"):
        open_pack(path)


def test_find_packs_by_name(tmp_path: Path) -> None:
    folder_pack(tmp_path / "b")
    folder_pack(tmp_path / "a")
    (tmp_path / "c.songshu").write_bytes(b"")
    (tmp_path / "no pack").mkdir()
    found = [path.name for path in find_packs([tmp_path / "missing", tmp_path])]
    assert found == ["a", "b", "c.songshu"]
