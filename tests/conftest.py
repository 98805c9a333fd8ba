"""What is collected where: the one rule that leaves tests out. No test skips itself.

A test of one system says so by ``@pytest.mark.only_on("linux")`` and is not there on another; the
tests of the executable are there when ``dev.py test --all`` has built one. Where tests are there, a
missing program is a failure with a sentence (``tests.programs``), for dev.py installs it.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys

import pytest

IS_LINUX = sys.platform.startswith("linux")
HERE = {  # what only_on may ask for -> whether this is such a place
    "linux": IS_LINUX,
    "posix": os.name == "posix",
    "root": os.name == "posix" and os.geteuid() == 0,  # may give files to other people
    "wine": bool(shutil.which("wine") and shutil.which("x86_64-w64-mingw32-gcc")),
}
HAS_EXECUTABLE = IS_LINUX and bool(os.environ.get("SONGSHU_FROZEN"))
collect_ignore = [] if HAS_EXECUTABLE else ["frozen"]
if os.name != "posix":  # it imports fcntl: an open file can be neither deleted nor renamed there
    collect_ignore.append("audio/test_journal_file.py")


def pytest_configure(config: pytest.Config) -> None:
    rule = f"only_on(*places): not there elsewhere; places are {', '.join(HERE)}"
    config.addinivalue_line("markers", rule)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's job in the background
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    elsewhere = [item for item in items if not belongs_here(item)]
    config.hook.pytest_deselected(items=elsewhere)
    items[:] = [item for item in items if item not in elsewhere]


def belongs_here(item: pytest.Item) -> bool:
    return all(HERE[place] for mark in item.iter_markers("only_on") for place in mark.args)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not HAS_EXECUTABLE:
        terminalreporter.write_line(
            "Without tests/frozen: python3 dev.py test --all builds the executable that they drive."
        )
