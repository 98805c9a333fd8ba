"""macOS, as far as Linux can see it: the property lists, the icon, the order of the commands."""

from __future__ import annotations

import plistlib
import re
import struct
from pathlib import Path

import pytest

from app.cli.sources import MEDIA_SUFFIXES
from installer import icons, product, spec
from installer.errors import MissingExecutableError, MissingToolError, ToolFailedError
from installer.macos import __main__ as macos
from installer.macos.bundle import ENTITLEMENTS, TEXTS, info_plist, write_translations


@pytest.fixture
def app(tmp_path: Path) -> Path:
    folder = tmp_path / "Songshu.app"
    (folder / "Contents" / "MacOS").mkdir(parents=True)
    return folder


def test_property_list_has_version_permissions_and_file_types() -> None:
    read = plistlib.loads(plistlib.dumps(info_plist()))
    assert read["CFBundleShortVersionString"] == product.VERSION
    for key in ("NSMicrophoneUsageDescription", "NSAccessibilityUsageDescription"):
        assert read[key]
    (documents,) = read["CFBundleDocumentTypes"]
    assert documents["LSHandlerRank"] == "Alternate"  # never the default
    assert documents["CFBundleTypeExtensions"] == sorted(s[1:] for s in MEDIA_SUFFIXES)


def test_texts_before_permissions_are_in_both_languages(app: Path) -> None:
    english, chinese = (path.read_text(encoding="utf-8") for path in write_translations(app))
    pattern = re.compile(r'^"(\w+)" = "([^"]+)";$', re.MULTILINE)
    assert dict(pattern.findall(english)) == TEXTS["en"]
    assert dict(pattern.findall(chinese)) == TEXTS["zh-Hans"]
    assert (app / "Contents" / "Resources" / "zh-Hans.lproj" / "InfoPlist.strings").is_file()


def test_entitlements_allow_the_microphone_and_no_network() -> None:
    allowed = plistlib.loads(ENTITLEMENTS.read_bytes())
    assert allowed["com.apple.security.device.audio-input"] is True
    assert not any("network" in key for key in allowed)


def test_freezer_gets_bundle_and_icon(tmp_path: Path) -> None:
    options = spec.bundle_options(tmp_path)
    assert options["name"] == "Songshu.app"
    assert options["bundle_identifier"] == product.IDENTIFIER
    assert Path(str(options["icon"])).suffix == ".icns"


def test_icon_holds_every_size() -> None:
    data = icons.icns()
    assert data[:4] == b"icns"
    assert struct.unpack_from(">I", data, 4)[0] == len(data)
    at, sizes = 8, []
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at + 4)
        sizes.append(struct.unpack_from(">I", data, at + 24)[0])  # width, out of the PNG
        at += length
    assert at == len(data)
    assert {16, 32, 128, 256, 512, 1024} <= set(sizes)


def recipe(**more: str) -> list[list[str]]:
    return macos.Recipe(
        app=Path("Songshu.app"), staging=Path("stage"), image=Path("x.dmg"), **more
    ).commands()


def test_signed_before_it_is_packed_and_verified_after() -> None:
    commands = recipe()
    names = [" ".join(command[:2]) for command in commands]
    assert names.index("codesign --force") < names.index("hdiutil create")
    assert names[-1] == "hdiutil verify"
    signing = commands[names.index("codesign --force")]
    assert str(ENTITLEMENTS) in signing
    assert "runtime" in signing
    assert "--timestamp" not in signing  # ad hoc signatures have none


def test_developer_signs_the_image_too_and_has_it_notarised() -> None:
    commands = recipe(identity="Developer ID Application: X", notary="profile")
    names = [" ".join(command[:3]) for command in commands]
    assert sum(name.startswith("codesign --force") for name in names) == 2
    submit = names.index("xcrun notarytool submit")
    assert names[submit + 1] == "xcrun stapler staple"
    assert submit > names.index("hdiutil create -volname")


def test_dry_run_prints_the_commands_on_any_system(capsys: pytest.CaptureFixture[str]) -> None:
    assert macos.main(["--dry-run"]) == 0
    printed = capsys.readouterr().out
    assert f"Songshu-{product.VERSION}-macos" in printed
    assert printed.startswith("ditto")


def test_no_bundle_says_how_to_build(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(MissingExecutableError):
        macos.package(tmp_path / "Songshu.app", tmp_path, "-", "")
    assert macos.main(["--app", str(tmp_path / "no.app")]) == 1
    assert "dev.py build" in capsys.readouterr().err


def test_without_a_mac_the_missing_tool_is_named(
    app: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingToolError, match="ditto"):
        macos.package(app, tmp_path / "out", "-", "")


def test_command_that_fails_is_told_with_what_it_said() -> None:
    with pytest.raises(ToolFailedError, match="no-such-file") as caught:
        macos.run(["ls", "/no-such-file"])
    assert caught.value.code != 0
