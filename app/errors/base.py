"""What all errors of Songshu have in common."""

from __future__ import annotations


class Cancelled(Exception):  # noqa: N818 - it is not an error
    """Somebody asked for the work to stop; what was finished before is kept."""


class SongshuError(Exception):
    """Base of all errors that are meant to be shown to a person."""
