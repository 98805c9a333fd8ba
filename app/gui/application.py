"""Start the desktop app: ``run`` is what a double click and ``dev.py run`` call.

    QApplication -> is there a window already? hand over and end
                 -> library -> Desktop -> event loop

Nothing of the engine is loaded before the window is there.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QCoreApplication, QLocale, Qt
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication, QMessageBox

from app import __version__, paths
from app.errors import SongshuError, StoreFolderError
from app.gui.desktop import Desktop
from app.gui.dictation.service import AGAIN_COMMAND, CANCEL_COMMAND, TOGGLE_COMMAND
from app.gui.system.crash_report import take_crash_report
from app.gui.system.file_open import FileOpenFilter
from app.gui.system.scratch import Scratch
from app.gui.system.single_instance import InstanceServer, hand_over, server_name
from app.gui.translation import Translations
from app.gui.window.device_notices import DeviceNotices
from app.gui.window.first_paint import FirstPaint
from app.gui.wording.trouble import describe_trouble
from app.store.folders import LIBRARY_NAME, library_path
from app.store.library import Library

_log = logging.getLogger(__name__)
# What a key of the desktop's own settings can be bound to, and start at login: option -> command.
COMMANDS = {
    "--toggle": TOGGLE_COMMAND,
    "--cancel-dictation": CANCEL_COMMAND,
    "--insert-again": AGAIN_COMMAND,
    "--hidden": "stay hidden",
}
NEEDS_INSTANCE = (CANCEL_COMMAND, AGAIN_COMMAND)  # nothing could be meant if none runs
ICON = Path(__file__).parent / "resources" / "songshu.svg"


def run(arguments: Sequence[str] = ()) -> int:
    """Open the window, or hand files or a command to the one that is open.

    Args:
        arguments: files and folders, or one of ``COMMANDS``.

    Returns:
        The exit code of the process.
    """
    command = next((COMMANDS[item] for item in arguments if item in COMMANDS), "")
    files = [Path(item).absolute() for item in arguments if item not in COMMANDS]
    qt = make_application()
    name = server_name(paths.user_data_folder())
    if hand_over(name, files, command) or command in NEEDS_INSTANCE:
        return 0
    scratch = Scratch(paths.temporary_folder() / f"songshu-{os.getpid()}")
    try:
        library, is_kept = _open_library(scratch)
    except SongshuError as exc:
        return _cannot_start(qt, exc)
    server = InstanceServer(name)
    devices = DeviceNotices()
    desktop = Desktop(qt, library, devices.guard.load)
    devices.show_in(desktop.window)
    server.paths_received.connect(desktop.window.add_paths)
    system = FileOpenFilter(qt)
    system.files_opened.connect(desktop.window.add_paths)
    system.quit_wanted.connect(desktop.leaving.on_quit_wanted)
    qt.setQuitOnLastWindowClosed(False)  # out of sight it lives on in the tray
    desktop.window.ended.connect(qt.quit)
    server.command_received.connect(desktop.take_command)
    sys.excepthook = _log_exception
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Python's handler never runs inside Qt's loop
    FirstPaint(desktop.window).painted.connect(desktop.on_painted)
    desktop.open(files, hidden=bool(command))
    desktop.take_command(command)
    if not is_kept:
        desktop.window.tell(_not_kept())
    if report := take_crash_report():
        desktop.window.tell_crash(report)
    gc.freeze()  # what is there now stays; the collector of the GUI thread need not look at it
    try:
        code = qt.exec()
    finally:
        devices.guard.close()  # the engine may wait for a test
        desktop.close()
        server.close()  # last: a start that comes now waits until the library is free
        scratch.close()
    if not desktop.engine.has_ended:
        logging.shutdown()
        os._exit(code)  # a thread that does not end can be left only so; all texts are on the disk
    return code


def _open_library(scratch: Scratch) -> tuple[Library, bool]:
    """Open the person's library; where nothing can be written, one that ends with the program.

    Returns:
        The library, and whether it is kept.

    Raises:
        SongshuError: there is a library, but it cannot be used.
    """
    try:
        return Library.open(library_path()), True
    except StoreFolderError as exc:
        _log.warning("nothing will be kept: %s", exc)
        return Library.open(scratch.folder() / LIBRARY_NAME), False


def _not_kept() -> str:
    return QCoreApplication.translate(
        "application",
        "Your folder cannot be written, so texts are kept only until Songshu is closed. "
        "Export what you need.",
    )


def make_application() -> QApplication:
    """Make the QApplication, with crisp fractional scaling."""
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    QCoreApplication.setApplicationName("Songshu")
    QCoreApplication.setApplicationVersion(__version__)
    QGuiApplication.setDesktopFileName("songshu")
    qt = QApplication([sys.argv[0]])
    qt.setWindowIcon(QIcon(str(ICON)))
    QLocale.setDefault(QLocale("en"))
    return qt


def _cannot_start(qt: QApplication, exc: SongshuError) -> int:
    """Say why there is no window."""
    Translations(qt).use("auto")
    _log.error("cannot start: %s", exc)
    box = QMessageBox()
    box.setIcon(QMessageBox.Icon.Critical)
    box.setText(QCoreApplication.translate("application", "Songshu cannot open its data folder."))
    box.setInformativeText(describe_trouble(exc))
    box.setDetailedText(str(exc))
    box.exec()
    return 1


def _log_exception(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Write what a slot raised into the log; the window goes on."""
    _log.critical("unexpected", exc_info=(kind, error, trace))
