"""Packs found, judged, imported and removed; whatever fails leaves the user's folder as it was."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from app.engine import pack_import
from app.engine.cancel import CancelToken
from app.engine.manifest import parse_manifest
from app.engine.pack import open_pack
from app.engine.pack_import import import_pack
from app.engine.pack_library import (
    FoundPack,
    PackLibrary,
    PackOrigin,
    choose_found,
    inspect_pack,
    measured_quality,
    weak_languages,
)
from app.errors import (
    Cancelled,
    PackCorruptError,
    PackFormatError,
    PackImportError,
    PackNoSpaceError,
    PackNotFoundError,
    PackRemoveError,
)
from models.packfile import write_packfile
from tests.engine.test_pack import files, folder_pack, zip_bytes


@pytest.fixture
def user(tmp_path: Path) -> Path:
    return tmp_path / "data" / "packs"


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def named(name: str) -> dict[str, bytes]:
    content = files()
    data = json.loads(content["manifest.json"])
    data["name"] = name
    return {**content, "manifest.json": json.dumps(data).encode()}


def manifest_with(**changes: Any) -> Any:
    data = json.loads(files()["manifest.json"])
    for key, value in changes.items():
        part, _, inner = key.partition("__")
        if inner:
            data[part][inner] = value
        else:
            data[part] = value
    return parse_manifest(json.dumps(data).encode(), Path("x"))


# finding


def test_find_lists_every_place_with_its_origin(tmp_path: Path, user: Path) -> None:
    folder_pack(user / "mine")
    folder_pack(tmp_path / "built" / "starter")
    folder_pack(tmp_path / "chosen")
    library = PackLibrary(
        user, [(tmp_path / "built", PackOrigin.BUILT_IN), (user, PackOrigin.USER)]
    )
    found = library.find([tmp_path / "chosen"])
    assert [(pack.path.name, pack.origin) for pack in found] == [
        ("mine", PackOrigin.USER),
        ("chosen", PackOrigin.OTHER),
        ("starter", PackOrigin.BUILT_IN),
    ]
    assert all(pack.is_usable and pack.n_bytes > 0 for pack in found)


def test_find_names_a_pack_once_if_places_overlap(tmp_path: Path, user: Path) -> None:
    pack = folder_pack(user / "mine")
    library = PackLibrary(user, [(user, PackOrigin.USER)])
    assert len(library.find([pack, user])) == 1
    assert library.find([pack])[0].origin is PackOrigin.USER


def test_find_in_missing_and_empty_places_is_empty(tmp_path: Path, user: Path) -> None:
    library = PackLibrary(user, [(tmp_path / "nowhere", PackOrigin.BESIDE)])
    assert library.find([tmp_path, tmp_path / "gone"]) == []


def test_find_by_default_knows_the_committed_packs(user: Path) -> None:
    names = {p.name: p.origin for p in PackLibrary(user).find()}
    assert names["tiny"] is PackOrigin.BUILT_IN


def test_damaged_pack_is_listed_with_its_problem(tmp_path: Path) -> None:
    path = folder_pack(tmp_path / "p")
    (path / "decoder.gguf").write_bytes(b"short")
    found = inspect_pack(path)
    assert not found.is_usable
    assert isinstance(found.problem, PackCorruptError)
    assert found.name == "tiny"


def test_unreadable_manifest_is_listed_by_its_folder(tmp_path: Path) -> None:
    path = folder_pack(tmp_path / "p", {"manifest.json": b"{"})
    found = inspect_pack(path)
    assert isinstance(found.problem, PackFormatError)
    assert found.name == "p"


def test_choose_takes_the_wanted_or_the_first_usable_never_another(tmp_path: Path) -> None:
    good = inspect_pack(folder_pack(tmp_path / "good"))
    bad = inspect_pack(folder_pack(tmp_path / "bad", {"manifest.json": b"{"}))
    assert choose_found([bad, good], None) == good
    assert choose_found([bad, good], str(good.path)) == good
    assert choose_found([bad, good], str(bad.path)) is None
    assert choose_found([bad, good], "/gone") is None
    assert choose_found([bad], None) is None


# facts


def test_quality_is_read_from_the_manifest() -> None:
    manifest = manifest_with(quality={"application": {"wer": 0.25, "n_clips": 40}})
    quality = measured_quality(manifest)
    assert quality is not None
    assert (quality.wer, quality.wer_error, quality.n_clips) == (0.25, 0.0, 40)


@pytest.mark.parametrize("quality", [{}, {"application": 3}, {"application": {"wer": "x"}}])
def test_quality_that_was_not_measured_is_none(quality: dict[str, Any]) -> None:
    assert measured_quality(manifest_with(quality=quality)) is None


def test_weak_languages_only_of_the_small_model() -> None:
    languages = ["English", "Czech", "Greek", "German"]
    small = manifest_with(languages=languages, encoder__d_model=896, decoder__hidden_size=1024)
    large = manifest_with(languages=languages, encoder__d_model=1024, decoder__hidden_size=2048)
    assert weak_languages(small) == ("Czech", "Greek")
    assert weak_languages(large) == ()


# importing


def test_import_of_a_folder_copies_and_verifies(tmp_path: Path, user: Path) -> None:
    source = folder_pack(tmp_path / "松鼠 🐿")
    (source / "notes.txt").write_text("not of the pack")
    told: list[tuple[int, int]] = []
    path = import_pack(source, user, lambda done, total: told.append((done, total)))
    assert path == user / "tiny"
    open_pack(path).verify()
    assert not (path / "notes.txt").exists()
    assert left_in(user) == ["tiny"]
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1] == 2 * open_pack(path).n_bytes


@pytest.mark.parametrize("prefix", ["", "folder/"])
@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_import_of_a_zip(tmp_path: Path, user: Path, prefix: str, compression: int) -> None:
    source = tmp_path / "pack.zip"
    content = {prefix + name: body for name, body in files().items()}
    source.write_bytes(zip_bytes({**content, "__MACOSX/manifest.json": b"x"}, compression))
    open_pack(import_pack(source, user)).verify()
    assert left_in(user) == ["tiny"]


def test_import_of_a_one_file_pack(tmp_path: Path, user: Path) -> None:
    source = tmp_path / "pack.songshu"
    write_packfile(folder_pack(tmp_path / "p"), source)
    open_pack(import_pack(source, user)).verify()


def test_import_of_the_same_pack_again_changes_nothing(tmp_path: Path, user: Path) -> None:
    source = folder_pack(tmp_path / "p")
    assert import_pack(source, user) == import_pack(source, user)
    assert left_in(user) == ["tiny"]


def test_import_mends_a_damaged_copy_by_a_second_one(tmp_path: Path, user: Path) -> None:
    source = folder_pack(tmp_path / "p")
    (import_pack(source, user) / "decoder.gguf").write_bytes(b"x")
    path = import_pack(source, user)
    open_pack(path).verify()
    assert left_in(user) == ["tiny", "tiny (2)"]


def test_import_gives_another_pack_of_that_name_a_number(tmp_path: Path, user: Path) -> None:
    import_pack(folder_pack(tmp_path / "a"), user)
    other = {**files(), "manifest.json": files()["manifest.json"] + b"\n"}
    assert import_pack(folder_pack(tmp_path / "b", other), user).name == "tiny (2)"


def test_import_never_leaves_the_folder_by_a_name(tmp_path: Path, user: Path) -> None:
    path = import_pack(folder_pack(tmp_path / "p", named("../../evil:name")), user)
    assert path.parent == user


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_import_of_damaged_files_leaves_nothing(tmp_path: Path, user: Path, kind: str) -> None:
    content = files()
    content["decoder.gguf"] = b"\xff" * len(content["decoder.gguf"])
    source = tmp_path / "p"
    if kind == "folder":
        folder_pack(source, content)
    else:
        source.write_bytes(zip_bytes(content, zipfile.ZIP_DEFLATED))
    with pytest.raises(PackCorruptError, match=r"decoder\.gguf has changed") as caught:
        import_pack(source, user)
    assert caught.value.path == source
    assert left_in(user) == []


def test_import_of_a_truncated_zip_leaves_nothing(tmp_path: Path, user: Path) -> None:
    source = tmp_path / "p.zip"
    body = bytearray(zip_bytes(files(), zipfile.ZIP_DEFLATED))
    body[len(body) // 3] ^= 0xFF
    source.write_bytes(bytes(body))
    with pytest.raises((PackCorruptError, PackFormatError)):
        import_pack(source, user)
    assert left_in(user) == []


@pytest.mark.parametrize("name", ["manifest.json", "decoder.gguf"])
def test_import_of_a_zip_with_a_password_is_refused(tmp_path: Path, user: Path, name: str) -> None:
    source = tmp_path / "p.zip"
    source.write_bytes(zip_bytes(files()))
    with zipfile.ZipFile(source, "a") as archive:
        archive.comment = b"writes the list of files anew"
        archive.getinfo(name).flag_bits |= 1
    with pytest.raises(PackFormatError, match=f"{name}.*password"):
        import_pack(source, user)
    assert left_in(user) == []


@pytest.mark.parametrize("missing", ["decoder.gguf", "mel_filters.npy"])
@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_import_without_a_file_leaves_nothing(
    tmp_path: Path, user: Path, missing: str, kind: str
) -> None:
    content = {name: body for name, body in files().items() if name != missing}
    source = tmp_path / "p"
    if kind == "folder":
        folder_pack(source, content)
    else:
        source.write_bytes(zip_bytes(content))
    with pytest.raises(PackCorruptError, match="is missing"):
        import_pack(source, user)
    assert left_in(user) == []


def test_import_of_no_pack_is_refused(tmp_path: Path, user: Path) -> None:
    (tmp_path / "talk.wav").write_bytes(b"RIFF")
    (tmp_path / "empty").mkdir()
    (tmp_path / "other.zip").write_bytes(zip_bytes({"a.txt": b"a"}))
    for name in ("talk.wav", "empty", "other.zip"):
        with pytest.raises(PackFormatError):
            import_pack(tmp_path / name, user)
    with pytest.raises(PackNotFoundError):
        import_pack(tmp_path / "gone", user)
    assert left_in(user) == []


@pytest.mark.parametrize("after_calls", [1, 3, 6])
def test_import_cancelled_at_any_step_leaves_nothing(
    tmp_path: Path, user: Path, after_calls: int
) -> None:
    cancel, calls = CancelToken(), []

    def on_progress(done: int, total: int) -> None:
        calls.append(done)
        if len(calls) == after_calls:
            cancel.cancel()

    with pytest.raises(Cancelled):
        import_pack(folder_pack(tmp_path / "p"), user, on_progress, cancel)
    assert len(calls) == after_calls
    assert left_in(user) == []


class _Disk:
    """Stands in for ``shutil.disk_usage``."""

    free = 5

    def __call__(self, _path: Path) -> _Disk:
        return self


def test_import_without_room_says_so_before_copying(
    tmp_path: Path, user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pack_import.shutil, "disk_usage", _Disk())
    with pytest.raises(PackNoSpaceError) as caught:
        import_pack(folder_pack(tmp_path / "p"), user)
    assert caught.value.free_bytes == 5
    assert left_in(user) == []


@pytest.mark.only_on("linux")  # has a disk that is full
def test_import_onto_a_disk_that_fills_up_leaves_nothing(
    tmp_path: Path, user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(self: Path, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        target = Path("/dev/full") if mode == "wb" and self.name == "decoder.gguf" else self
        return open(target, mode, *args, **kwargs)  # noqa: PTH123 - Path.open is what is replaced

    source = folder_pack(tmp_path / "p")
    monkeypatch.setattr(Path, "open", full_disk)
    with pytest.raises(PackNoSpaceError) as caught:
        import_pack(source, user)
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.__cause__.errno == errno.ENOSPC
    assert left_in(user) == []


def test_import_where_the_folder_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(PackImportError):
        import_pack(folder_pack(tmp_path / "p"), tmp_path / "file" / "packs")


def test_import_clears_what_a_killed_one_left(tmp_path: Path, user: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    (user / f".importing-{ended.pid}-old").mkdir(parents=True)
    (user / f".importing-{os.getppid()}-running").mkdir()
    import_pack(folder_pack(tmp_path / "p"), user)
    assert left_in(user) == [f".importing-{os.getppid()}-running", "tiny"]


# removing


def test_remove_deletes_the_files_of_the_pack_only(tmp_path: Path, user: Path) -> None:
    path = import_pack(folder_pack(tmp_path / "p"), user)
    (path / "mine.txt").write_text("keep")
    library = PackLibrary(user, [(user, PackOrigin.USER)])
    library.remove(library.find()[0])
    assert left_in(path) == ["mine.txt"]
    assert library.find() == []


def test_remove_leaves_no_empty_folder(tmp_path: Path, user: Path) -> None:
    import_pack(folder_pack(tmp_path / "p"), user)
    library = PackLibrary(user, [(user, PackOrigin.USER)])
    library.remove(library.find()[0])
    assert left_in(user) == []


def test_remove_deletes_a_pack_file(tmp_path: Path, user: Path) -> None:
    user.mkdir(parents=True)
    write_packfile(folder_pack(tmp_path / "p"), user / "p.songshu")
    library = PackLibrary(user, [(user, PackOrigin.USER)])
    library.remove(library.find()[0])
    assert left_in(user) == []


@pytest.mark.parametrize("origin", [PackOrigin.BUILT_IN, PackOrigin.BESIDE, PackOrigin.OTHER])
def test_remove_refuses_what_is_not_the_users(tmp_path: Path, origin: PackOrigin) -> None:
    path = folder_pack(tmp_path / "p")
    with pytest.raises(PackRemoveError):
        PackLibrary(tmp_path, []).remove(FoundPack(path=path, origin=origin))
    open_pack(path).verify()


def test_remove_that_the_system_refuses_is_told(tmp_path: Path, user: Path) -> None:
    """A file that became a folder meanwhile: no system unlinks that, not even for root."""
    found = inspect_pack(import_pack(folder_pack(tmp_path / "p"), user), PackOrigin.USER)
    (found.path / "decoder.gguf").unlink()
    (found.path / "decoder.gguf").mkdir()
    with pytest.raises(PackRemoveError) as caught:
        PackLibrary(user, [(user, PackOrigin.USER)]).remove(found)
    assert isinstance(caught.value.__cause__, OSError)
    assert not inspect_pack(found.path).is_usable
