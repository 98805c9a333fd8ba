"""Package Songshu.app for macOS: sign it, and write a disk image with its sha256.

    python3 dev.py package                  after python3 dev.py build, on a Mac
    python3 -m installer.macos --help       the same, by hand
    python3 -m installer.macos --dry-run    only print the commands, on any system

Without --identity the bundle is signed "ad hoc": it runs on the Mac that built it, elsewhere after
"Open Anyway" in the settings. With a Developer ID (--identity) and a stored notary profile
(--notary, see xcrun notarytool store-credentials) it opens everywhere without a question.
"""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from installer import command_line, product
from installer import payload as payloads
from installer.errors import (
    MissingExecutableError,
    MissingToolError,
    ToolFailedError,
)
from installer.macos.bundle import ENTITLEMENTS, write_translations

AD_HOC = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """The commands that turn a bundle into a disk image.

    Attributes:
        app: Songshu.app.
        staging: an empty folder; what is in it becomes the image.
        image: the .dmg to write.
        identity: of codesign, or "-" for ad hoc.
        notary: profile of notarytool, or "".
    """

    app: Path
    staging: Path
    image: Path
    identity: str = AD_HOC
    notary: str = ""

    def commands(self) -> list[list[str]]:
        """Return the commands in order."""
        copied = self.staging / self.app.name
        steps = [
            ["ditto", str(self.app), str(copied)],
            ["ln", "-s", "/Applications", str(self.staging / "Applications")],
            self._sign(copied, runtime=True),
            ["codesign", "--verify", "--deep", "--strict", "--verbose=2", str(copied)],
            self._image(),
        ]
        if self.identity != AD_HOC:
            steps.append(self._sign(self.image, runtime=False))
        if self.notary:
            profile = ["--keychain-profile", self.notary, "--wait"]
            steps.append(["xcrun", "notarytool", "submit", str(self.image), *profile])
            steps.append(["xcrun", "stapler", "staple", str(self.image)])
        return [*steps, ["hdiutil", "verify", str(self.image)]]

    def _sign(self, path: Path, *, runtime: bool) -> list[str]:
        command = ["codesign", "--force", "--sign", self.identity]
        if self.identity != AD_HOC:
            command.append("--timestamp")
        if runtime:
            command += ["--deep", "--options", "runtime", "--entitlements", str(ENTITLEMENTS)]
        return [*command, str(path)]

    def _image(self) -> list[str]:
        options = ["-volname", product.NAME, "-srcfolder", str(self.staging), "-fs", "HFS+"]
        return ["hdiutil", "create", *options, "-format", "UDZO", "-ov", str(self.image)]


def package(app: Path, output: Path, identity: str, notary: str) -> list[Path]:
    """Write the disk image and its sum.

    Raises:
        MissingExecutableError: there is no bundle.
        MissingToolError: this is not a Mac.
        ToolFailedError: a command failed.
    """
    if not (app / "Contents" / "MacOS").is_dir():
        raise MissingExecutableError(app)
    output.mkdir(parents=True, exist_ok=True)
    write_translations(app)
    with TemporaryDirectory() as staging:
        recipe = Recipe(
            app=app,
            staging=Path(staging),
            image=image_path(output),
            identity=identity,
            notary=notary,
        )
        for command in recipe.commands():
            run(command)
    written = [recipe.image]
    product.write_sums(written)
    return written


def image_path(output: Path) -> Path:
    """Name the disk image."""
    return output / f"{product.NAME}-{product.VERSION}-macos-{platform.machine()}.dmg"


def run(command: Sequence[str]) -> None:
    """Run a command of the system.

    Raises:
        MissingToolError: it does not exist here.
        ToolFailedError: it failed.
    """
    if shutil.which(command[0]) is None:
        raise MissingToolError(command[0], "It is part of macOS: run this on a Mac.")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ToolFailedError(command, done.returncode, done.stdout + done.stderr)


def main(arguments: Sequence[str] | None = None) -> int:
    """Package from the command line."""
    parser = command_line.make_parser("macos", __doc__)
    add = parser.add_argument
    default = payloads.default_executable(".app")
    add("--app", type=Path, default=default, help="the bundle (dist/Songshu.app)")
    add("--identity", default=AD_HOC, help='"Developer ID Application: …" (default: ad hoc)')
    add("--notary", default="", metavar="PROFILE", help="profile of notarytool")
    add("--dry-run", action="store_true", help="print the commands and do nothing")
    options = parser.parse_args(arguments)
    if options.dry_run:
        image, app = image_path(options.output), options.app
        recipe = Recipe(
            app=app,
            staging=Path("STAGING"),
            image=image,
            identity=options.identity,
            notary=options.notary,
        )
        print("\n".join(" ".join(command) for command in recipe.commands()))
        return 0
    return command_line.run(
        lambda: package(options.app, options.output, options.identity, options.notary)
    )


if __name__ == "__main__":
    sys.exit(main())
