"""The few functions of user32 and kernel32 that dictation needs, with Python's types.

Everything that only runs on Windows is here and thin; what is decided is decided in
``windows_keys`` and ``windows_typing``, which are tested everywhere against a stand-in for it.

Source: Microsoft's Win32 documentation of each function.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PureWindowsPath
from typing import Any

WM_HOTKEY = 0x0312
_HWND_MESSAGE = -3
_GWLP_WNDPROC = -4
_INPUT_KEYBOARD = 1
_QUERY_LIMITED = 0x1000  # PROCESS_QUERY_LIMITED_INFORMATION
_MAX_PATH = 32768


@dataclass(frozen=True, slots=True)
class KeyStroke:
    """One half of a key stroke.

    Attributes:
        vk: virtual key, 0 for a character.
        unit: UTF-16 code unit of a character, 0 for a key.
        up: it is released.
    """

    vk: int = 0
    unit: int = 0
    up: bool = False


class _KeyInput(ctypes.Structure):
    _fields_ = (
        ("vk", ctypes.c_uint16),
        ("scan", ctypes.c_uint16),
        ("flags", ctypes.c_uint32),
        ("time", ctypes.c_uint32),
        ("extra", ctypes.c_void_p),
    )


class _MouseInput(ctypes.Structure):  # only for its size: the largest of the union
    _fields_ = (
        ("dx", ctypes.c_int32),
        ("dy", ctypes.c_int32),
        ("data", ctypes.c_uint32),
        ("flags", ctypes.c_uint32),
        ("time", ctypes.c_uint32),
        ("extra", ctypes.c_void_p),
    )


class _Inputs(ctypes.Union):
    _fields_ = (("key", _KeyInput), ("mouse", _MouseInput))


class Input(ctypes.Structure):
    """``INPUT``."""

    _fields_ = (("kind", ctypes.c_uint32), ("inputs", _Inputs))


def to_input(stroke: KeyStroke) -> Input:
    """Write a stroke as SendInput wants it."""
    keyup, unicode = 2, 4
    flags = (keyup if stroke.up else 0) | (unicode if stroke.unit else 0)
    made = Input(kind=_INPUT_KEYBOARD)
    made.inputs.key = _KeyInput(vk=stroke.vk, scan=stroke.unit, flags=flags)
    return made


class WindowsApi:
    """user32 and kernel32."""

    def __init__(self) -> None:
        load: Any = ctypes.WinDLL  # type: ignore[attr-defined,unused-ignore]
        self._user, self._kernel = load("user32"), load("kernel32")
        self._user.GetForegroundWindow.restype = ctypes.c_void_p
        self._user.CreateWindowExW.restype = ctypes.c_void_p
        self._user.CreateWindowExW.argtypes = (
            *(ctypes.c_uint32, ctypes.c_wchar_p, ctypes.c_wchar_p, ctypes.c_uint32),
            *(ctypes.c_int,) * 4,
            *(ctypes.c_void_p,) * 4,
        )
        self._pass_on = self._user.DefWindowProcW
        self._pass_on.restype = ctypes.c_ssize_t
        self._pass_on.argtypes = (
            ctypes.c_void_p,
            ctypes.c_uint,
            ctypes.c_size_t,
            ctypes.c_ssize_t,
        )
        self._kernel.OpenProcess.restype = ctypes.c_void_p

    def make_window(self, on_hotkey: Callable[[int], None]) -> int:
        """Make a window without a picture in this thread; told the number of each hot key."""
        factory: Any = ctypes.WINFUNCTYPE  # type: ignore[attr-defined,unused-ignore]
        kind = factory(
            *(ctypes.c_ssize_t, ctypes.c_void_p, ctypes.c_uint, ctypes.c_size_t, ctypes.c_ssize_t)
        )

        def answer(window: int, message: int, number: int, detail: int) -> int:
            if message == WM_HOTKEY:
                on_hotkey(number)
                return 0
            return int(self._pass_on(window, message, number, detail))

        self._answer = kind(answer)  # must live as long as the window
        parent = ctypes.c_void_p(_HWND_MESSAGE)
        window = self._user.CreateWindowExW(0, "STATIC", "", 0, 0, 0, 0, 0, parent, 0, 0, 0)
        set_answer = self._user.SetWindowLongPtrW
        set_answer.argtypes = (ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
        set_answer(window, _GWLP_WNDPROC, ctypes.cast(self._answer, ctypes.c_void_p))
        return int(window or 0)

    def close_window(self, window: int) -> None:
        """Destroy it."""
        self._user.DestroyWindow(ctypes.c_void_p(window))

    def register(self, window: int, number: int, modifiers: int, vk: int) -> bool:
        """RegisterHotKey."""
        return bool(self._user.RegisterHotKey(ctypes.c_void_p(window), number, modifiers, vk))

    def unregister(self, window: int, number: int) -> None:
        """UnregisterHotKey."""
        self._user.UnregisterHotKey(ctypes.c_void_p(window), number)

    def is_down(self, vk: int) -> bool:
        """GetAsyncKeyState: the key is down now, whoever has the focus."""
        return bool(self._user.GetAsyncKeyState(vk) & 0x8000)

    def vk_of(self, character: str) -> int:
        """VkKeyScanW: the key that has a character in this layout; 0 if none has."""
        found = int(self._user.VkKeyScanW(ctypes.c_wchar(character)))
        return 0 if found & 0xFFFF == 0xFFFF else found & 0xFF

    def send(self, strokes: Sequence[KeyStroke]) -> int:
        """SendInput; gives how many were taken."""
        inputs = (Input * len(strokes))(*map(to_input, strokes))
        return int(self._user.SendInput(len(strokes), inputs, ctypes.sizeof(Input)))

    def foreground(self) -> int:
        """GetForegroundWindow; 0 if there is none."""
        return int(self._user.GetForegroundWindow() or 0)

    def process_of(self, window: int) -> int:
        """Give the number of a window's process; 0 if it has gone."""
        number = ctypes.c_uint32(0)
        self._user.GetWindowThreadProcessId(ctypes.c_void_p(window), ctypes.byref(number))
        return number.value

    def program_of(self, process: int) -> str:
        """Give the name of a process's file, such as "notepad.exe"; "" if it may not be known."""
        handle = self._kernel.OpenProcess(_QUERY_LIMITED, False, process)
        if not handle:
            return ""
        size = ctypes.c_uint32(_MAX_PATH)
        path = ctypes.create_unicode_buffer(_MAX_PATH)
        done = self._kernel.QueryFullProcessImageNameW(
            ctypes.c_void_p(handle), 0, path, ctypes.byref(size)
        )
        self._kernel.CloseHandle(ctypes.c_void_p(handle))
        return PureWindowsPath(path.value).name if done else ""

    def answers(self, window: int) -> bool:
        """SendMessageTimeoutW: the window handles its messages."""
        abort_if_hung, limit_ms = 2, 500
        return bool(
            self._user.SendMessageTimeoutW(
                ctypes.c_void_p(window), 0, 0, 0, abort_if_hung, limit_ms, None
            )
        )
