#!/usr/bin/env python3
"""One entry for people and for continuous integration: sets everything up, then does one thing.

    python3 dev.py run [ARGS…]     start Songshu: the window, or the command line (subcommands)
    python3 dev.py test [--all] [ARGS…]   every check: ruff, mypy, tests (ARGS go to pytest);
                                   --all also builds the executable and drives it
    python3 dev.py export …        turn an official checkpoint into a pack
    python3 dev.py verify …        compare a pack with the official implementations
    python3 dev.py bench …         measure a pack, also against other engines; --frozen: the start
    python3 dev.py gpu             compile what recognises on graphics cards (Vulkan)
    python3 dev.py build …         freeze Songshu into one executable
    python3 dev.py package …       make of it what people install on this system

Standard library only, like what it imports: it runs before anything is installed. What is installed
where is told in build_tools/environments.py, what of the system in build_tools/system_packages.py.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence

from build_tools.environments import (
    ACCELERATOR,
    CONVERT,
    DEV,
    NATIVE,
    OFFICIAL,
    ROOT,
    RUNTIME,
    accelerated,
    cache,
    call,
    ensure,
    start,
    wait,
)
from build_tools.steps import SetupError, step
from build_tools.system_packages import (
    FROZEN_PROGRAMS,
    PACKAGING_PROGRAMS,
    SCREEN_PROGRAMS,
    SOUND_PROGRAMS,
    VULKAN_DRIVER,
    need_compiler,
    need_desktop,
    need_vulkan,
)

COMMAND_LINE = ("transcribe", "packs", "devices", "integrate", "-h", "--help", "--version")
CHECKS = {
    "ruff check": ("ruff", "check", "."),
    "ruff format": ("ruff", "format", "--check", "."),
    "mypy": ("mypy",),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=sorted(COMMANDS), metavar="COMMAND")
    parser.add_argument("args", nargs=argparse.REMAINDER, metavar="ARGS")
    options = parser.parse_args(argv)
    try:
        return COMMANDS[options.command](options.args)
    except SetupError as exc:
        print(f"\n{exc}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def run(args: list[str]) -> int:
    """Start Songshu."""
    window = not args or args[0] not in COMMAND_LINE
    if window:
        need_desktop()
    ensure(RUNTIME)
    if ACCELERATOR:
        ensure(accelerated())
    if window:
        _list_licences()
    return call(RUNTIME, "-m", "app", *args)


def gpu(args: list[str]) -> int:
    """Compile llama.cpp for graphics cards; the checkout and the next build then have it."""
    need_compiler()
    need_vulkan()
    ensure(DEV)
    return call(DEV, "-m", "build_tools.vulkan_library", "--cache", str(cache()), *args)


def _list_licences() -> None:
    """Write the list for the About window, if that was not done since the requirements changed."""
    table, wanted = ROOT / "build" / "THIRD-PARTY.json", ROOT / "requirements.txt"
    if not table.is_file() or table.stat().st_mtime < wanted.stat().st_mtime:
        call(RUNTIME, "-m", "installer.licences.report")


def test(args: list[str]) -> int:
    """Run every check; goes on after a failure, so that one run shows them all."""
    need_desktop({**SCREEN_PROGRAMS, **SOUND_PROGRAMS, **PACKAGING_PROGRAMS})
    for environment in (DEV, OFFICIAL, NATIVE):
        ensure(environment)
    if "--all" in args:
        args.remove("--all")
        args[:0] = ["-m", ""]  # also what is marked slow_all
        if not _build_for_tests():
            return 1
    failed = []
    for name, command in CHECKS.items():
        with step(name):
            if call(DEV, "-m", *command) != 0:
                failed.append(name)
    failed += _run_tests(["-m", "pytest", "--durations=10", *args], is_whole=not _chosen(args))
    print(f"\nFailed: {', '.join(failed)}" if failed else "\nAll checks passed.")
    return 1 if failed else 0


def _build_for_tests() -> bool:
    """Build the executable that tests/frozen drive, and tell whether that went well."""
    need_desktop(FROZEN_PROGRAMS)
    need_vulkan(VULKAN_DRIVER)
    os.environ["SONGSHU_FROZEN"] = str(ROOT / "dist")
    return build([]) == 0


def _chosen(args: list[str]) -> bool:
    """Whether somebody names tests, or what they are chosen by."""
    return any(arg and not arg.startswith("-") for arg in args)


def _run_tests(command: list[str], *, is_whole: bool) -> list[str]:
    """Run pytest, and give the names of what failed.

    The window's tests mostly wait, for a screen, another program or the engine, and so do others:
    both halves at once, in processes of their own, take half the time. The second is shown after
    the first.
    """
    if not is_whole:
        with step("pytest"):
            return ["pytest"] if call(DEV, *command) != 0 else []
    failed = []
    with tempfile.TemporaryFile() as told:
        window = start(DEV, *command, "tests/gui", output=told)
        with step("pytest, all but tests/gui"):
            if call(DEV, *command, "--ignore=tests/gui") != 0:
                failed.append("pytest")
        with step("pytest tests/gui, begun at the same time"):
            if wait(window) != 0:
                failed.append("pytest tests/gui")
            told.seek(0)
            sys.stdout.flush()
            sys.stdout.buffer.write(told.read())
            sys.stdout.flush()
    return failed


def export(args: list[str]) -> int:
    """Turn an official checkpoint into a pack."""
    ensure(CONVERT)
    return call(CONVERT, "-m", "models.export", *args)


def verify(args: list[str]) -> int:
    """Compare a pack with the official implementations."""
    for environment in (CONVERT, OFFICIAL, NATIVE):
        ensure(environment)
    return call(CONVERT, "-m", "models.verify", *args)


def bench(args: list[str]) -> int:
    """Measure a pack, or the executable."""
    if "--frozen" in args:
        need_desktop(SCREEN_PROGRAMS)
        ensure(DEV)
        return call(DEV, "-m", "build_tools.measure", *(arg for arg in args if arg != "--frozen"))
    ensure(CONVERT)
    if any("official" in item for item in args):  # also --against=official
        ensure(OFFICIAL)
    return call(CONVERT, "-m", "models.bench", *args)


def build(args: list[str]) -> int:
    """Freeze Songshu with a pack inside."""
    need_compiler()
    try:
        need_vulkan()
    except SetupError as exc:
        print(f"{exc}\nThe executable will not use graphics cards.", file=sys.stderr)
    ensure(DEV)
    return call(DEV, "-m", "build_tools.build", "--cache", str(cache()), *args)


def package(args: list[str]) -> int:
    """Make what people install out of what was built."""
    systems = {"linux": "linux", "win32": "windows", "darwin": "macos"}
    ensure(DEV)
    return call(DEV, "-m", f"installer.{systems[sys.platform]}", *args)


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "run": run,
    "test": test,
    "export": export,
    "verify": verify,
    "bench": bench,
    "build": build,
    "gpu": gpu,
    "package": package,
}


if __name__ == "__main__":
    sys.exit(main())
