"""The real executable, which ``python3 dev.py test --all`` builds before the tests.

It lies in a folder with a Chinese name and spaces that nobody may write, and is used by whoever a
test says. SONGSHU_FROZEN names the folder with ``Songshu`` (dist); without it none of these tests
is collected (tests/conftest.py).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.desktop.screen import Screen, open_screen

NOBODY = 65534
STRANGER = 54321  # a user id without an entry in the list of users
RUN_S = 240.0  # reached only when something is broken; strace and qemu make it slow


@dataclass(frozen=True, kw_only=True)
class Frozen:
    """The executable and a home for it.

    Attributes:
        file: what a person starts.
        home: of whoever starts it.
        user: id of who that is.
    """

    file: Path
    home: Path
    user: int

    @property
    def cache(self) -> Path:
        """Where it unpacks itself."""
        return self.home / ".cache" / "songshu"

    @property
    def program(self) -> Path:
        """The folder that it has unpacked."""
        (folder,) = (path for path in self.cache.glob("app-*") if path.is_dir())
        return folder

    def environment(self, **more: str) -> dict[str, str]:
        """What a person's session would set, and no more."""
        return {"HOME": str(self.home), "PATH": os.defpath, "LANG": "C.UTF-8", **more}

    def command(self, *arguments: str, network: bool = True) -> list[str]:
        """Give the command line that starts it as its user, without a network if told so."""
        person = ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups"]
        command = [*person, str(self.file), *arguments]
        return command if network else ["unshare", "--net", *command]

    def run(
        self, *arguments: str, network: bool = True, expect: int = 0, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run it to its end, and insist on an exit code."""
        result = subprocess.run(
            self.command(*arguments, network=network),
            env=self.environment(**environment),
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=RUN_S,
            check=False,
        )
        assert result.returncode == expect, result.stdout + result.stderr
        return result


@pytest.fixture(scope="session")
def built() -> Path:
    """What was built."""
    if os.geteuid() != 0:
        pytest.fail(
            "The tests of the executable become another user and cut the network off: "
            "start python3 dev.py test --all as root.",
            pytrace=False,
        )
    return Path(os.environ["SONGSHU_FROZEN"]) / "Songshu"


@pytest.fixture(scope="session")
def place(built: Path) -> Iterator[Path]:
    """A folder that everybody can enter (pytest's own are for root alone)."""
    folder = Path(tempfile.mkdtemp(prefix="songshu-frozen-", dir="/var/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def installed(built: Path, place: Path) -> Path:
    """The executable in a folder that nobody but root can write."""
    folder = place / "松鼠 语音 app"
    folder.mkdir(mode=0o755)
    shutil.copy(built, folder / "Songshu")
    folder.chmod(0o555)
    return folder / "Songshu"


@pytest.fixture
def frozen(installed: Path, place: Path) -> Iterator[Frozen]:
    """A person without rights who has never started it."""
    home = Path(tempfile.mkdtemp(prefix="home ", dir=place))
    os.chown(home, NOBODY, NOBODY)
    yield Frozen(file=installed, home=home, user=NOBODY)
    shutil.rmtree(home)


@pytest.fixture(scope="session")
def used(installed: Path, place: Path) -> Frozen:
    """Somebody who has started it before, shared by tests that change nothing."""
    home = place / "used home"
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)
    frozen = Frozen(file=installed, home=home, user=NOBODY)
    frozen.run("--version")
    return frozen


@pytest.fixture(scope="session")
def screen(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    """One display for all; each test closes its own windows."""
    with open_screen(tmp_path_factory.mktemp("screen")) as screen:
        yield screen
