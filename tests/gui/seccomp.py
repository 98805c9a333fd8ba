"""Let the kernel kill this process when anything in it opens a socket other than AF_UNIX.

A hook of Python would not see sockets that Qt, FFmpeg or a C library open. The filter is a seccomp
program, written here as the kernel takes it: eight bytes an instruction.
"""

from __future__ import annotations

import ctypes
import platform
import struct

_AF_UNIX = 1
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2
_LOAD_WORD, _JUMP_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _KILL_PROCESS = 0x7FFF0000, 0x80000000
_NR_OFFSET, _FIRST_ARGUMENT_OFFSET = 0, 16
_NR_SOCKET = {"x86_64": 41, "aarch64": 198}


def forbid_network() -> None:
    """Install the filter; it holds for all threads that are started later, and cannot be undone."""
    program = b"".join(
        struct.pack("<HBBI", *instruction)
        for instruction in (
            (_LOAD_WORD, 0, 0, _NR_OFFSET),
            (_JUMP_EQUAL, 0, 3, _NR_SOCKET[platform.machine()]),
            (_LOAD_WORD, 0, 0, _FIRST_ARGUMENT_OFFSET),
            (_JUMP_EQUAL, 1, 0, _AF_UNIX),
            (_RETURN, 0, 0, _KILL_PROCESS),
            (_RETURN, 0, 0, _ALLOW),
        )
    )
    buffer = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(
        _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, header, 0, 0
    ):
        raise OSError(ctypes.get_errno(), "no seccomp")
