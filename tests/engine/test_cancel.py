"""The cancel flag, seen from Python and from C."""

from __future__ import annotations

import ctypes

import pytest

from app.engine.cancel import CancelToken
from app.errors import Cancelled, SongshuError


def test_cancel_token_is_set_once() -> None:
    token = CancelToken()
    token.check()
    assert not token.is_cancelled
    token.cancel()
    token.cancel()
    assert token.is_cancelled
    with pytest.raises(Cancelled):
        token.check()


def test_cancel_token_is_a_c_string() -> None:
    token = CancelToken()
    assert ctypes.string_at(token.address) == b""
    token.cancel()
    assert ctypes.string_at(token.address) == b"\x01"


def test_cancelled_is_no_error() -> None:
    assert not issubclass(Cancelled, SongshuError)
