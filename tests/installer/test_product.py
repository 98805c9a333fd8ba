"""One version number, and checksums that sha256sum accepts."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import app
from installer import product
from installer.errors import TagError


def test_version_is_that_of_the_app() -> None:
    assert app.__version__ == product.VERSION
    assert app.__version__.startswith(".".join(map(str, product.numbers()[:3])))


def test_version_is_written_nowhere_else() -> None:
    files = [path for path in (product.ROOT / "installer").rglob("*") if path.suffix in SOURCES]
    assert len(files) > 15
    assert [path for path in files if app.__version__ in path.read_text(encoding="utf-8")] == []


SOURCES = (".py", ".nsi", ".nsh", ".xml", ".plist", ".manifest", ".1")


@pytest.mark.parametrize(("version", "expected"), [("1.2.3", (1, 2, 3, 0)), ("2.0", (2, 0, 0, 0))])
def test_windows_wants_four_numbers(
    monkeypatch: pytest.MonkeyPatch, version: str, expected: tuple[int, ...]
) -> None:
    monkeypatch.setattr(product, "VERSION", version)
    assert product.numbers() == expected


def test_tag_of_another_version_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    product.check_tag(f"v{app.__version__}")
    with pytest.raises(TagError, match=r"v9\.9"):
        product.check_tag("v9.9")
    assert product.main(["--check-tag", "v9.9"]) == 1
    assert "__version__" in capsys.readouterr().err


def test_version_can_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert product.main([]) == 0
    assert capsys.readouterr().out.strip() == app.__version__


def test_sums_are_joined_and_found_right(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("b.deb", "a 名.exe"):
        (tmp_path / name).write_bytes(name.encode())
    product.write_sums(tmp_path.iterdir())
    assert product.main(["--join-sums", str(tmp_path)]) == 0
    assert "SHA256SUMS" in capsys.readouterr().out
    check = ["sha256sum", "--check", "SHA256SUMS"]
    subprocess.run(check, cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / "b.deb").write_bytes(b"changed")
    assert subprocess.run(check, cwd=tmp_path, capture_output=True).returncode == 1
