"""The command line: what may be typed, and which exit code comes back.

Only the parser lives here; each command is imported when it is called, so that ``--help`` does not
wait for NumPy, FFmpeg or a model. Errors are mapped to exit codes by class.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app import __version__
from app.cli.terminal import Terminal, forget_stdout, standard_terminal
from app.errors import (
    ContextFileError,
    ContextTooLongError,
    DeviceError,
    EngineError,
    LanguageError,
    PackError,
    SongshuError,
    SpeechGateError,
)

if TYPE_CHECKING:
    from app.engine.device_guard import DeviceGuard
    from app.engine.loading import Loader

ALL_DONE = 0
SOME_FAILED = 1
USAGE = 2
NO_PACK = 3
CANCELLED = 130

MAX_THREADS = 256  # of both runtimes; each takes memory, 100,000 take all there is
FORMATS = ("txt", "md", "srt", "vtt", "json", "csv", "html", "docx")
ONE_A_FILE = ("srt", "vtt", "csv", "html")  # several in one stream would be one broken file
EXIT_CODES = """\
exit codes:
  0    all done
  1    some files failed; the others are finished
  2    the command line is wrong, or does not fit the model
  3    no usable model pack
  130  cancelled with Ctrl-C; what was finished is kept
"""
TRANSCRIBE_HELP = """\
Text comes as it is recognised. Without --output it goes to standard output; with several files each
begins with its name. --format json prints one JSON object a line and file, also for files that
failed.

--output DIR writes DIR/NAME.txt (or .md, .srt, .vtt, .json, .csv, .html, .docx). A file that exists
is kept, and the new one is called "NAME (2).txt", unless --overwrite is given. What was finished
when a file failed or was cancelled goes to "NAME (incomplete).txt". docx always needs --output.

"""


def main(argv: Sequence[str] | None = None, load: Loader | None = None) -> int:
    """Run one command and return its exit code.

    Args:
        argv: arguments, by default those of the process.
        load: loads a recognizer; another one serves tests.
    """
    terminal = standard_terminal()
    try:
        options = make_parser().parse_args(argv)
        check_usage(options)
        return run(options, terminal, load)
    except SystemExit as exc:  # argparse has printed why
        return exc.code if isinstance(exc.code, int) else USAGE
    except KeyboardInterrupt:
        terminal.message("cancelled")
        return CANCELLED
    except BrokenPipeError:
        forget_stdout()
        return SOME_FAILED
    except SongshuError as exc:
        terminal.message(f"songshu: {exc}")
        return exit_code_of(exc)
    except OSError as exc:  # standard output itself cannot be written, on a full disk say
        terminal.message(f"songshu: Writing the result failed: {exc.strerror or exc}.")
        return SOME_FAILED


def refuse_window() -> int:
    """Say what can be done without a display; returns the exit code."""
    standard_terminal().message(
        "songshu: There is no display for a window. Without one: songshu transcribe FILE"
    )
    return USAGE


def run(options: argparse.Namespace, terminal: Terminal, load: Loader | None) -> int:
    """Run the command that was parsed."""
    if options.command == "transcribe":
        from app.cli.transcribe import transcribe

        return transcribe(options, terminal, load or guard(terminal).load)
    from app.cli import info

    if options.command == "integrate":
        from app.cli import integrate as menu

        return menu.remove(terminal) if options.remove else menu.integrate(terminal)
    if options.command == "devices":
        if options.test:
            return info.test_device(terminal, guard(terminal), options.test, options.pack)
        return info.show_devices(terminal)
    if options.action == "list":
        return info.list_packs(terminal)
    if options.action == "info":
        return info.show_pack(terminal, options.pack)
    return info.verify_pack(terminal, options.pack)


def guard(terminal: Terminal) -> DeviceGuard:
    """Make what loads a model on the device that was asked for, and says what becomes of it."""
    from app.engine.device_guard import DeviceGuard

    return DeviceGuard(
        on_testing=lambda name: terminal.draw_progress(f"testing {name}…"),
        on_refused=lambda refusal: terminal.message(f"songshu: {refusal}"),
    )


def exit_code_of(error: SongshuError) -> int:
    """Map an error that stops the whole command to an exit code."""
    if isinstance(error, LanguageError | ContextTooLongError | ContextFileError | DeviceError):
        return USAGE
    if isinstance(error, PackError | EngineError | SpeechGateError):
        return NO_PACK
    return SOME_FAILED


def make_parser() -> argparse.ArgumentParser:
    """Describe what may be typed."""
    parser = argparse.ArgumentParser(
        prog="songshu",
        description="Offline speech recognition.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"songshu {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_transcribe(commands)
    _add_packs(commands)
    devices = commands.add_parser("devices", help="what this computer offers for recognition")
    devices.add_argument("--test", metavar="DEVICE", help="test one now, also if it failed before")
    devices.add_argument("--pack", metavar="PACK", help="model for the test: a path or a name")
    if sys.platform.startswith("linux"):
        entry = commands.add_parser("integrate", help="put this file into the menu and Open with")
        entry.add_argument("--remove", action="store_true", help="take it out again")
    return parser


def _add_transcribe(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "transcribe",
        help="recognise speech in audio and video files",
        description="Recognise speech in audio and video files.",
        epilog=TRANSCRIBE_HELP + EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = command.add_argument
    add("files", nargs="+", metavar="FILE", help="files or folders; - is standard input")
    add("--pack", metavar="PACK", help="model pack: a path, or a name from 'packs list'")
    add("--language", metavar="NAME", help="language spoken, such as English; found if not given")
    add("--context", metavar="TEXT|@FILE", default="", help="what it is about, or a file with it")
    add("--hot-words", metavar="WORDS|@FILE", default="", help="names and terms, between commas")
    add("--format", choices=FORMATS, default="txt", help="default: txt")
    add("--output", metavar="DIR", type=Path, help="write one file each into this folder")
    add("--overwrite", action="store_true", help="replace files that exist in DIR")
    add("--threads", metavar="N", type=_n_threads, help="default: the physical cores")
    add("--device", metavar="DEVICE", default="auto", help="auto, cpu, or one that 'devices' lists")
    add("--no-gate", action="store_true", help="recognise also where nobody seems to speak")


def _add_packs(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    packs = commands.add_parser("packs", help="model packs on this computer")
    actions = packs.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="all packs that are found")
    for name, text in (("info", "what a pack is"), ("verify", "compare its files with their sums")):
        action = actions.add_parser(name, help=text)
        action.add_argument("pack", nargs="?", help="a path or a name; the first one if not given")


def check_usage(options: argparse.Namespace) -> None:
    """Exit with USAGE if options contradict each other."""
    if options.command != "transcribe":
        return
    if "" in options.files:  # of a script whose variable is empty; it would mean this very folder
        _fail("a FILE has no name")
    if options.output:
        return
    if options.format == "docx":
        _fail("--format docx needs --output DIR")
    if options.format in ONE_A_FILE and len(options.files) > 1:
        _fail(f"--format {options.format} with several files needs --output DIR")


def _n_threads(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if not 1 <= number <= MAX_THREADS:
        raise argparse.ArgumentTypeError(f"give a number from 1 to {MAX_THREADS}, not {text!r}")
    return number


def _fail(message: str) -> None:
    make_parser().error(message)


if __name__ == "__main__":
    sys.exit(main())
