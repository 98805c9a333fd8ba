"""The wall clock that training runs follow."""

from __future__ import annotations

import datetime


def deadline(clock: str) -> float:
    """Return the next moment the UTC clock shows HH:MM, as seconds since the epoch."""
    now = datetime.datetime.now(datetime.UTC)
    hour, minute = map(int, clock.split(":"))
    moment = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return (moment + datetime.timedelta(days=moment <= now)).timestamp()
