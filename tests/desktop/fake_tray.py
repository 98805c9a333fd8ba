"""A tray as small panels have it: takes icons into a bar at the upper edge, until it is ended.

System Tray Protocol of freedesktop.org: who owns _NET_SYSTEM_TRAY_S0 is told by each icon that it
wants to dock, reparents its window, and tells it so by XEMBED.
"""

from __future__ import annotations

from typing import Any

from Xlib import X
from Xlib.display import Display
from Xlib.protocol.event import ClientMessage

ICON = 24  # px
_REQUEST_DOCK = 0
_EMBEDDED_NOTIFY = 0


def main() -> None:
    """Serve icons, one beside the other."""
    display = Display()
    screen = display.screen()
    bar = screen.root.create_window(
        0, 0, 8 * ICON, ICON, 0, screen.root_depth, override_redirect=1, background_pixel=0
    )
    bar.map()
    manager, tray = display.intern_atom("MANAGER"), display.intern_atom("_NET_SYSTEM_TRAY_S0")
    opcode = display.intern_atom("_NET_SYSTEM_TRAY_OPCODE")
    bar.set_selection_owner(tray, X.CurrentTime)
    told = ClientMessage(
        window=screen.root, client_type=manager, data=(32, [X.CurrentTime, tray, bar.id, 0, 0])
    )
    screen.root.send_event(told, event_mask=X.StructureNotifyMask)
    display.sync()
    print("open", flush=True)
    n_icons = 0
    while True:
        event = display.next_event()
        if event.type != X.ClientMessage or event.client_type != opcode:
            continue
        if event.data[1][1] == _REQUEST_DOCK:
            _dock(display, bar, event.data[1][2], n_icons * ICON)
            n_icons += 1
            print("docked", flush=True)


def _dock(display: Display, bar: Any, window: int, x: int) -> None:
    icon = display.create_resource_object("window", window)
    icon.reparent(bar, x, 0)
    icon.configure(width=ICON, height=ICON)
    icon.map()
    embedded = ClientMessage(
        window=icon,
        client_type=display.intern_atom("_XEMBED"),
        data=(32, [X.CurrentTime, _EMBEDDED_NOTIFY, 0, bar.id, 0]),
    )
    icon.send_event(embedded)
    display.sync()


if __name__ == "__main__":
    main()
