"""A system without anything but what our Debian package depends on, for dpkg to install into."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from installer.linux.content import DEPENDS, architecture

STATUS = """\
Package: {name}
Status: install ok installed
Version: 99
Architecture: {architecture}
Maintainer: nobody <nobody@localhost.invalid>
Description: stands in for the system

"""


def run(*command: object, **more: str) -> str:
    """Run a tool that must succeed, and return all it says."""
    environment = {**os.environ, "LC_ALL": "C", **more}
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def clean_root(folder: Path) -> Path:
    """Make an empty system, where only what the package depends on is installed."""
    admin = folder / "var" / "lib" / "dpkg"
    for name in ("info", "updates", "triggers"):
        (admin / name).mkdir(parents=True)
    names = ["libc6", *DEPENDS]
    for name in names:
        for kind in ("list", "md5sums"):
            (admin / "info" / f"{name}.{kind}").touch()
    text = "".join(STATUS.format(name=name, architecture=architecture()) for name in names)
    (admin / "status").write_text(text)
    return folder


def dpkg(root: Path, *arguments: object) -> str:
    """Run dpkg on another root; as a person through fakeroot."""
    prefix = [] if os.geteuid() == 0 else ["fakeroot"]
    return run(
        *prefix, "dpkg", f"--root={root}", "--force-not-root", "--force-bad-path", *arguments
    )


def files(root: Path) -> set[str]:
    """List what the system holds, without dpkg's own notes."""
    found = {str(path.relative_to(root)) for path in root.rglob("*")}
    return {name for name in found if not name.startswith("var/")}
