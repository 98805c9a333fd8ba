"""The few functions of macOS that dictation needs, with Python's types.

Everything that only runs on macOS is here and thin; what is decided is decided in ``mac_keys`` and
``mac_typing``, which are tested everywhere against a stand-in for this class. Carbon's hot keys
need no permission; posting keys needs Accessibility, which a person grants in System Settings.

Source: Apple's documentation of Carbon Events, Quartz Event Services and NSWorkspace.
"""

from __future__ import annotations

import ctypes
import ctypes.util
from collections.abc import Callable
from typing import Any

_KEYBOARD_CLASS = 0x6B657962  # 'keyb'
_PRESSED, _RELEASED = 5, 6
_DIRECT_OBJECT, _HOT_KEY_ID = 0x2D2D2D2D, 0x686B6964  # '----', 'hkid'
_OURS = 0x736F6E67  # 'song', the signature of our hot keys
_HID_STATE, _HID_TAP = 1, 0
_HANDLER = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)


class _EventType(ctypes.Structure):
    _fields_ = (("kind_class", ctypes.c_uint32), ("kind", ctypes.c_uint32))


class _HotKeyId(ctypes.Structure):
    _fields_ = (("signature", ctypes.c_uint32), ("number", ctypes.c_uint32))


class MacApi:
    """Carbon, Quartz and the Objective-C run time."""

    def __init__(self) -> None:
        frameworks = "/System/Library/Frameworks"
        load = ctypes.CDLL
        self._carbon: Any = load(f"{frameworks}/Carbon.framework/Carbon")
        self._quartz: Any = load(f"{frameworks}/ApplicationServices.framework/ApplicationServices")
        self._objc: Any = load(ctypes.util.find_library("objc") or "libobjc.dylib")
        load(f"{frameworks}/AppKit.framework/AppKit")
        self._carbon.GetApplicationEventTarget.restype = ctypes.c_void_p
        self._quartz.CGEventCreateKeyboardEvent.restype = ctypes.c_void_p
        self._quartz.CGEventCreateKeyboardEvent.argtypes = (
            ctypes.c_void_p,
            ctypes.c_uint16,
            ctypes.c_bool,
        )
        self._quartz.CGEventSourceKeyState.restype = ctypes.c_bool
        self._quartz.CGEventSourceFlagsState.restype = ctypes.c_uint64
        self._quartz.AXIsProcessTrusted.restype = ctypes.c_bool
        self._objc.objc_getClass.restype = ctypes.c_void_p
        self._objc.sel_registerName.restype = ctypes.c_void_p
        self._handler: Any = None

    def listen(self, on_hotkey: Callable[[int, bool], None]) -> None:
        """Tell (number, down) of each hot key; called in the main thread's event loop."""

        def answer(_call: int, event: int, _data: int) -> int:
            found = _HotKeyId()
            event = ctypes.c_void_p(event)  # type: ignore[assignment]
            self._carbon.GetEventParameter(
                *(event, _DIRECT_OBJECT, _HOT_KEY_ID, None),
                *(ctypes.sizeof(found), None, ctypes.byref(found)),
            )
            if found.signature == _OURS:
                on_hotkey(int(found.number), self._carbon.GetEventKind(event) == _PRESSED)
            return 0

        self._handler = _HANDLER(answer)  # must live as long as it may be called
        kinds = (_EventType * 2)(
            _EventType(_KEYBOARD_CLASS, _PRESSED), _EventType(_KEYBOARD_CLASS, _RELEASED)
        )
        target = ctypes.c_void_p(self._carbon.GetApplicationEventTarget())
        self._carbon.InstallEventHandler(target, self._handler, 2, kinds, None, None)

    def register(self, number: int, modifiers: int, code: int) -> int:
        """RegisterEventHotKey; gives its reference, 0 if it cannot be had."""
        made = ctypes.c_void_p()
        target = ctypes.c_void_p(self._carbon.GetApplicationEventTarget())
        status = self._carbon.RegisterEventHotKey(
            code, modifiers, _HotKeyId(_OURS, number), target, 0, ctypes.byref(made)
        )
        return int(made.value or 0) if status == 0 else 0

    def unregister(self, reference: int) -> None:
        """UnregisterEventHotKey."""
        self._carbon.UnregisterEventHotKey(ctypes.c_void_p(reference))

    def is_down(self, code: int) -> bool:
        """CGEventSourceKeyState: the key is down now."""
        return bool(self._quartz.CGEventSourceKeyState(_HID_STATE, ctypes.c_uint16(code)))

    def is_trusted(self) -> bool:
        """AXIsProcessTrusted: the person lets us post keys."""
        return bool(self._quartz.AXIsProcessTrusted())

    def post(self, code: int, *, down: bool, flags: int = 0, text: str = "") -> None:
        """Post one half of a key stroke.

        Args:
            code: the key.
            down: pressed or released.
            flags: of modifiers.
            text: what it types instead of its own character.
        """
        event = ctypes.c_void_p(self._quartz.CGEventCreateKeyboardEvent(None, code, down))
        self._quartz.CGEventSetFlags(event, ctypes.c_uint64(flags))
        if text:
            data = text.encode("utf-16-le")
            self._quartz.CGEventKeyboardSetUnicodeString(
                event, ctypes.c_ulong(len(data) // 2), ctypes.c_char_p(data)
            )
        self._quartz.CGEventPost(_HID_TAP, event)
        self._quartz.CFRelease(event)

    def front(self) -> tuple[int, str]:
        """Give process and bundle identifier of the program in front; (0, "") if there is none."""
        shared = self._send(self._objc.objc_getClass(b"NSWorkspace"), b"sharedWorkspace")
        program = self._send(shared, b"frontmostApplication")
        if not program:
            return 0, ""
        process = self._send(program, b"processIdentifier", ctypes.c_int32)
        name = self._send(program, b"bundleIdentifier")
        text = self._send(name, b"UTF8String", ctypes.c_char_p) if name else b""
        return int(process), (text or b"").decode()

    def _send(self, receiver: int, message: bytes, result: Any = ctypes.c_void_p) -> Any:
        """objc_msgSend without arguments."""
        kind = ctypes.CFUNCTYPE(result, ctypes.c_void_p, ctypes.c_void_p)
        call = ctypes.cast(self._objc.objc_msgSend, kind)
        return call(receiver, self._objc.sel_registerName(message))
