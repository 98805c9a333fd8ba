"""A desktop's portal on a D-Bus daemon of the test's own: answers as xdg-desktop-portal does."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    message_bus,
    new_error,
    new_method_return,
    new_signal,
)
from jeepney.io.blocking import DBusConnection, open_dbus_connection

PATH = "/org/freedesktop/portal/desktop"
SHORTCUTS = "org.freedesktop.portal.GlobalShortcuts"
REQUEST = "org.freedesktop.portal.Request"
SESSION = "org.freedesktop.portal.Session"


@contextmanager
def bus_daemon() -> Iterator[str]:
    """Start a daemon; gives its address."""
    command = ["dbus-daemon", "--session", "--nofork", "--print-address"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


class FakePortal:
    """The portal, in a thread.

    Args:
        bus: address of the daemon.
        has_shortcuts, has_registry: what this portal knows.
        refuses: the person says no.
        forgets: it knows of no session when one is closed.

    Attributes:
        bound: what each BindShortcuts asked for. closed: sessions that were closed.
    """

    def __init__(
        self,
        bus: str,
        *,
        has_shortcuts: bool = True,
        has_registry: bool = True,
        refuses: bool = False,
        forgets: bool = False,
    ) -> None:
        self.bound: list[list[tuple[str, dict[str, Any]]]] = []
        self.closed: list[str] = []
        self.registered: list[str] = []
        self.session = ""
        self._has_shortcuts, self._has_registry = has_shortcuts, has_registry
        self._refuses, self._forgets = refuses, forgets
        self._bus: DBusConnection = open_dbus_connection(bus)
        self._bus.send_and_get_reply(message_bus.RequestName("org.freedesktop.portal.Desktop"))
        self._lock = threading.Lock()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def key(self, member: str, name: str) -> None:
        """Tell that a shortcut was activated or deactivated."""
        emitter = DBusAddress(PATH, interface=SHORTCUTS)
        body = (self.session, name, 123, {})
        with self._lock:
            self._bus.send(new_signal(emitter, member, "osta{sv}", body))

    def take_back(self) -> None:
        """End the session, as a person can in the desktop's settings."""
        emitter = DBusAddress(self.session, interface=SESSION)
        with self._lock:
            self._bus.send(new_signal(emitter, "Closed", "a{sv}", ({},)))

    def close(self) -> None:
        """Leave the bus."""
        self._end.set()
        self._thread.join(10)
        self._bus.close()

    def _serve(self) -> None:
        while not self._end.is_set():
            try:
                message = self._bus.receive(timeout=0.05)
            except TimeoutError:
                continue
            if message.header.message_type is MessageType.method_call:
                self._answer(message)

    def _answer(self, message: Message) -> None:
        member = message.header.fields[HeaderFields.member]
        interface = message.header.fields[HeaderFields.interface]
        known = {"Register": self._has_registry}.get(member, self._has_shortcuts)
        with self._lock:
            if not known:
                name = "org.freedesktop.DBus.Error.UnknownMethod"
                self._bus.send(new_error(message, name, "s", ("unknown",)))
            elif interface == "org.freedesktop.DBus.Properties":
                self._bus.send(new_method_return(message, "v", (("u", 1),)))
            elif member == "Register":
                self.registered.append(message.body[0])
                self._bus.send(new_method_return(message))
            elif member == "Close":
                self.closed.append(message.header.fields[HeaderFields.path])
                unknown = new_error(message, "org.freedesktop.DBus.Error.UnknownObject")
                self._bus.send(unknown if self._forgets else new_method_return(message))
            else:
                self._do(member, message)

    def _do(self, member: str, message: Message) -> None:
        options = message.body[-1]
        sender = message.header.fields[HeaderFields.sender][1:].replace(".", "_")
        request = f"{PATH}/request/{sender}/{options['handle_token'][1]}"
        results: dict[str, Any] = {}
        if member == "CreateSession":
            token = options["session_handle_token"][1]
            self.session = f"{PATH}/session/{sender}/{token}"
            results = {"session_handle": ("s", self.session)}
        else:
            assert message.body[0] == self.session
            self.bound.append(message.body[1])
        self._bus.send(new_method_return(message, "o", (request,)))
        emitter = DBusAddress(request, interface=REQUEST)
        code = 1 if self._refuses and member == "BindShortcuts" else 0
        self._bus.send(new_signal(emitter, "Response", "ua{sv}", (code, results)))
