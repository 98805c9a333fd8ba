"""Global shortcuts on Wayland: the desktop's portal, org.freedesktop.portal.GlobalShortcuts.

    CreateSession -> Response(session_handle) -> BindShortcuts -> Response
    (the desktop may ask the person, who may choose other keys there)
    Activated(session, id) / Deactivated(session, id) -> on_key

A session binds its shortcuts once, all together; other shortcuts need another session. So ``grab``
and ``free`` only note what is wanted and ``poll`` binds it. A portal that ends takes its sessions
along; the bus starts another one when we ask it. What Wayland does not allow is missing: the
keyboard cannot be asked, a tap cannot be passed on, Esc cannot be taken for a while.

jeepney and not QtDBus: from Python QtDBus cannot write the type a(sa{sv}), and this way the module
knows no Qt.

Source: XDG Desktop Portal documentation, GlobalShortcuts version 1; Shortcuts specification.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Any

from jeepney import (
    DBusAddress,
    HeaderFields,
    MatchRule,
    Message,
    MessageType,
    Properties,
    message_bus,
    new_method_call,
)
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from app.dictation.chord import ESCAPE, Chord
from app.dictation.keys import OnKey
from app.dictation.x11_names import KEYSYMS
from app.errors import HotkeyError, KeyboardError

_log = logging.getLogger(__name__)
_BUS_NAME = "org.freedesktop.portal.Desktop"
_PATH = "/org/freedesktop/portal/desktop"
_SHORTCUTS = DBusAddress(_PATH, _BUS_NAME, "org.freedesktop.portal.GlobalShortcuts")
_REGISTRY = DBusAddress(_PATH, _BUS_NAME, "org.freedesktop.host.portal.Registry")
_REQUEST = "org.freedesktop.portal.Request"
_SESSION = "org.freedesktop.portal.Session"
_ANSWER_S = 2.0  # the portal may have to be started first
_MODIFIERS = {"Ctrl": "CTRL", "Alt": "ALT", "Shift": "SHIFT", "Meta": "LOGO"}
_ERRORS = (OSError, KeyError, ValueError, TimeoutError, EOFError)  # KeyError: no bus is named


class PortalKeys:
    """``KeySource`` of Wayland.

    Args:
        on_key: told (name, down) from within ``poll``.
        bus: address of the bus; the session's if it is not given.
        app_id: the name of our desktop entry.

    Raises:
        KeyboardError: there is no such portal.
    """

    def __init__(self, on_key: OnKey, bus: str = "SESSION", app_id: str = "songshu") -> None:
        self._on_key = on_key
        self._app_id = app_id
        self._chords: dict[str, Chord] = {}
        self._down: set[str] = set()
        self._is_due = False
        self._session = ""
        self._request = ""  # path of the request that is under way,
        self._serial = 0  # and the number of the message that made it
        self._n_tokens = 0
        try:
            self._bus: DBusConnection = open_dbus_connection(bus)
        except _ERRORS as exc:
            raise KeyboardError(f"there is no session bus ({exc})") from exc
        try:
            self._introduce()
        except _ERRORS as exc:
            self._bus.close()
            raise KeyboardError(f"the desktop's portal does not answer ({exc})") from exc

    def grab(self, name: str, chord: Chord) -> None:
        """Note a shortcut; the next ``poll`` binds all of them."""
        if chord == ESCAPE:
            raise HotkeyError(str(chord), "Wayland gives no key for a while only")
        self._chords[name] = chord
        self._is_due = True

    def free(self, name: str) -> None:
        """Note that a shortcut is not wanted any more."""
        if self._chords.pop(name, None) is not None:
            self._down.discard(name)
            self._is_due = True

    def is_held(self, name: str) -> bool:
        """Tell what the portal has told; nobody else may be asked."""
        return name in self._down

    def replay(self, name: str) -> None:
        """Do nothing: Wayland passes no key on."""

    def yield_keyboard(self) -> None:
        """Do nothing: the portal takes no keys but the bound ones."""

    def poll(self) -> None:
        """Bind what is wanted, and read what has come."""
        try:
            self._renew()
            while (message := self._next_message()) is not None:
                self._take(message)
            self._renew()
        except (OSError, EOFError) as exc:
            raise KeyboardError(f"the desktop's portal has gone ({exc})") from exc

    def fileno(self) -> int:
        """Give the socket."""
        return int(self._bus.sock.fileno())

    def close(self) -> None:
        """Give all shortcuts back."""
        with suppress(OSError, EOFError):  # it may have gone already
            self._close_session()
        self._bus.close()

    def _introduce(self) -> None:
        """Listen to the portal, and say who we are; older portals know that without."""
        rules = [
            MatchRule(type="signal", sender=_BUS_NAME, interface=interface)
            for interface in (_SHORTCUTS.interface, _REQUEST, _SESSION)
        ]
        rules.append(MatchRule(type="signal", member="NameOwnerChanged"))
        rules[-1].add_arg_condition(0, _BUS_NAME)
        for rule in rules:
            self._ask(message_bus.AddMatch(rule))
        registered = self._bus.send_and_get_reply(self._registration(), timeout=_ANSWER_S)
        if registered.header.message_type is MessageType.error:
            _log.info("the portal knows no registry: %s", registered.body)
        self._ask(Properties(_SHORTCUTS).get("version"))

    def _registration(self) -> Message:
        return new_method_call(_REGISTRY, "Register", "sa{sv}", (self._app_id, {}))

    def _ask(self, message: Message) -> Any:
        reply = self._bus.send_and_get_reply(message, timeout=_ANSWER_S)
        if reply.header.message_type is MessageType.error:
            raise ValueError(reply.header.fields.get(HeaderFields.error_name, "error"))
        return reply.body

    def _next_message(self) -> Message | None:
        try:
            return self._bus.receive(timeout=0)
        except TimeoutError:
            return None

    def _renew(self) -> None:
        """Have a session with what is wanted now."""
        if self._is_due and not self._request:
            self._create_session()

    def _lose_portal(self) -> None:
        """Begin anew with the next portal."""
        self._session = self._request = ""
        for name in sorted(self._down):
            self._take_key(name, down=False)
        self._is_due = bool(self._chords)
        self._bus.send(self._registration())

    def _create_session(self) -> None:
        self._is_due = False
        self._close_session()
        if not self._chords:
            return
        options = {"session_handle_token": ("s", self._token())}
        self._call("CreateSession", "a{sv}", (), options)

    def _bind(self) -> None:
        shortcuts = [
            (name, {"description": ("s", f"Songshu: {name}"), "preferred_trigger": ("s", trigger)})
            for name, trigger in ((name, to_trigger(chord)) for name, chord in self._chords.items())
        ]
        self._call("BindShortcuts", "oa(sa{sv})sa{sv}", (self._session, shortcuts, ""), {})

    def _call(
        self, method: str, signature: str, body: tuple[Any, ...], options: dict[str, Any]
    ) -> None:
        token = self._token()
        sender = self._bus.unique_name[1:].replace(".", "_")
        self._request = f"{_PATH}/request/{sender}/{token}"
        options = {**options, "handle_token": ("s", token)}
        self._serial = next(self._bus.outgoing_serial)
        message = new_method_call(_SHORTCUTS, method, signature, (*body, options))
        self._bus.send(message, serial=self._serial)

    def _close_session(self) -> None:
        if self._session:
            session = DBusAddress(self._session, _BUS_NAME, _SESSION)
            self._bus.send(new_method_call(session, "Close"))
        self._session = ""
        self._down.clear()

    def _token(self) -> str:
        self._n_tokens += 1
        return f"songshu{self._n_tokens}"

    def _take(self, message: Message) -> None:
        fields = message.header.fields
        is_refused = message.header.message_type is MessageType.error and self._request
        if is_refused and fields.get(HeaderFields.reply_serial) == self._serial:
            raise KeyboardError(f"the desktop refuses shortcuts ({message.body})")
        if message.header.message_type is not MessageType.signal:
            return
        member = fields.get(HeaderFields.member)
        if member == "Response" and fields.get(HeaderFields.path) == self._request:
            self._take_response(*message.body)
        elif member in ("Activated", "Deactivated") and message.body[0] == self._session:
            self._take_key(message.body[1], down=member == "Activated")
        elif member == "NameOwnerChanged" and message.body[1]:  # it had an owner, who is gone
            self._lose_portal()
        elif member == "Closed" and self._session and fields[HeaderFields.path] == self._session:
            self._session = ""
            raise KeyboardError("the desktop has taken the shortcuts back")

    def _take_response(self, code: int, results: dict[str, Any]) -> None:
        self._request = ""
        if code != 0:
            raise KeyboardError("the desktop, or you, refused the shortcuts")
        if not self._session:
            self._session = results["session_handle"][1]
            self._bind()
        elif self._is_due:
            self._create_session()

    def _take_key(self, name: str, *, down: bool) -> None:
        if name not in self._chords or down == (name in self._down):
            return
        (self._down.add if down else self._down.discard)(name)
        self._on_key(name, down)


def to_trigger(chord: Chord) -> str:
    """Write a chord as the Shortcuts specification wants it: CTRL+ALT+space."""
    held = [mark for name, mark in _MODIFIERS.items() if name in chord.modifiers]
    key = KEYSYMS.get(chord.key, chord.key.lower() if len(chord.key) == 1 else chord.key)
    return "+".join([*held, key])
